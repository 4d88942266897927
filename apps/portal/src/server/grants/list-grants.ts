import type { Tx } from '@porthole/db';
import { can, canInTenant, type Facts, type Right, type VmFacts, type VmRole } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { factsOf } from '../authority/facts-of.ts';
import { loadMachine } from '../authority/load-machine.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { kindOf, type RequestKind } from '../requests/request-row.ts';
import { grantFields, singleRights } from './grant-fields.ts';
import { mayEndGrant } from './may-end-grant.ts';

export const listGrantsInput = z.strictObject({ ...inOrg, vmId: z.uuid().optional() });

export interface GrantRow {
  id: string;
  person: { id: string; name: string; email: string } | null;
  team: { id: string; name: string } | null;
  target: { kind: 'vm'; vmId: string; name: string } | { kind: 'tag'; tag: string } | { kind: 'all' };
  /** Null where it gives single rights. */
  role: VmRole | null;
  rights: Right[];
  reason: string;
  endsAt: Date | null;
  createdAt: Date;
  /** Null where the giver has left or a rule gave it. */
  givenBy: string | null;
  /** The request that it came of, and when that was approved. */
  request: { id: string; kind: RequestKind; at: Date } | null;
  /** Whether the one who asks may end it. */
  mayEnd: boolean;
}

/**
 * The grants that stand now, of the organisation or those that bear on one machine. Who may neither share the machine
 * nor read all access sees their own.
 *
 * @throws NotFoundError `vm/not-found`
 */
export async function listGrants(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { vmId }: z.infer<typeof listGrantsInput>,
): Promise<GrantRow[]> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const { vm, facts } =
      vmId === undefined ? { vm: null, facts: await factsOf(tx, actor) } : await loadMachine(tx, actor, vmId);
    const readsAll =
      canInTenant(facts, 'grants.list').allowed || (vm !== null && can(facts, 'share', vm).allowed);
    return describeGrants(tx, actor, facts, await findGrants(tx, actor, facts, vm, readsAll));
  });
}

/** Grants as rows of a page: whom, over what, by whom, and whether the actor may end them. */
export async function describeGrants(
  tx: Tx,
  actor: Actor,
  facts: Facts,
  grants: Awaited<ReturnType<typeof findGrants>>,
): Promise<GrantRow[]> {
  const givers = await namesOf(tx, actor.tenantId, grants);
  return grants.map((grant) => ({
    id: grant.id,
    person: grant.membership?.person ?? null,
    team: grant.team,
    target: targetOf(grant),
    role: grant.role,
    rights: singleRights(grant),
    reason: grant.reason,
    endsAt: grant.endsAt,
    createdAt: grant.createdAt,
    givenBy: grant.createdBy === null ? null : (givers.get(grant.createdBy) ?? null),
    request: requestOf(grant.request),
    mayEnd: mayEndGrant(facts, grant),
  }));
}

async function findGrants(tx: Tx, actor: Actor, facts: Facts, vm: VmFacts | null, readsAll: boolean) {
  const own = {
    OR: [{ personId: actor.personId }, { team: { members: { some: { personId: actor.personId } } } }],
  };
  const bearing = vm && { OR: [{ vmId: vm.id }, { tag: { in: [...vm.tags] } }, { allVms: true }] };
  return tx.accessGrant.findMany({
    where: {
      tenantId: actor.tenantId,
      endedAt: null,
      AND: [
        { OR: [{ endsAt: null }, { endsAt: { gt: facts.now } }] },
        ...(readsAll ? [] : [own]),
        ...(bearing === null ? [] : [bearing]),
      ],
    },
    select: grantFields,
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    take: 1_000,
  });
}

/** Names of those who gave them, as far as they still belong here. */
async function namesOf(tx: Tx, tenantId: string, grants: readonly { createdBy: string | null }[]) {
  const ids = [...new Set(grants.flatMap(({ createdBy }) => (createdBy === null ? [] : [createdBy])))];
  const members = await tx.membership.findMany({
    where: { tenantId, personId: { in: ids } },
    select: { personId: true, person: { select: { name: true } } },
  });
  return new Map(members.map(({ personId, person }) => [personId, person.name]));
}

function requestOf(request: { id: string; kind: string; endedAt: Date | null } | null): GrantRow['request'] {
  if (request === null || request.endedAt === null) return null;
  return { id: request.id, kind: kindOf(request), at: request.endedAt };
}

function targetOf(grant: {
  vm: { id: string; name: string } | null;
  tag: string | null;
}): GrantRow['target'] {
  if (grant.vm !== null) return { kind: 'vm', vmId: grant.vm.id, name: grant.vm.name };
  return grant.tag === null ? { kind: 'all' } : { kind: 'tag', tag: grant.tag };
}
