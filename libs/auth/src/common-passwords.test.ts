import { Secret } from '@porthole/errors';
import { describe, expect, it } from 'vitest';
import { COMMON_PASSWORDS, isCommonPassword } from './common-passwords.ts';
import { checkPassword } from './password.ts';

describe('passwords that everybody tries', () => {
  it('are many', () => {
    expect(COMMON_PASSWORDS).toBeGreaterThan(10_000);
  });

  it.each([
    'qwerty123456',
    '1QAZ2wsx3edc',
    'Password1234!',
    'passwordpassword',
    'PASSWORDPASSWORD99',
    '!!iloveyou!!',
    'Summer2026!!',
    '  leavemealone  ',
    'ｐａｓｓｗｏｒｄ1234',
  ])('stand in the list as they are, repeated or trimmed: %s', (password) => {
    expect(isCommonPassword(password)).toBe(true);
    expect(() => checkPassword(new Secret(password))).toThrow(
      expect.objectContaining({
        code: 'auth/weak-password',
        publicMessage: 'This password stands in lists of stolen ones. A few words in a row are easy to keep.',
      }),
    );
  });

  it.each([
    'correct horse battery',
    'porthole-demo-2026',
    'love 8391 0938 4471 2205',
    'monkey-lantern-gravel',
    '🔑'.repeat(12),
    '',
  ])('are not those: %s', (password) => {
    expect(isCommonPassword(password)).toBe(false);
  });
});
