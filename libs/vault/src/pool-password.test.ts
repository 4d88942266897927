import { Secret } from '@porthole/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateKeyPair, keyRing, parsePrivateKey, parsePublicKey } from './key-pair.ts';
import { openAsWorker, sealForWorker } from './pool-password.ts';
import type { Sealed } from './sealed.ts';

const pair = generateKeyPair();
const publicKey = parsePublicKey(pair.publicPem);
const keys = keyRing([parsePrivateKey(pair.privatePem)]);
const binding = {
  tenantId: '6b1f4f0e-0000-4000-8000-000000000001',
  poolId: '6b1f4f0e-0000-4000-8000-000000000002',
  field: 'inventory',
  pin: `AA:${'0F:'.repeat(30)}FF`,
};
const seal = (text = 'correct horse') =>
  sealForWorker({ publicKey, ...binding, plaintext: new Secret(text) });

describe('a sealed pool password', () => {
  it('opens for the worker with the binding it was sealed with', () => {
    expect(openAsWorker(keys, seal(), binding).reveal()).toBe('correct horse');
  });

  it('opens whatever text it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }), (text) => {
        expect(openAsWorker(keys, seal(text), binding).reveal()).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['tenant', { tenantId: '6b1f4f0e-0000-4000-8000-00000000000f' }],
    ['pool', { poolId: '6b1f4f0e-0000-4000-8000-00000000000f' }],
    ['field', { field: 'console' }],
    ['pin', { pin: `AB:${'0F:'.repeat(30)}FF` }],
  ])('does not open for another %s', (_what, other) => {
    expect(() => openAsWorker(keys, seal(), { ...binding, ...other })).toThrow(
      expect.objectContaining({ code: 'vault/tampered' }),
    );
  });

  it('does not open when two parts of the binding are swapped', () => {
    const swapped = { ...binding, tenantId: binding.poolId, poolId: binding.tenantId };
    expect(() => openAsWorker(keys, seal(), swapped)).toThrow(
      expect.objectContaining({ code: 'vault/tampered' }),
    );
  });

  it('does not open under the name of another loaded key', () => {
    const second = generateKeyPair();
    const both = keyRing([parsePrivateKey(pair.privatePem), parsePrivateKey(second.privatePem)]);
    expect(() => openAsWorker(both, { ...seal(), kid: second.kid }, binding)).toThrow(
      expect.objectContaining({ code: 'vault/tampered' }),
    );
  });

  it('opens with an older key while both are loaded', () => {
    const current = generateKeyPair();
    const both = keyRing([parsePrivateKey(current.privatePem), parsePrivateKey(pair.privatePem)]);
    expect(openAsWorker(both, seal(), binding).reveal()).toBe('correct horse');
  });

  it('names the missing key instead of giving an empty password', () => {
    const other = generateKeyPair();
    const only = keyRing([parsePrivateKey(other.privatePem)]);
    expect(() => openAsWorker(only, seal(), binding)).toThrow(
      expect.objectContaining({
        code: 'vault/wrong-key',
        publicMessage: expect.stringContaining(pair.kid),
        details: { kid: pair.kid, loaded: [other.kid] },
      }),
    );
  });

  it('is never empty', () => {
    expect(() => seal('')).toThrow(expect.objectContaining({ code: 'vault/empty-secret' }));
  });

  it.each(['tenantId', 'poolId', 'field', 'pin'] as const)(
    'is refused when %s is empty or holds a separator',
    (name) => {
      for (const value of ['', 'a|b']) {
        expect(() =>
          sealForWorker({ publicKey, ...binding, [name]: value, plaintext: new Secret('x') }),
        ).toThrow(expect.objectContaining({ code: 'vault/bad-binding', details: { name } }));
      }
    },
  );

  it('differs each time, so equal passwords are not seen as equal', () => {
    const [one, two] = [seal(), seal()];
    for (const field of ['epk', 'wrapIv', 'wrappedDek', 'wrapTag', 'iv', 'ct', 'tag'] as const) {
      expect(Buffer.from(one[field]).equals(two[field])).toBe(false);
    }
  });

  it('does not open with any one bit of any column flipped', () => {
    const sealed = seal();
    // X25519 ignores the top bit of the last byte of a public key (RFC 7748 §5); as the salt of HKDF it still counts.
    fc.assert(
      fc.property(
        fc.constantFrom('epk', 'wrapIv', 'wrappedDek', 'wrapTag', 'iv', 'ct', 'tag'),
        fc.nat(),
        (field, bit) => {
          expect(() => openAsWorker(keys, flip(sealed, field, bit), binding)).toThrow(
            expect.objectContaining({ code: 'vault/tampered' }),
          );
        },
      ),
      { numRuns: 400 },
    );
  });

  it('does not open with any column cut, lengthened or emptied', () => {
    const sealed = seal();
    for (const field of ['epk', 'wrapIv', 'wrappedDek', 'wrapTag', 'iv', 'ct', 'tag'] as const) {
      const bytes = Buffer.from(sealed[field]);
      for (const other of [
        bytes.subarray(1),
        bytes.subarray(0, -1),
        Buffer.concat([bytes, bytes]),
        Buffer.alloc(0),
      ]) {
        expect(() => openAsWorker(keys, { ...sealed, [field]: other }, binding)).toThrow(
          expect.objectContaining({ code: 'vault/tampered' }),
        );
      }
    }
  });

  it('does not open with columns of two sealings mixed', () => {
    const [one, two] = [seal(), seal()];
    for (const mixed of [
      { ...one, iv: two.iv, ct: two.ct, tag: two.tag },
      { ...one, epk: two.epk },
      { ...one, wrapIv: two.wrapIv, wrappedDek: two.wrappedDek, wrapTag: two.wrapTag },
    ]) {
      expect(() => openAsWorker(keys, mixed, binding)).toThrow(
        expect.objectContaining({ code: 'vault/tampered' }),
      );
    }
  });

  it('refuses an ephemeral key of low order', () => {
    expect(() => openAsWorker(keys, { ...seal(), epk: new Uint8Array(32) }, binding)).toThrow(
      expect.objectContaining({ code: 'vault/tampered' }),
    );
  });
});

function flip(
  sealed: Sealed,
  field: 'epk' | 'wrapIv' | 'wrappedDek' | 'wrapTag' | 'iv' | 'ct' | 'tag',
  bit: number,
): Sealed {
  const bytes = new Uint8Array(sealed[field]);
  const at = bit % (bytes.length * 8);
  bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7));
  return { ...sealed, [field]: bytes };
}
