import { describe, expect, it } from 'vitest';
import {
  BINDER_COOKIE,
  hashBinder,
  hashTicket,
  hasSecretShape,
  LOGIN_COOKIE,
  newBinder,
  newTicket,
} from './secrets.ts';

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

  it.each([
    '',
    'A'.repeat(42),
    'A'.repeat(44),
    `${'A'.repeat(42)}=`,
    `${'A'.repeat(42)}+`,
    `${'A'.repeat(42)}\n`,
  ])('is not %j', (text) => {
    expect(hasSecretShape(text)).toBe(false);
  });

  it('and a binder have their shape', () => {
    expect(hasSecretShape(newTicket().reveal())).toBe(true);
    expect(hasSecretShape(newBinder().reveal())).toBe(true);
    expect(hashBinder(newBinder())).toHaveLength(32);
  });
});

describe('the cookies', () => {
  it('belong to one host and one origin (RFC 6265bis, __Host- prefix)', () => {
    expect([LOGIN_COOKIE, BINDER_COOKIE].every((name) => name.startsWith('__Host-'))).toBe(true);
    expect(LOGIN_COOKIE).not.toBe(BINDER_COOKIE);
  });
});
