import { Secret } from '@porthole/errors';
import { describe, expect, it } from 'vitest';
import { HashGate } from './hash-gate.ts';
import { checkPassword, hashPassword, MIN_PASSWORD_CHARACTERS, verifyPassword } from './password.ts';

const gate = new HashGate();

describe('the rule for passwords', () => {
  it('wants twelve characters, counted as people count', () => {
    expect(MIN_PASSWORD_CHARACTERS).toBe(12);
    expect(() => checkPassword(new Secret('a'.repeat(11)))).toThrow(
      expect.objectContaining({ code: 'auth/weak-password' }),
    );
    expect(() => checkPassword(new Secret('🔑'.repeat(11)))).toThrow();
    expect(() => checkPassword(new Secret('🔑'.repeat(12)))).not.toThrow();
  });

  it('bounds the work one request can ask for', () => {
    expect(() => checkPassword(new Secret('a'.repeat(1025)))).toThrow();
  });
});

describe('hashes', () => {
  it('are Argon2id at 19 MiB, two passes, one lane', async () => {
    const made = await hashPassword(new Secret('correct horse battery'));
    expect(made).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await verifyPassword(gate, made, new Secret('correct horse battery'))).toBe(true);
    expect(await verifyPassword(gate, made, new Secret('correct horse batterY'))).toBe(false);
  });

  it('never let anyone in where there is no hash', async () => {
    expect(await verifyPassword(gate, null, new Secret('anything at all'))).toBe(false);
  });
});
