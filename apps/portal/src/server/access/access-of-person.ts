import { ForbiddenError } from '@porthole/errors';
import { canInTenant, explain } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { factsOf } from '../authority/facts-of.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { loadMember } from '../people/member.ts';
import { type AccessReport, grantsOfRows, toAccessRow } from './access-report.ts';
import { factsOfOther } from './facts-of-other.ts';

export const accessOfPersonInput = z.strictObject({ ...inOrg, personId: z.uuid() });

/**
 * Every machine that a member can do something with, and because of what. Everybody may ask about themself.
 *
 * @throws NotFoundError `person/not-found`; ForbiddenError `rbac/forbidden`
 */
export async function accessOfPerson(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { personId }: z.infer<typeof accessOfPersonInput>,
): Promise<AccessReport> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const facts = await factsOf(tx, actor);
    const { name } = await loadMember(tx, actor, personId);
    const decision = canInTenant(facts, 'grants.list');
    if (!decision.allowed && personId !== actor.personId)
      throw new ForbiddenError(decision.reason, { act: 'grants.list' });
    const theirs = await factsOfOther(tx, actor, personId);
    const machines = await tx.vm.findMany({
      where: { tenantId: actor.tenantId, goneAt: null },
      select: { id: true, tenantId: true, poolId: true, name: true, tags: true, isControlDomain: true },
      orderBy: [{ name: 'asc' }, { id: 'asc' }],
    });
    const rows = machines.flatMap((vm) => {
      const explanation = explain(theirs, vm);
      return explanation.because.some(({ rights }) => rights.length > 0)
        ? [toAccessRow(vm.id, vm.name, explanation)]
        : [];
    });
    const grants = await grantsOfRows(tx, actor, facts, rows);
    return { of: { id: personId, name }, rows, grants, more: false };
  });
}
