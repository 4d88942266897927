import { describe, expect, it } from 'vitest';
import { UpgradeLimits } from './upgrade-limits.ts';

describe('places for pending upgrades', () => {
  it('run out in all', () => {
    const limits = new UpgradeLimits(2, 2);
    limits.enter('a');
    const leave = limits.enter('b');
    expect(limits.enter('c')).toBeNull();
    leave?.();
    expect(limits.enter('c')).not.toBeNull();
  });

  it('run out for one address alone', () => {
    const limits = new UpgradeLimits(10, 1);
    limits.enter('a');
    expect(limits.enter('a')).toBeNull();
    expect(limits.enter('b')).not.toBeNull();
  });

  it('are given back once', () => {
    const limits = new UpgradeLimits(10, 10);
    const leave = limits.enter('a');
    limits.enter('a');
    leave?.();
    leave?.();
    expect(limits.pending).toBe(1);
  });
});
