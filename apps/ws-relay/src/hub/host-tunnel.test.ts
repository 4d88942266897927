import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { createLogger } from '@porthole/logger';
import { describe, expect, it } from 'vitest';
import { DialError } from '../dial-error.ts';
import { ManualClock } from '../manual-clock.ts';
import { type DialAttempt, HostTunnel } from './host-tunnel.ts';

const RECORD = Buffer.alloc(16_000);
const BYTES_PER_SECOND = 1_000_000;

/** The line of a terminal, its host in the hand of the test; it is up unless `before` says otherwise of a try. */
async function openTunnel(before: (attempt: DialAttempt, tries: number) => void = () => undefined) {
  const clock = new ManualClock();
  const socket = new PassThrough({ highWaterMark: 64_000 });
  let [received, tries] = [0, 0];
  const ends: string[] = [];
  const tunnel = new HostTunnel({
    hubId: 'hub',
    speaksFirst: false,
    hasSpoken: () => true,
    dial: async (attempt) => {
      tries += 1;
      before(attempt, tries);
      return { socket, head: Buffer.alloc(0) };
    },
    bytesPerSecond: BYTES_PER_SECOND,
    clock,
    log: createLogger({ app: 'test', level: 'silent' }),
    listener: {
      step: () => undefined,
      up: () => tunnel.greeted(),
      bytes: (chunk) => {
        received += chunk.length;
      },
      isTaken: () => true,
      drained: () => undefined,
      down: () => undefined,
      lost: () => undefined,
      over: (kind) => void ends.push(kind),
    },
  });
  tunnel.start();
  await turn();
  return { clock, socket, tunnel, ends, received: () => received };
}

describe('the line to a host', () => {
  it('stands still for a host that says more than it may, and goes on when that is paid', async () => {
    const { clock, socket, received } = await openTunnel();
    const say = async () => {
      for (let record = 0; record < 200; record += 1) {
        if (!socket.write(RECORD)) await turn();
      }
      await turn();
    };
    await say();
    const burst = received();
    expect(burst).toBeGreaterThanOrEqual(BYTES_PER_SECOND);
    expect(burst).toBeLessThan(BYTES_PER_SECOND + 300_000);
    expect(socket.isPaused()).toBe(true);
    clock.advance(1_000);
    await turn();
    await turn();
    expect(received()).toBeGreaterThan(burst);
  });

  it('leaves nothing behind when it ends while it stands still', async () => {
    const { clock, socket, tunnel } = await openTunnel();
    for (let record = 0; record < 200; record += 1) {
      socket.write(RECORD);
      await turn();
    }
    expect(socket.isPaused()).toBe(true);
    tunnel.end('left');
    expect(clock.waiting).toBe(0);
    expect(socket.destroyed).toBe(true);
  });

  it('waits for a machine that is off while it starts, and no longer', async () => {
    const starting = await openTunnel(({ cause }, tries) => {
      cause(tries < 3 ? 'rebooting' : null);
      if (tries < 3) throw new DialError('relay/guest-off');
    });
    expect(starting.tunnel.lost?.cause).toBe('rebooting');
    for (let second = 0; second < 3; second += 1) {
      starting.clock.advance(1_000);
      await turn();
    }
    expect([starting.tunnel.isOpen, starting.ends]).toEqual([true, []]);
    const off = await openTunnel(({ cause }, tries) => {
      cause(tries === 1 ? 'rebooting' : null);
      throw new DialError('relay/guest-off');
    });
    off.clock.advance(1_000);
    await turn();
    expect(off.ends).toEqual(['guestOff']);
  });
});
