import { type Facts, personStanding, supportOf } from '@porthole/rbac';
import { type TrackedEnvelope, tracked } from '@trpc/server';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { factsOf } from '../authority/facts-of.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { CHANGE_KINDS, type ChangeKind } from './change-feed.ts';

export const watchChangesInput = z.strictObject({ ...inOrg, lastEventId: z.string().max(64).nullish() });

/** A hint that something of the kind may have changed: whoever shows it asks again. */
export interface Change {
  kind: ChangeKind;
  at: Date;
}

/** How often one looks whether anything was changed about the right to watch (architecture §3). */
export const RECHECK_MS = 2_000;
/** How often it is judged anew though nothing was changed: sessions also run out by themselves. */
export const REJUDGE_MS = 30_000;
/** A hint of every kind this often, so that nothing depends on NOTIFY alone. */
export const POLL_HINT_MS = 20_000;
/** Shortest time between two hints of one kind, in milliseconds: the first goes at once, those after it become one. */
const PACE_MS = 150;

type Deps = Pick<AllDeps, 'db' | 'changes' | 'clock' | 'epochs'>;

/**
 * Hints about changes in one organisation, until the browser leaves or the person may no longer watch: then it ends,
 * and asking again gets the refusal. It never counts as input.
 */
export async function* watchChanges(
  deps: Deps,
  actor: Actor,
  { lastEventId }: { lastEventId?: string | null | undefined },
  signal: AbortSignal,
): AsyncGenerator<TrackedEnvelope<Change>> {
  const pending = new Set<ChangeKind>();
  let wake: () => void = () => undefined;
  const unsubscribe = deps.changes.subscribe(actor.personId, (kind, tenantId) => {
    if (tenantId !== null && tenantId !== actor.tenantId) return;
    pending.add(kind);
    wake();
  });
  // Who comes back missed what happened meanwhile.
  if (lastEventId != null) for (const kind of CHANGE_KINDS) pending.add(kind);
  let count = 0;
  const standing = judge(deps, actor);
  let checkedAt = 0;
  let polledAt = deps.clock().getTime();
  let hasMoved = false;
  let toldAt = Number.NEGATIVE_INFINITY;
  try {
    while (!signal.aborted) {
      const now = deps.clock().getTime();
      if (now - checkedAt >= RECHECK_MS) {
        const found = await standing(now);
        if (found === 'over') return;
        if (found === 'other-rights') pending.add('authority');
        if (found !== 'same') hasMoved = true;
        checkedAt = now;
      }
      if (now - polledAt >= POLL_HINT_MS) {
        // Whoever hears of authority reads everything anew, which is worth it only where an epoch says so.
        for (const kind of CHANGE_KINDS) if (kind !== 'authority' || hasMoved) pending.add(kind);
        hasMoved = false;
        polledAt = now;
      }
      const kinds = [...pending];
      pending.clear();
      if (kinds.length > 0) toldAt = now;
      for (const kind of kinds) yield tracked(`${now}-${++count}`, { kind, at: new Date(now) });
      const paceLeft = () => Math.max(0, toldAt + PACE_MS - deps.clock().getTime());
      await sleepUntilWoken(pending.size > 0 ? paceLeft() : RECHECK_MS, { signal, paceLeft }, (waker) => {
        wake = waker;
      });
    }
  } finally {
    unsubscribe();
  }
}

/**
 * Judges the right to watch, with facts loaded anew only where an epoch grew or some time has passed. An access that ends by its
 * date raises no epoch, so the rights are compared, too.
 */
function judge(
  { db, epochs }: Deps,
  actor: Actor,
): (now: number) => Promise<'same' | 'moved' | 'other-rights' | 'over'> {
  let known: string | null = null;
  let rights: string | null = null;
  let judgedAt = 0;
  return async (now) => {
    // Read before the facts: a change between the two is seen next time.
    const current = await epochs.read(actor);
    const isSame = current === known || known === null;
    if (current === known && now - judgedAt < REJUDGE_MS) return 'same';
    const facts = await db.withTenant(actor.tenantId, (tx) => factsOf(tx, actor));
    known = current;
    judgedAt = now;
    if (personStanding(facts) !== null) return 'over';
    const before = rights;
    rights = rightsIn(facts);
    if (before !== null && before !== rights) return 'other-rights';
    return isSame ? 'same' : 'moved';
  };
}

/** What gives rights at this moment, as one text. */
function rightsIn(facts: Facts): string {
  const { now, role, grants, locks } = facts;
  const living = grants.filter(({ endsAt }) => endsAt === null || endsAt > now);
  return JSON.stringify([role, living, locks, supportOf(facts)]);
}

/** Sleeps for a while; a hint ends it as soon as the pace allows. */
function sleepUntilWoken(
  ms: number,
  { signal, paceLeft }: { signal: AbortSignal; paceLeft: () => number },
  onWaker: (waker: () => void) => void,
): Promise<void> {
  return new Promise((resolve) => {
    let gathering = false;
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    let timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    onWaker(() => {
      if (gathering) return;
      gathering = true;
      clearTimeout(timer);
      // Of one commit, hints come in one piece: all of them are here before the timer is.
      timer = setTimeout(done, paceLeft());
    });
  });
}
