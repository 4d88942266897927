import { describe, expect, it } from 'vitest';
import { safeNext } from './safe-next.ts';

describe('the way back after signing in', () => {
  it('is a path of ours', () => {
    expect(safeNext('/o/acme/machines?q=web')).toBe('/o/acme/machines?q=web');
  });
  it.each([
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/o/acme\r\n',
    'https://evil.example',
    'javascript:alert(1)',
    '',
    '/sign-in',
    null,
  ])('is never %s', (next) => {
    expect(safeNext(next)).toBeNull();
  });
});
