import type { RequestRow } from '../../server/requests/request-row.ts';
import { untilTime } from '../../ui/format-time.ts';
import type { Words } from '../../words/use-words.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `30 minutes`, `4 hours`, `3 days`. */
export function lengthWord(ms: number, t: Words): string {
  if (ms % DAY_MS === 0) return t('requests.days', { n: ms / DAY_MS });
  if (ms % HOUR_MS === 0) return t('requests.hours', { n: ms / HOUR_MS });
  return t('requests.minutes', { n: Math.round(ms / MINUTE_MS) });
}

/** Which of the lengths may be given to who asked for one: none that is longer. */
export function lengthsUpTo(mostMs: number, lengthsMs: readonly number[]): number[] {
  return lengthsMs.filter((ms) => ms <= mostMs);
}

/** What it is and what became of it, in one sentence. */
export function stateSentence(row: RequestRow, now: Date, t: Words): string {
  const by = row.ended?.by ?? '';
  switch (row.state) {
    case 'waiting':
      if (row.kind === 'break-glass')
        return t('requests.state.confirming', {
          n: row.confirmedBy.length,
          people: row.confirmedBy.join(', '),
          time: untilTime(row.expiresAt, now),
        });
      return t('requests.state.waiting', { time: untilTime(row.expiresAt, now) });
    case 'approved': {
      const until = row.given?.until ?? now;
      return t('requests.state.approved', {
        by: row.kind === 'break-glass' ? row.confirmedBy.join(', ') : by,
        role: row.given?.role ?? row.role,
        over: until <= now ? 'over' : 'living',
        time: untilTime(until, now),
      });
    }
    case 'refused':
      return t('requests.state.refused', { by, answer: row.answer });
    case 'withdrawn':
      return t('requests.state.withdrawn');
    case 'late':
      return t('requests.state.late');
  }
}
