import { type Tx, translating } from '@porthole/db';
import { ForbiddenError } from '@porthole/errors';
import { canInTenant, type Facts, personStanding, type VmFacts } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import { factsOf } from '../authority/facts-of.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { type LockRecord, type LockRow, lockFields, MAX_LISTED, toLockRow } from './lock-row.ts';

type Deps = Pick<AllDeps, 'db'>;

export const listLocksInput = z.strictObject({ ...inOrg });

export interface LockLists {
  /** Those that live, the newest first. */
  live: LockRow[];
  /** Those that were lifted, the newest first. */
  past: LockRow[];
  /** Whether the one who asks may set locks, and lift those that are not the provider's. */
  mayManage: boolean;
}

/**
 * The locks of the organisation, living and past.
 *
 * @throws ForbiddenError `rbac/forbidden`
 */
export async function listLocks({ db }: Deps, actor: Actor): Promise<LockLists> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const facts = await assertInTenant(tx, actor, 'locks.read');
    const { tenantId, tenantName } = actor;
    const of = (lives: boolean) =>
      tx.emergencyLock.findMany({
        where: { tenantId, liftedAt: lives ? null : { not: null } },
        select: lockFields,
        orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
        take: MAX_LISTED,
      });
    const rows = [await of(true), await of(false)].map((records) =>
      records.map((record) => toLockRow(record, { tenantId, name: tenantName })),
    );
    const [live = [], past = []] = rows;
    return { live, past, mayManage: canInTenant({ ...facts, locks: [] }, 'locks.manage').allowed };
  });
}

/** A lock that touches who asks. */
export interface LockHere {
  id: string;
  scope: LockRow['scope'];
  /** Of what is locked; a person reads their own name. */
  name: string;
  since: Date;
  /** Null where it is the provider's. */
  by: string | null;
  /** It is over the very person who asks. */
  you: boolean;
}

const poolLocksSchema = z.array(z.object({ id: z.string(), name: z.string(), since: z.date() }));

/**
 * The living locks that touch who asks: those over the organisation, over themself and their teams, and over pools of its machines; for who
 * reads all locks, every one.
 *
 * @throws ForbiddenError `rbac/forbidden`
 */
export async function locksHere({ db }: Deps, actor: Actor): Promise<LockHere[]> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const facts = await factsOf(tx, actor);
    const standing = personStanding(facts);
    if (standing !== null) throw new ForbiddenError(standing);
    const readsAll = canInTenant(facts, 'locks.read').allowed;
    const { tenantId } = actor;
    const records = await tx.emergencyLock.findMany({
      where: {
        tenantId,
        liftedAt: null,
        ...(readsAll ? {} : { vmId: null, id: { in: facts.locks.map(({ id }) => id) } }),
      },
      select: lockFields,
      orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
      take: MAX_LISTED,
    });
    const own = records.map((record) => toLockHere(record, actor));
    return [...own, ...(await locksOfOthersPools(tx, tenantId))];
  });
}

/**
 * The lock that keeps the consoles of one machine from who asks, the newest where there are several; null where it can't
 * be told, or was lifted meanwhile.
 */
export async function lockOfMachine(
  tx: Tx,
  actor: Actor,
  facts: Facts,
  vm: VmFacts,
  poolName: string,
): Promise<LockHere | null> {
  const { tenantId } = actor;
  const wide = facts.locks.filter(({ target }) => target.kind !== 'vm' && target.kind !== 'pool');
  const own = await tx.emergencyLock.findFirst({
    where: {
      tenantId,
      liftedAt: null,
      OR: [{ vmId: vm.id }, { poolId: vm.poolId }, { id: { in: wide.map(({ id }) => id) } }],
    },
    select: lockFields,
    orderBy: { createdAt: 'desc' },
  });
  if (own !== null) return toLockHere(own, actor);
  return (await locksOfOthersPools(tx, tenantId)).find(({ name }) => name === poolName) ?? null;
}

function toLockHere(record: LockRecord, { tenantId, tenantName, personId }: Actor): LockHere {
  const row = toLockRow(record, { tenantId, name: tenantName });
  return {
    id: row.id,
    scope: row.scope,
    name: row.target.name,
    since: row.since,
    by: row.byProvider ? null : row.by,
    you: row.scope === 'person' && row.target.id === personId,
  };
}

async function locksOfOthersPools(tx: Tx, tenantId: string): Promise<LockHere[]> {
  const rows = await translating(
    () => tx.$queryRaw`
      SELECT lock_id::text AS id, display_name AS name, since FROM pool_locks_of_holder(${tenantId}::uuid)`,
  );
  return poolLocksSchema
    .parse(rows)
    .map(({ id, name, since }) => ({ id, scope: 'pool', name, since, by: null, you: false }));
}
