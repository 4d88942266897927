import { describe, expect, it } from 'vitest';
import { takeHint } from './tasks.ts';

const now = new Date('2026-05-03T14:00:00Z');
const poolId = '5f0e3c9e-52a1-4a0c-9d0c-0a4a3f0f7a01';

function heard(payload: string): unknown[] {
  const asked: unknown[] = [];
  takeHint({ ask: (...all) => asked.push(all) > 0 }, payload, now);
  return asked;
}

describe('a hint, which any role of the database can send', () => {
  it('is asked of the pool it names, with its time', () => {
    const askedAt = '2026-05-03T13:59:58.000Z';
    const hint = JSON.stringify({ poolId, task: 'sync-pool', askedAt });
    expect(heard(hint)).toEqual([[poolId, 'sync-pool', new Date(askedAt)]]);
  });

  it('from the future counts from now, so that it can be done', () => {
    const hint = JSON.stringify({ poolId, task: 'refresh-session', askedAt: '2036-01-01T00:00:00Z' });
    expect(heard(hint)).toEqual([[poolId, 'refresh-session', now]]);
  });

  it.each(['', 'x', '{}', '[]', `{"poolId":"${poolId}","task":"drop","askedAt":"2026-05-03T13:59:58Z"}`])(
    'that is none, %j, is nobody’s',
    (payload) => {
      expect(heard(payload)).toEqual([]);
    },
  );
});
