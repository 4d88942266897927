import { describe, expect, it } from 'vitest';
import { nextPath } from './next-path.ts';

describe('where sign-in leads', () => {
  it('is the page one came from', () => {
    expect(nextPath('/o/acme/machines?q=web')).toBe('/o/acme/machines?q=web');
  });

  it.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    'evil.example',
    '',
    '/\t/evil.example',
    '/\n/evil.example',
  ])('is never %j', (value) => {
    expect(nextPath(value)).toBe('/');
  });

  it('is home without a word', () => {
    expect([nextPath(null), nextPath(undefined, '/organisations')]).toEqual(['/', '/organisations']);
  });
});
