import { describe, expect, it } from 'vitest';
import { HashGate, MAX_HASHES_AT_ONCE, MAX_HASHES_QUEUED } from './hash-gate.ts';

/** Jobs that end when told to. */
function jobs() {
  const ends: (() => void)[] = [];
  let running = 0;
  let most = 0;
  const job = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise<void>((resolve) => ends.push(resolve));
    running -= 1;
  };
  return { job, ends, most: () => most };
}

describe('the gate of hashes', () => {
  it('has the limits of security.md §8', () => {
    expect([MAX_HASHES_AT_ONCE, MAX_HASHES_QUEUED]).toEqual([2, 50]);
  });

  it('runs two at once, queues fifty, and refuses the next with auth/busy', async () => {
    const gate = new HashGate();
    const { job, ends, most } = jobs();
    const all = Array.from({ length: MAX_HASHES_AT_ONCE + MAX_HASHES_QUEUED }, () => gate.run(job));
    await expect(gate.run(job)).rejects.toMatchObject({ code: 'auth/busy' });
    while (ends.length > 0) {
      ends.splice(0).forEach((end) => {
        end();
      });
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(all);
    expect(most()).toBe(2);
    await expect(gate.run(async () => 'free again')).resolves.toBe('free again');
  });

  it('frees its place when a job throws', async () => {
    const gate = new HashGate(1, 0);
    await expect(gate.run(() => Promise.reject(new Error('hash broke')))).rejects.toThrow('hash broke');
    await expect(gate.run(async () => 1)).resolves.toBe(1);
  });
});
