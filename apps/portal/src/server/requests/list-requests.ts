import type { Tx } from '@porthole/db';
import { NotFoundError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { factsOf } from '../authority/facts-of.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { MAX_LISTED, SHOWN_FOR_MS } from './request-limits.ts';
import {
  findRequests,
  machinesOf,
  type RequestRecord,
  type RequestRow,
  seesRequest,
  toRequestRow,
} from './request-row.ts';

export const listRequestsInput = z.strictObject({ ...inOrg });
export const getRequestInput = z.strictObject({ ...inOrg, requestId: z.uuid() });

export interface RequestLists {
  /** What the one who asks may answer, the newest first. */
  waiting: RequestRow[];
  /** Emergencies that nobody has reviewed. */
  reviews: RequestRow[];
  /** Their own of the last weeks. */
  mine: RequestRow[];
  /** Others' of the last weeks that are answered. */
  answered: RequestRow[];
}

/** Requests of the one who asks, and those that are theirs to answer or to look after. */
export async function listRequests({ db }: Pick<AllDeps, 'db'>, actor: Actor): Promise<RequestLists> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const facts = await factsOf(tx, actor);
    const since = new Date(facts.now.getTime() - SHOWN_FOR_MS);
    const of = (where: Parameters<typeof findRequests>[2]) =>
      findRequests(tx, actor.tenantId, where, MAX_LISTED);
    const open = { outcome: null, expiresAt: { gt: facts.now }, personId: { not: actor.personId } };
    const records = [
      ...(await of(open)),
      ...(await of(UNREVIEWED)),
      ...(await of({ personId: actor.personId, createdAt: { gt: since } })),
      ...(await of({
        personId: { not: actor.personId },
        outcome: { in: ANSWERS },
        createdAt: { gt: since },
      })),
    ];
    const rows = await rowsOf(tx, actor, facts, records);
    return {
      waiting: rows.filter(({ state, mine }) => state === 'waiting' && !mine),
      reviews: rows.filter(({ mayReview }) => mayReview),
      mine: rows.filter(({ mine }) => mine),
      answered: rows.filter(({ mine, state, mayReview }) => !mine && state !== 'waiting' && !mayReview),
    };
  });
}

/** How many things wait for the one who asks: requests to answer, emergencies to review. */
export async function countRequests({ db }: Pick<AllDeps, 'db'>, actor: Actor): Promise<{ waiting: number }> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const facts = await factsOf(tx, actor);
    const records = await findRequests(
      tx,
      actor.tenantId,
      {
        personId: { not: actor.personId },
        OR: [{ outcome: null, expiresAt: { gt: facts.now } }, UNREVIEWED],
      },
      MAX_LISTED,
    );
    const rows = await rowsOf(tx, actor, facts, records);
    return { waiting: rows.filter(({ mayAnswer, mayReview }) => mayAnswer || mayReview).length };
  });
}

/**
 * One request, for who comes by the link of a mail.
 *
 * @throws NotFoundError `access-request/not-found` for absent, foreign and unseen ones
 */
export async function getRequest(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { requestId }: z.infer<typeof getRequestInput>,
): Promise<RequestRow> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const facts = await factsOf(tx, actor);
    const records = await findRequests(tx, actor.tenantId, { id: requestId }, 1);
    const [row] = await rowsOf(tx, actor, facts, records);
    if (row === undefined) throw new NotFoundError('access-request', { requestId });
    return row;
  });
}

/** What ended by itself was answered by nobody: who asked reads of it, and the log tells it. */
const ANSWERS = ['approved', 'refused', 'withdrawn'];
const UNREVIEWED = { kind: 'break-glass', outcome: 'approved', reviewedAt: null };

/** Each request once, as far as the actor may see it. */
async function rowsOf(
  tx: Tx,
  actor: Actor,
  facts: Parameters<typeof toRequestRow>[1],
  records: readonly RequestRecord[],
): Promise<RequestRow[]> {
  const machines = await machinesOf(tx, actor.tenantId, records);
  const each = [...new Map(records.map((record) => [record.id, record])).values()];
  return each.flatMap((record) => {
    const vm = machines.get(record.vmId) ?? null;
    return seesRequest(facts, record, vm) ? [toRequestRow(actor, facts, vm, record)] : [];
  });
}
