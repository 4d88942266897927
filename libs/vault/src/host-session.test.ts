import { inspect } from 'node:util';
import { Secret } from '@porthole/errors';
import { describe, expect, it } from 'vitest';
import { openSession, sealSession } from './host-session.ts';
import { generateKeyPair, keyRing, parsePrivateKey, parsePublicKey } from './key-pair.ts';
import { openAsWorker, sealForWorker } from './pool-password.ts';

const pair = generateKeyPair();
const relayPublicKey = parsePublicKey(pair.publicPem);
const keys = keyRing([parsePrivateKey(pair.privatePem)]);
const binding = { tenantId: 't-1', hostId: 'h-1' };
const payload = {
  sessionRef: new Secret('OpaqueRef:11111111-2222-3333-4444-555555555555'),
  hostUuid: 'u-1',
  address: '192.0.2.10',
  port: 443,
  pin: { fingerprint256: 'AA:BB', pem: '-----BEGIN CERTIFICATE-----\nMAo=\n-----END CERTIFICATE-----\n' },
};
const seal = () => sealSession({ relayPublicKey, ...binding, payload });

describe('a sealed session', () => {
  it('gives the relay all that it dials with', () => {
    const opened = openSession(keys, seal(), binding);
    expect({ ...opened, sessionRef: opened.sessionRef.reveal() }).toEqual({
      ...payload,
      sessionRef: payload.sessionRef.reveal(),
    });
  });

  it('prints no session reference', () => {
    expect(inspect(openSession(keys, seal(), binding), { depth: 9 })).not.toContain('11111111');
  });

  it.each([
    ['tenant', { tenantId: 't-2' }],
    ['host', { hostId: 'h-2' }],
  ])('does not open for another %s', (_what, other) => {
    expect(() => openSession(keys, seal(), { ...binding, ...other })).toThrow(
      expect.objectContaining({ code: 'vault/tampered' }),
    );
  });

  it('does not open under the name of another loaded key', () => {
    const second = generateKeyPair();
    const both = keyRing([parsePrivateKey(pair.privatePem), parsePrivateKey(second.privatePem)]);
    expect(() => openSession(both, { ...seal(), kid: second.kid }, binding)).toThrow(
      expect.objectContaining({ code: 'vault/tampered' }),
    );
  });

  it('names the missing key', () => {
    const other = keyRing([parsePrivateKey(generateKeyPair().privatePem)]);
    expect(() => openSession(other, seal(), binding)).toThrow(
      expect.objectContaining({ code: 'vault/wrong-key', publicMessage: expect.stringContaining(pair.kid) }),
    );
  });

  it('cannot be opened as a pool password, nor a pool password as a session', () => {
    const password = sealForWorker({
      publicKey: relayPublicKey,
      tenantId: 'session',
      poolId: binding.tenantId,
      field: binding.hostId,
      pin: 'p',
      plaintext: new Secret(JSON.stringify(payload)),
    });
    expect(() => openSession(keys, password, binding)).toThrow(
      expect.objectContaining({ code: 'vault/tampered' }),
    );
    expect(() =>
      openAsWorker(keys, seal(), { tenantId: 'session', poolId: 't-1', field: 'h-1', pin: pair.kid }),
    ).toThrow(expect.objectContaining({ code: 'vault/tampered' }));
  });

  it('is refused without a reference', () => {
    expect(() =>
      sealSession({ relayPublicKey, ...binding, payload: { ...payload, sessionRef: new Secret('') } }),
    ).toThrow(expect.objectContaining({ code: 'vault/empty-secret' }));
  });
});
