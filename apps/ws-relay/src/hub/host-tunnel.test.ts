import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { createLogger } from '@porthole/logger';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { HostTunnel } from './host-tunnel.ts';

const RECORD = Buffer.alloc(16_000);
const BYTES_PER_SECOND = 1_000_000;

/** A tunnel of a terminal that is up, its host in the hand of the test. */
async function openTunnel() {
  const clock = new ManualClock();
  const socket = new PassThrough({ highWaterMark: 64_000 });
  let received = 0;
  const tunnel = new HostTunnel({
    hubId: 'hub',
    speaksFirst: false,
    hasSpoken: () => true,
    dial: async () => ({ socket, head: Buffer.alloc(0) }),
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
      over: () => undefined,
    },
  });
  tunnel.start();
  await turn();
  return { clock, socket, tunnel, received: () => received };
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
});
