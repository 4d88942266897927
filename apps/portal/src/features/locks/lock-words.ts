import type { LockHere } from '../../server/locks/list-locks.ts';
import type { LockRow } from '../../server/locks/lock-row.ts';
import { shortTime } from '../../ui/format-time.ts';
import type { Words } from '../../words/use-words.ts';

/** The gravest first: what closes the most. */
const GRAVITY: readonly LockRow['scope'][] = ['organisation', 'pool', 'team', 'vm', 'person'];

/** Which of the locks a banner is about: one's own and the organisation's before all others. */
export function gravestOf(locks: readonly LockHere[]): LockHere | null {
  const rank = ({ scope, you }: LockHere) =>
    scope === 'organisation' ? 0 : you ? 1 : 2 + GRAVITY.indexOf(scope);
  return locks.reduce<LockHere | null>(
    (first, lock) => (first === null || rank(lock) < rank(first) ? lock : first),
    null,
  );
}

/** The title and sentence in the place of a console (design §7, `open.locked`). */
export function openLocked(
  lock: LockHere | null,
  machine: string,
  t: Words,
): { title: string; sentence: string } {
  const by = lock?.by ?? '';
  return {
    title: t('open.locked.title', {
      who: lock === null ? 'nobody' : lock.by === null ? 'provider' : 'person',
      by,
    }),
    sentence: t('open.locked.sentence', {
      scope: lock === null ? 'none' : lock.you ? 'you' : lock.scope,
      name: lock?.name ?? '',
      machine,
      time: lock === null ? '' : shortTime(lock.since),
    }),
  };
}

/** "Locked by Ana. Acme has been locked since 09:02. Consoles stay closed until the lock is lifted." */
export function lockSentence({ scope, name, since, by, you }: LockHere, t: Words): string {
  return t('lock.banner', {
    by: by ?? '',
    who: by === null ? 'provider' : 'person',
    scope: you ? 'you' : scope,
    name,
    time: shortTime(since),
  });
}
