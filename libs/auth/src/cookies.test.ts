import { describe, expect, it } from 'vitest';
import { blankLoginCookie, hostCookie, LOGIN_COOKIE, loginCookie, readCookie } from './cookies.ts';

describe('the login cookie', () => {
  it('is bound to the host, hidden from scripts and sent over a secure line alone', () => {
    expect(loginCookie('abc')).toBe(
      '__Host-porthole=abc; Path=/; Max-Age=43200; HttpOnly; Secure; SameSite=Lax',
    );
    expect(hostCookie('__Host-x', 'y', { sameSite: 'Strict' })).toMatch(/SameSite=Strict$/);
  });

  it('is removed by an empty one that is over at once', () => {
    expect(blankLoginCookie()).toContain('Max-Age=0');
  });
});

describe('reading a cookie', () => {
  it('finds it among others, and does not take a longer name for it', () => {
    expect(readCookie('a=1; __Host-porthole_bind=2; __Host-porthole=3', LOGIN_COOKIE)).toBe('3');
    expect(readCookie('__Host-porthole_bind=2', LOGIN_COOKIE)).toBeNull();
  });

  it('takes neither of two', () => {
    expect(readCookie('__Host-porthole=1; __Host-porthole=2', LOGIN_COOKIE)).toBeNull();
  });

  it('is null for nothing', () => {
    expect([readCookie(null, LOGIN_COOKIE), readCookie('__Host-porthole=', LOGIN_COOKIE)]).toEqual([
      null,
      null,
    ]);
  });
});
