import { type ChainBreak, type ChainVerdict, recordEvent, verifyLog as verifyChainOf } from '@porthole/audit';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { assertRates } from '../rate.ts';
import { doneBy } from './done-by.ts';

export const verifyLogInput = z.strictObject({ ...inOrg });

/** A check reads the whole chain, so one organisation gets this many an hour. */
export const CHECKS_PER_HOUR = 60;

/** What is wrong in words that people know: an edited event, missing ones, some out of order, a missing end. */
export type LogBreak = 'changed' | 'missing' | 'out-of-order' | 'cut';

const WHYS = {
  payload: 'changed',
  columns: 'changed',
  hash: 'changed',
  order: 'out-of-order',
  end: 'cut',
  link: 'out-of-order',
} as const satisfies Record<ChainBreak, LogBreak>;

export interface LogVerdict {
  intact: boolean;
  /** How many events were read and agreed. */
  events: number;
  /** The first event that doesn't fit, and how. */
  brokenAt: {
    seq: number;
    why: LogBreak;
    /** The event that stands there; null where the log has ended. */
    found: number | null;
  } | null;
  tookMs: number;
}

/**
 * Recomputes the organisation's chain from its first event, and notes in it that somebody did.
 *
 * @throws ForbiddenError `rbac/forbidden`, LimitError `rate/limited`
 */
export async function verifyLog(
  deps: Pick<AllDeps, 'db' | 'clock'>,
  actor: Actor,
  _input: z.infer<typeof verifyLogInput>,
): Promise<LogVerdict> {
  const { db, clock } = deps;
  await db.withTenant(actor.tenantId, (tx) => assertInTenant(tx, actor, 'log.read'));
  await assertRates(deps, [
    { key: `log.verify:tenant:${actor.tenantId}`, windowS: 3_600, max: CHECKS_PER_HOUR },
  ]);
  const startedAt = clock().getTime();
  const verdict = await verifyChainOf(db, actor.tenantId);
  const brokenAt = verdict.intact ? null : breakOf(verdict);
  const { intact, events } = verdict;
  await db.withTenant(actor.tenantId, (tx) =>
    recordEvent(tx, actor.tenantId, {
      action: 'audit.verified',
      ...doneBy(actor),
      target: { kind: 'log', id: actor.tenantId, name: actor.tenantName },
      data: { intact, events, ...(brokenAt === null ? {} : { brokenAt: brokenAt.seq }) },
    }),
  );
  return { intact, events, brokenAt, tookMs: clock().getTime() - startedAt };
}

function breakOf({ brokenAt: seq, why, found }: Extract<ChainVerdict, { intact: false }>) {
  // A number that was left out; one that comes again, or before its turn, is out of order.
  if (why === 'order' && found !== null && found > seq) return { seq, why: 'missing' as const, found };
  return { seq, why: WHYS[why], found };
}
