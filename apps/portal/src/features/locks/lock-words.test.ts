import { describe, expect, it } from 'vitest';
import type { LockHere } from '../../server/locks/list-locks.ts';
import { gravestOf } from './lock-words.ts';

const lock = (id: string, over: Partial<LockHere>): LockHere => ({
  id,
  scope: 'vm',
  name: 'web-01',
  since: new Date(0),
  by: 'Ana',
  you: false,
  ...over,
});

describe('the banner', () => {
  it('is about the lock that closes the most, and about one’s own before those of others', () => {
    const machine = lock('machine', {});
    const pool = lock('pool', { scope: 'pool' });
    const you = lock('you', { scope: 'person', you: true });
    const other = lock('other', { scope: 'person' });
    const whole = lock('whole', { scope: 'organisation' });
    expect(gravestOf([])).toBeNull();
    expect(gravestOf([other, machine])?.id).toBe('machine');
    expect(gravestOf([machine, pool, other])?.id).toBe('pool');
    expect(gravestOf([pool, you])?.id).toBe('you');
    expect(gravestOf([you, pool, whole])?.id).toBe('whole');
  });
});
