import { describe, expect, it } from 'vitest';
import type { LockHere } from '../../server/locks/list-locks.ts';
import { serverWords } from '../../words/server-words.ts';
import { gravestOf, openLocked } from './lock-words.ts';

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

describe('the words in the place of a console', () => {
  it.each([
    [
      lock('1', { since: new Date() }),
      'Locked by Ana',
      /^web-01 has been locked since \d\d:\d\d\. Consoles stay /,
    ],
    [
      lock('1', { scope: 'team', name: 'Ops', by: null }),
      'Locked by your provider',
      /^The team Ops has been/,
    ],
    [lock('1', { scope: 'person', you: true }), 'Locked by Ana', /^You have been locked since /],
    [null, 'Consoles are locked', /^web-01 is under an emergency lock\. /],
  ])('say whose lock it is, over what and since when', (one, title, sentence) => {
    expect(openLocked(one, 'web-01', serverWords).title).toBe(title);
    expect(openLocked(one, 'web-01', serverWords).sentence).toMatch(sentence);
  });
});
