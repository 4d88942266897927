import type { Tx } from '@porthole/db';
import { ForbiddenError } from '@porthole/errors';
import { can, canInTenant, explain, STANDING_BUNDLE, TENANT_ROLES, type VmFacts } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { loadMachine } from '../authority/load-machine.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import {
  type AccessReport,
  type AccessRow,
  grantsOfRows,
  MAX_PEOPLE_TOLD,
  toAccessRow,
} from './access-report.ts';
import { factsOfOthers } from './facts-of-other.ts';

const STANDING_ROLES = TENANT_ROLES.filter((role) => STANDING_BUNDLE[role] !== null);

export const accessOfMachineInput = z.strictObject({ ...inOrg, vmId: z.uuid() });

/**
 * Everybody who can do something with a machine, and because of what. For who may read all access, and for who may share the
 * machine.
 *
 * @throws NotFoundError `vm/not-found`; ForbiddenError `rbac/forbidden`
 */
export async function accessOfMachine(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { vmId }: z.infer<typeof accessOfMachineInput>,
): Promise<AccessReport> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const { vm, facts } = await loadMachine(tx, actor, vmId);
    const decision = canInTenant(facts, 'grants.list');
    if (!decision.allowed && !can(facts, 'share', vm).allowed)
      throw new ForbiddenError(decision.reason, { act: 'grants.list', vmId });
    const people = await findPeople(tx, actor.tenantId, vm, facts.now);
    const told = people.slice(0, MAX_PEOPLE_TOLD);
    const factsOf = await factsOfOthers(
      tx,
      actor,
      told.map(({ id }) => id),
    );
    const rows = told.flatMap(({ id, name }): AccessRow[] => {
      const theirs = factsOf.get(id);
      const explanation = theirs && explain(theirs, vm);
      return explanation?.because.some(({ rights }) => rights.length > 0)
        ? [toAccessRow(id, name, explanation)]
        : [];
    });
    const grants = await grantsOfRows(tx, actor, facts, rows);
    return { of: { id: vm.id, name: vm.name }, rows, grants, more: people.length > MAX_PEOPLE_TOLD };
  });
}

/** Members whom their place or a grant could give something, by name; one more than are told. */
async function findPeople(tx: Tx, tenantId: string, vm: VmFacts, now: Date) {
  const grants = await tx.accessGrant.findMany({
    where: {
      tenantId,
      endedAt: null,
      AND: [
        { OR: [{ endsAt: null }, { endsAt: { gt: now } }] },
        { OR: [{ vmId: vm.id }, { tag: { in: [...vm.tags] } }, { allVms: true }] },
      ],
    },
    select: { personId: true, teamId: true },
  });
  const idsOf = (ids: readonly (string | null)[]) => [
    ...new Set(ids.flatMap((id) => (id === null ? [] : [id]))),
  ];
  const memberships = await tx.membership.findMany({
    where: {
      tenantId,
      person: { disabledAt: null },
      OR: [
        { role: { in: STANDING_ROLES } },
        { personId: { in: idsOf(grants.map(({ personId }) => personId)) } },
        { teams: { some: { teamId: { in: idsOf(grants.map(({ teamId }) => teamId)) } } } },
      ],
    },
    select: { person: { select: { id: true, name: true } } },
    orderBy: [{ person: { name: 'asc' } }, { personId: 'asc' }],
    take: MAX_PEOPLE_TOLD + 1,
  });
  return memberships.map(({ person }) => person);
}
