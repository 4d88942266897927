import { EventEmitter } from 'node:events';
import type { ConnectPinned, PinnedSocket } from '@porthole/egress';
import { Secret } from '@porthole/errors';
import type { ConsoleTarget } from '@porthole/tickets';
import { generateKeyPair, keyRing, parsePrivateKey, parsePublicKey, sealSession } from '@porthole/vault';
import { describe, expect, it } from 'vitest';
import { type DialDeps, dialConsole } from './dial-console.ts';
import { FREED_FOR_MS, HostPlaces } from './host-places.ts';
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

function depsOf(connect: ConnectPinned, clock = new ManualClock()): DialDeps & { clock: ManualClock } {
  return {
    egress: { allowedCidrs: ['192.168.7.0/24'], demoEndpoints: [], ownAddresses: [], allowedPorts: [443] },
    keys: keyRing([parsePrivateKey(keys.privatePem)]),
    clock,
    readTarget: () => Promise.resolve(null),
    askForFresh: () => Promise.resolve(),
    places: new HostPlaces(clock),
    connect,
  };
}

function dial(deps: DialDeps, allowedCidrs: string[] = []) {
  const progress = { again: false, step: () => undefined, signal: new AbortController().signal };
  return dialConsole(deps, target(allowedCidrs), progress);
}

/** What the way out was asked: the ranges that were open, and the address. */
async function askedFor(allowedCidrs: string[]) {
  const asked: { cidrs: readonly string[]; host: string }[] = [];
  const deps = depsOf((policy, { host }) => {
    asked.push({ cidrs: policy.allowedCidrs, host });
    return Promise.reject(new Error('no further'));
  });
  await expect(dial(deps, allowedCidrs)).rejects.toThrow();
  return asked;
}

/** A host that answers each CONNECT with the next of these statuses, the last one for ever. */
function hostThatSays(...statuses: string[]) {
  const host = { asked: 0 };
  const connect: ConnectPinned = async (_policy, { onread }) => {
    const answer = Buffer.from(`HTTP/1.1 ${statuses[host.asked] ?? statuses.at(-1)}\r\n\r\n`);
    host.asked += 1;
    const say = () => {
      const memory = typeof onread?.buffer === 'function' ? onread.buffer() : new Uint8Array();
      memory.set(answer);
      onread?.callback(answer.length, memory);
    };
    const socket = Object.assign(new EventEmitter(), {
      destroyed: false,
      destroy: () => void socket.emit('close'),
      write: () => setImmediate(say) !== undefined,
    });
    // What is left out of a socket is what nobody asks for before a tunnel stands.
    return socket as unknown as PinnedSocket;
  };
  return Object.assign(host, { connect });
}

/** Moves on until it is over, and says how long that took. */
async function lasting(clock: ManualClock, work: Promise<unknown>): Promise<number> {
  const [begun, state] = [clock.now(), { isOver: false }];
  const over = () => {
    state.isOver = true;
  };
  work.then(over, over);
  while (!state.isOver) {
    for (let turn = 0; turn < 4; turn += 1) await new Promise(setImmediate);
    if (!state.isOver) clock.advance(50);
  }
  return clock.now() - begun;
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

describe('a console of a single-viewer pool', () => {
  const LIMIT = '503 Connection Limit Exceeded';

  it('is tried again for a moment where this relay has just let it go', async () => {
    const host = hostThatSays('200 OK', LIMIT, LIMIT, '200 OK');
    const deps = depsOf(host.connect);
    const { socket } = await dial(deps);
    socket.destroy();
    const second = dial(deps);
    expect(await lasting(deps.clock, second)).toBeLessThan(FREED_FOR_MS);
    await expect(second).resolves.toBeDefined();
    expect(host.asked).toBe(4);
  });

  it('is somebody else’s where it stays taken, and at once where it was not ours', async () => {
    const host = hostThatSays('200 OK', LIMIT);
    const deps = depsOf(host.connect);
    await expect(dial(depsOf(hostThatSays(LIMIT).connect))).rejects.toThrow('xenapi/tunnel-busy');
    const { socket } = await dial(deps);
    socket.destroy();
    const third = dial(deps);
    third.catch(() => undefined);
    expect(await lasting(deps.clock, third)).toBeGreaterThanOrEqual(FREED_FOR_MS);
    await expect(third).rejects.toThrow('xenapi/tunnel-busy');
    expect(deps.places.isFreed('vm-1')).toBe(false);
  });

  it('says that the other kind of console is open where this relay serves that one', async () => {
    const host = hostThatSays('200 OK', LIMIT);
    const deps = depsOf(host.connect);
    await dial(deps);
    await expect(dial(deps)).rejects.toThrow('relay/other-kind');
    expect(host.asked).toBe(2);
  });
});
