import type { VmRole } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { loadMachine } from '../authority/load-machine.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { askableRoles, mayBreakGlass } from './askable.ts';
import { findRequests, type RequestRow, toRequestRow } from './request-row.ts';

export const requestsOfMachineInput = z.strictObject({ ...inOrg, vmId: z.uuid() });

export interface MachineRequests {
  /** What one's own request may be for; none where one has everything for good. */
  roles: VmRole[];
  /** Whether the policy has a way in for an emergency, and it would give something. */
  mayBreakGlass: boolean;
  /** One's own that waits. */
  open: RequestRow | null;
  /** Emergencies under way on this machine: everybody who sees it knows. */
  emergencies: { person: string; until: Date }[];
}

/**
 * What the one who asks may ask for on one machine, what of it waits, and which emergency access to it is living.
 *
 * @throws NotFoundError `vm/not-found`
 */
export async function requestsOfMachine(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { vmId }: z.infer<typeof requestsOfMachineInput>,
): Promise<MachineRequests> {
  const { tenantId, personId } = actor;
  return db.withTenant(tenantId, async (tx) => {
    const { vm, facts } = await loadMachine(tx, actor, vmId);
    const { now } = facts;
    const policy = await tx.tenantPolicy.findFirst({ where: { tenantId }, select: { breakGlass: true } });
    const [open] = await findRequests(
      tx,
      tenantId,
      { vmId, personId, outcome: null, expiresAt: { gt: now } },
      1,
    );
    const living = await tx.accessGrant.findMany({
      where: { tenantId, vmId, endedAt: null, endsAt: { gt: now }, request: { is: { kind: 'break-glass' } } },
      select: { endsAt: true, request: { select: { personName: true } } },
      orderBy: { endsAt: 'desc' },
    });
    return {
      roles: askableRoles(facts, vm),
      mayBreakGlass: mayBreakGlass(facts, vm, policy?.breakGlass),
      open: open === undefined ? null : toRequestRow(actor, facts, vm, open),
      emergencies: living.flatMap(({ endsAt, request }) =>
        endsAt === null || request === null ? [] : [{ person: request.personName, until: endsAt }],
      ),
    };
  });
}
