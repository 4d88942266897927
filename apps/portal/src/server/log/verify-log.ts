import { type ChainBreak, recordEvent, verifyLog as verifyChainOf } from '@porthole/audit';
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

/** What is wrong in words that people know: an edited event, a missing one, one that doesn't follow the one before. */
const WHYS = {
  payload: 'changed',
  columns: 'changed',
  hash: 'changed',
  order: 'missing',
  end: 'missing',
  link: 'out-of-order',
} as const satisfies Record<ChainBreak, string>;

export interface LogVerdict {
  intact: boolean;
  /** How many events were read and agreed. */
  events: number;
  /** The first event that doesn't fit, and how. */
  brokenAt: { seq: number; why: (typeof WHYS)[ChainBreak] } | null;
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
  const brokenAt = verdict.intact ? null : { seq: verdict.brokenAt, why: WHYS[verdict.why] };
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
