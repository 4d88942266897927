import { describe, expect, it } from 'vitest';
import { ABSOLUTE_LIFE_MS, IDLE_LIFE_MS, isAlive } from './session-life.ts';

const createdAt = new Date('2026-05-03T08:00:00Z');
const later = (ms: number) => new Date(createdAt.getTime() + ms);
const session = (lastInputMs: number) => ({
  createdAt,
  lastInputAt: later(lastInputMs),
  expiresAt: later(ABSOLUTE_LIFE_MS),
});

describe('a login session', () => {
  it('lives an hour from the last input', () => {
    expect(IDLE_LIFE_MS).toBe(3_600_000);
    expect(isAlive(session(0), later(IDLE_LIFE_MS - 1))).toBe(true);
    expect(isAlive(session(0), later(IDLE_LIFE_MS))).toBe(false);
    expect(isAlive(session(IDLE_LIFE_MS), later(IDLE_LIFE_MS))).toBe(true);
  });

  it('lives twelve hours at most, however busy', () => {
    expect(ABSOLUTE_LIFE_MS).toBe(43_200_000);
    expect(isAlive(session(ABSOLUTE_LIFE_MS - 1), later(ABSOLUTE_LIFE_MS - 1))).toBe(true);
    expect(isAlive(session(ABSOLUTE_LIFE_MS - 1), later(ABSOLUTE_LIFE_MS))).toBe(false);
  });
});
