import { ForbiddenError } from '@porthole/errors';
import { canInTenant, personStanding, supportOf } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import { factsOf } from '../authority/facts-of.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { MAX_LISTED } from './support-limits.ts';
import { canOf, type SupportCan, type SupportRow, supportFields, toSupportRow } from './support-row.ts';

type Deps = Pick<AllDeps, 'db'>;

export const listSupportInput = z.strictObject({ ...inOrg });

export interface SupportLists {
  /** Askings that wait for an answer. */
  waiting: SupportRow[];
  /** Given and living: somebody is inside, or may come. */
  live: SupportRow[];
  past: SupportRow[];
  /** Whether the one who asks may give, refuse and end. */
  mayManage: boolean;
}

/**
 * Every way in that the provider's support asked for, was given or took.
 *
 * @throws ForbiddenError `rbac/forbidden`
 */
export async function listSupport({ db }: Deps, actor: Actor): Promise<SupportLists> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const facts = await assertInTenant(tx, actor, 'support.read');
    const records = await tx.supportGrant.findMany({
      where: { tenantId: actor.tenantId },
      select: supportFields,
      orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
      take: MAX_LISTED,
    });
    const rows = records.map((record) => toSupportRow(record, facts.now));
    const isLive = ({ state }: SupportRow) => state === 'inside' || state === 'ready';
    return {
      waiting: rows.filter(({ state }) => state === 'waiting'),
      live: rows.filter(isLive),
      past: rows.filter((row) => !isLive(row) && row.state !== 'waiting'),
      mayManage: actor.tenantKind === 'customer' && canInTenant(facts, 'support.manage').allowed,
    };
  });
}

/** Somebody of the provider's who is inside now, as everybody in the organisation sees it. */
export interface SupportHere {
  id: string;
  name: string;
  can: SupportCan;
  until: Date;
  /** It is the very person who asks. */
  you: boolean;
  /** Whether the one who asks may end it. */
  mayEnd: boolean;
}

/**
 * Who of the provider's is inside. Everybody in the organisation may ask.
 *
 * @throws ForbiddenError `rbac/forbidden`
 */
export async function supportHere({ db }: Deps, actor: Actor): Promise<SupportHere[]> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const facts = await factsOf(tx, actor);
    const standing = personStanding(facts);
    if (standing !== null) throw new ForbiddenError(standing);
    const records = await tx.supportGrant.findMany({
      where: { tenantId: actor.tenantId, enteredAt: { not: null }, endedAt: null, endsAt: { gt: facts.now } },
      select: { id: true, personName: true, rights: true, endsAt: true },
      orderBy: [{ enteredAt: 'asc' }, { id: 'asc' }],
      take: MAX_LISTED,
    });
    const manages = canInTenant(facts, 'support.manage').allowed;
    const own = supportOf(facts)?.grantId ?? null;
    return records.flatMap(({ id, personName, rights, endsAt }) =>
      personName === null || endsAt === null
        ? []
        : [
            {
              id,
              name: personName,
              can: canOf(rights),
              until: endsAt,
              you: id === own,
              mayEnd: manages || id === own,
            },
          ],
    );
  });
}
