import { createLogger } from '@porthole/logger';
import type { CloseKind } from '@porthole/relay-contract';
import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock } from './manual-clock.ts';
import {
  GIVE_WAY_EVERY_MS,
  type GuardedSeat,
  IDLE_AFTER_MS,
  MEMORY_BEAT_MS,
  MemoryGuard,
  processMemory,
} from './memory-guard.ts';

const guards: MemoryGuard[] = [];
afterEach(() => {
  for (const guard of guards.splice(0)) guard.stop();
});

/** A relay of a thousand bytes, with seats of these ages and idle times in milliseconds. */
function relay(...seats: [id: string, ageMs: number, idleMs: number][]) {
  const clock = new ManualClock();
  const memory = { limitBytes: 1_000, used: 0, usedBytes: () => memory.used };
  const ended: [string, CloseKind][] = [];
  let open: GuardedSeat[] = seats.map(([id, ageMs, idleMs]) => ({
    id,
    ageMs,
    idleMs,
    end: (kind) => {
      ended.push([id, kind]);
      open = open.filter((seat) => seat.id !== id);
    },
  }));
  const log = createLogger({ app: 'test', level: 'silent' });
  const guard = new MemoryGuard({ memory, seats: () => open, clock, log });
  guards.push(guard);
  const look = (used: number) => {
    memory.used = used;
    clock.advance(MEMORY_BEAT_MS);
  };
  return { clock, guard, ended, look };
}

describe('the memory of a relay', () => {
  it('lets nobody in from 80 % on, and again below', () => {
    const { guard, ended, look } = relay(['a', 0, IDLE_AFTER_MS]);
    look(799);
    expect(guard.isTight).toBe(false);
    look(800);
    expect(guard.isTight).toBe(true);
    look(919);
    expect(ended).toEqual([]);
    look(700);
    expect(guard.isTight).toBe(false);
  });

  it('makes the newest idle seat give way from 92 % on', () => {
    const { ended, look } = relay(
      ['old', 900_000, IDLE_AFTER_MS],
      ['newer', 600_000, IDLE_AFTER_MS],
      ['typing', 100, 0],
    );
    look(920);
    expect(ended).toEqual([['newer', 'relayFull']]);
  });

  it('waits for what one seat held before the next gives way', () => {
    const { clock, ended, look } = relay(['a', 3, 0], ['b', 2, 0], ['c', 1, 0]);
    look(950);
    look(950);
    expect(ended.map(([id]) => id)).toEqual(['c']);
    clock.advance(GIVE_WAY_EVERY_MS);
    expect(ended.map(([id]) => id)).toEqual(['c', 'b']);
    look(900);
    clock.advance(10 * GIVE_WAY_EVERY_MS);
    expect(ended).toHaveLength(2);
  });

  it('is looked at no more once the relay has stopped', () => {
    const { clock, guard } = relay();
    guard.stop();
    expect(clock.waiting).toBe(0);
  });
});

describe('the memory of the process', () => {
  it('is bounded by the setting, or by what there is', () => {
    expect(processMemory(5_000).limitBytes).toBe(5_000);
    const own = processMemory(null);
    expect(own.usedBytes()).toBeGreaterThan(1_000_000);
    expect(own.limitBytes).toBeGreaterThan(own.usedBytes());
  });
});
