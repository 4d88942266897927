import { Secret } from '@porthole/errors';
import type { ConsoleTarget } from '@porthole/tickets';
import { generateKeyPair, keyRing, parsePrivateKey, parsePublicKey, sealSession } from '@porthole/vault';
import { describe, expect, it } from 'vitest';
import { dialConsole } from './dial-console.ts';
import { ManualClock } from './manual-clock.ts';

const keys = generateKeyPair();
const POOL_OWNER = '0b1c1b6e-54a1-4a0c-9d0c-0a4a3f0f7a01';
const HOST = '0b1c1b6e-54a1-4a0c-9d0c-0a4a3f0f7a02';

function target(allowedCidrs: string[]): ConsoleTarget {
  const session = sealSession({
    relayPublicKey: parsePublicKey(keys.publicPem),
    tenantId: POOL_OWNER,
    hostId: HOST,
    payload: {
      sessionRef: new Secret('OpaqueRef:00000000-0000-0000-0000-000000000002'),
      hostUuid: HOST,
      address: '10.20.0.5',
      port: 443,
      pin: { fingerprint256: 'AB', pem: '' },
    },
  });
  return {
    vm: {
      id: 'vm-1',
      tenantId: 'acme',
      poolId: 'pool-1',
      poolTenantId: POOL_OWNER,
      uuid: 'vm-uuid',
      name: 'web-01',
      tags: [],
      isControlDomain: false,
      powerState: 'Running',
      operation: null,
      consoleRef: 'OpaqueRef:00000000-0000-0000-0000-000000000001',
      screenSwitchedOff: false,
      gone: false,
    },
    host: { id: HOST, name: 'fra-1', address: '6.6.6.6', port: 1, session: { ...session, generation: 1 } },
    pool: { state: 'connected', limitConsoleSessions: false, consoleIdleTimeoutS: null, allowedCidrs },
    text: { keptMs: null, scrollbackBytes: null },
  };
}

/** What the way out was asked: the ranges that were open, and the address. */
async function askedFor(allowedCidrs: string[]) {
  const asked: { cidrs: readonly string[]; host: string }[] = [];
  const dial = dialConsole(
    {
      egress: { allowedCidrs: ['192.168.7.0/24'], demoEndpoints: [], ownAddresses: [], allowedPorts: [443] },
      keys: keyRing([parsePrivateKey(keys.privatePem)]),
      clock: new ManualClock(),
      readTarget: () => Promise.resolve(null),
      askForFresh: () => Promise.resolve(),
      connect: (policy, { host }) => {
        asked.push({ cidrs: policy.allowedCidrs, host });
        return Promise.reject(new Error('no further'));
      },
    },
    target(allowedCidrs),
    { again: false, step: () => undefined, signal: new AbortController().signal },
  );
  await expect(dial).rejects.toThrow();
  return asked;
}

describe('dialling a console', () => {
  it('goes where the seal says, with the ranges of all and of the pool’s owner open', async () => {
    expect(await askedFor(['10.20.0.0/16'])).toEqual([
      { cidrs: ['192.168.7.0/24', '10.20.0.0/16'], host: '10.20.0.5' },
    ]);
  });

  it('opens no range of one pool to another', async () => {
    await askedFor(['10.20.0.0/16']);
    expect(await askedFor([])).toEqual([{ cidrs: ['192.168.7.0/24'], host: '10.20.0.5' }]);
  });
});
