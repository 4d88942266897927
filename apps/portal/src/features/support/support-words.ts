import type { SupportRow } from '../../server/support/support-row.ts';
import { shortTime } from '../../ui/format-time.ts';
import type { Words } from '../../words/use-words.ts';

/** What became of it, in one sentence. */
export function supportState(row: SupportRow, t: Words): string {
  const { state, given, ended, answer, expiresAt, enteredAt } = row;
  return t('support.state', {
    state,
    by: (state === 'ended' || state === 'refused' ? ended?.by : given?.by) ?? '',
    known: ended?.by == null ? 'no' : 'yes',
    until: shortTime(given?.until ?? expiresAt),
    since: shortTime(enteredAt ?? expiresAt),
    at: shortTime(ended?.at ?? expiresAt),
    answer: answer ?? '',
  });
}
