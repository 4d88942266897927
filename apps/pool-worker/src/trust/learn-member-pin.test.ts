import { EgressError, type ProbeCertificate } from '@porthole/egress';
import { describe, expect, it } from 'vitest';
import { learnMemberPin } from './learn-member-pin.ts';

const a = { address: '192.0.2.1', port: 443 };
const b = { address: '192.0.2.1', port: 444 };

/** Shows a certificate by port, or nothing. */
const probeOf =
  (shown: Record<number, string>): ProbeCertificate =>
  async (_policy, { port }) => {
    const fingerprint256 = shown[port];
    if (fingerprint256 === undefined) throw new EgressError('egress/refused');
    return {
      fingerprint256,
      pem: `pem of ${fingerprint256}`,
      subject: '',
      issuer: '',
      validFrom: '',
      validTo: '2030-01-01T00:00:00.000Z',
      ip: '',
      tlsVersion: 'TLSv1.2',
    };
  };
const policy = { allowedCidrs: [], demoEndpoints: [], ownAddresses: [], allowedPorts: [443] };
const learn = (shown: Record<number, string>, host: Partial<Parameters<typeof learnMemberPin>[1]> = {}) =>
  learnMemberPin(
    { policy, probe: probeOf(shown), signal: new AbortController().signal },
    { endpoints: [a], known: null, recorded: new Set(['AA']), ...host },
  );

describe('a member’s pin', () => {
  it('is learned when it shows what its coordinator has on record', async () => {
    expect(await learn({ 443: 'AA' })).toMatchObject({
      kind: 'learned',
      endpoint: a,
      pin: { fingerprint256: 'AA', pem: 'pem of AA' },
    });
  });

  it('is a mismatch when it shows anything else', async () => {
    expect(await learn({ 443: 'BB' })).toEqual({ kind: 'mismatch', recorded: ['AA'], seen: 'BB' });
  });

  it('is not learned while it does not answer', async () => {
    expect(await learn({})).toEqual({ kind: 'silent', reason: 'egress/refused' });
    expect(await learn({}, { endpoints: [] })).toEqual({ kind: 'silent', reason: 'pool/no-address' });
  });

  it('is not learned without a record, and nobody is asked', async () => {
    expect(await learn({ 443: 'AA' }, { recorded: new Set() })).toEqual({ kind: 'unrecorded' });
  });

  it('is found among several places by the certificate alone', async () => {
    expect(await learn({ 443: 'BB', 444: 'AA' }, { endpoints: [a, b] })).toMatchObject({ endpoint: b });
  });

  it('is a mismatch only at the place where it lived, since others live beside it', async () => {
    const shown = { 443: 'BB', 444: 'CC' };
    expect(await learn(shown, { endpoints: [a, b] })).toMatchObject({ kind: 'silent' });
    expect(await learn(shown, { endpoints: [a, b], known: b })).toMatchObject({
      kind: 'mismatch',
      seen: 'CC',
    });
  });
});
