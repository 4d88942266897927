import { describe, expect, it } from 'vitest';
import { BINDER_COOKIE, hashBinder, hashTicket, LOGIN_COOKIE, newBinder, newTicket } from './secrets.ts';

describe('a ticket', () => {
  it('is 256 random bits that print as nothing', () => {
    const ticket = newTicket();
    expect(Buffer.from(ticket.reveal(), 'base64url')).toHaveLength(32);
    expect(String(ticket)).toBe('[redacted]');
    expect(newTicket().reveal()).not.toBe(ticket.reveal());
  });

  it('has a hash of 32 bytes that is its own', () => {
    const ticket = newTicket();
    expect(hashTicket(ticket)).toHaveLength(32);
    expect(hashTicket(ticket)).toEqual(hashTicket(ticket));
    expect(hashTicket(newTicket())).not.toEqual(hashTicket(ticket));
  });

  it('and a binder are 43 characters of base64url', () => {
    for (const secret of [newTicket(), newBinder()]) expect(secret.reveal()).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(hashBinder(newBinder())).toHaveLength(32);
  });
});

describe('the cookies', () => {
  it('belong to one host and one origin (RFC 6265bis, __Host- prefix)', () => {
    expect([LOGIN_COOKIE, BINDER_COOKIE].every((name) => name.startsWith('__Host-'))).toBe(true);
    expect(LOGIN_COOKIE).not.toBe(BINDER_COOKIE);
  });
});
