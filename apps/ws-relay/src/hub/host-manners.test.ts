import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import {
  HostManners,
  LEAST_BYTES_PER_SECOND,
  MAX_BELLS_PER_SECOND,
  MAX_RESIZES,
  MESSAGE_PATIENCE_MS,
  RESIZE_WINDOW_MS,
} from './host-manners.ts';

function host() {
  const clock = new ManualClock();
  const said: string[] = [];
  const state = { heldBack: false };
  const manners = new HostManners(clock, {
    isHeldBack: () => state.heldBack,
    stuck: ({ code }) => said.push(code),
  });
  return { clock, said, state, manners };
}

describe('a host over time', () => {
  it('may resize its screen as often as a machine that starts, and not as a flood', () => {
    const { clock, manners } = host();
    for (let n = 0; n < MAX_RESIZES; n += 1) manners.resized();
    expect(() => manners.resized()).toThrow(expect.objectContaining({ code: 'rfb/too-many-resizes' }));
    clock.advance(RESIZE_WINDOW_MS);
    manners.resized();
  });

  it('rings so often a second', () => {
    const { clock, manners } = host();
    const rings = () => Array.from({ length: 100 }, () => manners.mayRing()).filter(Boolean).length;
    expect(rings()).toBe(MAX_BELLS_PER_SECOND);
    clock.advance(1_000);
    expect(rings()).toBe(MAX_BELLS_PER_SECOND);
  });

  it('that trickles a message is stuck after its time, and not before', () => {
    const { clock, said, manners } = host();
    for (let seconds = 0; seconds < MESSAGE_PATIENCE_MS / 1_000; seconds += 1) {
      manners.received(1, false);
      expect(said).toEqual([]);
      clock.advance(1_000);
    }
    clock.advance(1_000);
    expect(said).toEqual(['relay/host-stuck']);
    expect(clock.waiting).toBe(0);
  });

  it('may take as long as an honest one needs for much', () => {
    const { clock, said, manners } = host();
    for (let minute = 0; minute < 30; minute += 1) {
      manners.received(60 * LEAST_BYTES_PER_SECOND, false);
      clock.advance(60_000);
    }
    expect(said).toEqual([]);
    clock.advance(MESSAGE_PATIENCE_MS + 1_000);
    expect(said).toEqual(['relay/host-stuck']);
  });

  it('is not blamed for messages that end, nor for who does not take them', () => {
    const { clock, said, state, manners } = host();
    for (let n = 0; n < 10; n += 1) {
      manners.received(5, false);
      clock.advance(MESSAGE_PATIENCE_MS - 1);
      manners.messageEnded();
      manners.received(5, true);
    }
    clock.advance(10 * MESSAGE_PATIENCE_MS);
    state.heldBack = true;
    manners.received(5, false);
    clock.advance(10 * MESSAGE_PATIENCE_MS);
    expect(said).toEqual([]);
    state.heldBack = false;
    clock.advance(2 * MESSAGE_PATIENCE_MS);
    expect(said).toEqual(['relay/host-stuck']);
  });

  it('is forgotten with its tunnel', () => {
    const { clock, said, manners } = host();
    manners.received(1, false);
    manners.cancel();
    clock.advance(10 * MESSAGE_PATIENCE_MS);
    expect(said).toEqual([]);
  });
});
