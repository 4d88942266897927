import { EgressError } from '@porthole/egress';
import { CLOSE } from '@porthole/relay-contract';
import { RfbError } from '@porthole/rfb';
import { XenTunnelError } from '@porthole/xenapi';
import { describe, expect, it } from 'vitest';
import { CLOSE_KIND_OF_CODE, closeKindOfError } from './close-kind-of-error.ts';
import { DialError } from './dial-error.ts';

describe('the close kind of an error', () => {
  it.each([
    [new XenTunnelError('xenapi/tunnel-unauthorised'), 'host-401'],
    [new XenTunnelError('xenapi/tunnel-forbidden'), 'host-403'],
    [new XenTunnelError('xenapi/tunnel-not-found'), 'host-404'],
    [new XenTunnelError('xenapi/tunnel-state'), 'host-500'],
    [new XenTunnelError('xenapi/tunnel-busy'), 'host-503'],
    [new XenTunnelError('xenapi/tunnel-lost'), 'host-eof'],
    [new XenTunnelError('xenapi/tunnel-garbage'), 'not-a-console'],
    [new RfbError('rfb/bad-version'), 'not-a-console'],
    [new EgressError('egress/certificate-changed'), 'certificate'],
    [new EgressError('egress/refused'), 'host-unreachable'],
    [new EgressError('egress/timeout'), 'host-unreachable'],
    [new EgressError('egress/name-not-found'), 'host-name'],
    [new EgressError('egress/tls-failed'), 'host-tls'],
    [new DialError('relay/guest-off'), 'guest-off'],
    [new DialError('relay/other-kind'), 'other-kind'],
    [new DialError('relay/host-silent'), 'host-eof'],
  ])('%s closes with %s', (error, reason) => {
    expect(CLOSE[closeKindOfError(error)].reason).toBe(reason);
  });

  it('has a row for every code that the wires on the way to a host can throw', async () => {
    const sources = await Promise.all(
      ['egress/src/egress-error.ts', 'xenapi/src/tunnel-error.ts', 'rfb/src/rfb-error.ts'].map(sourceOf),
    );
    const codes = [...new Set(sources.join('\n').match(/'(egress|xenapi|rfb)\/[a-z-]+'/g))].map((quoted) =>
      quoted.slice(1, -1),
    );
    // Of seats' own messages, and of answers that no console has: single sign-on reads them.
    const ofOthers = [
      'egress/too-long',
      'rfb/unknown-message',
      'rfb/bad-message',
      'rfb/too-many-encodings',
      'rfb/encoding-not-allowed',
    ];
    expect(codes.length).toBeGreaterThan(25);
    expect(codes.filter((code) => !(code in CLOSE_KIND_OF_CODE) && !ofOthers.includes(code))).toEqual([]);
  });

  it('speaks of nothing but a lost line where the fault is ours', () => {
    expect(closeKindOfError(new TypeError('x'))).toBe('hostLost');
  });
});

async function sourceOf(path: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  return readFile(new URL(`../../../libs/${path}`, import.meta.url), 'utf8');
}
