import { randomUUID } from 'node:crypto';
import { recordEvent } from '@porthole/audit';
import type { Tx } from '@porthole/db';
import { ForbiddenError, NotFoundError } from '@porthole/errors';
import {
  ACT_RULES,
  can,
  type Facts,
  isForce,
  POWER_ACTS,
  type PowerAct,
  type PowerState,
} from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { factsOf } from '../authority/facts-of.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import { sees } from '../authority/sees.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { machineFields } from '../machines/machine-row.ts';
import { assertRates } from '../rate.ts';

/** Machines of one request. */
export const MAX_MACHINES_AT_ONCE = 200;
/** Requests of one person in a minute, whatever they are for. */
export const POWER_REQUESTS_PER_MINUTE = 60;

export const requestPowerInput = z.strictObject({
  ...inOrg,
  vmIds: z.array(z.uuid()).min(1).max(MAX_MACHINES_AT_ONCE),
  act: z.enum(POWER_ACTS),
});

/** Why a machine was left alone. */
export type PowerRefusal = 'no-right' | 'locked' | 'host-itself' | 'state' | 'busy';

export interface PowerAnswer {
  vmId: string;
  vmName: string;
  /** Null where nothing was asked of the machine. */
  operationId: string | null;
  refusal: PowerRefusal | null;
  /** As the machine stands, for the words of a refusal. */
  powerState: PowerState;
}

type Machine = Awaited<ReturnType<typeof machinesOf>>[number];

/**
 * Asks the worker to do something to the power of machines: one row, one event in the log and one operation for each.
 * Who asks again for what is under way already gets the operation that is there.
 *
 * @throws NotFoundError `vm/not-found` where one of them isn't there or isn't seen; ForbiddenError `rbac/forbidden` where
 *   the person may do it to none of them; LimitError `rate/limited`
 */
export async function requestPower(
  deps: Pick<AllDeps, 'db'>,
  actor: Actor,
  { vmIds, act }: z.infer<typeof requestPowerInput>,
): Promise<PowerAnswer[]> {
  const { tenantId, personId } = actor;
  await assertRates(deps, [{ key: `power:person:${personId}`, windowS: 60, max: POWER_REQUESTS_PER_MINUTE }]);
  return deps.db.withTenant(tenantId, async (tx) => {
    await lockAuthority(tx, tenantId);
    const facts = await factsOf(tx, actor);
    const vms = await machinesOf(tx, tenantId, vmIds);
    const unseen = vmIds.find((id) => !vms.some((vm) => vm.id === id && sees(facts, vm)));
    if (unseen !== undefined) throw new NotFoundError('vm', { vmId: unseen, act });
    const answers: PowerAnswer[] = [];
    for (const vm of vms) answers.push(await ask(tx, { actor, facts, vm, act }));
    // Who may do it to none of them was not mistaken about a state.
    if (answers.every(({ refusal }) => refusal === 'no-right' || refusal === 'locked'))
      throw new ForbiddenError(answers[0]?.refusal ?? 'no-right', { act, vmIds: vmIds.slice(0, 3) });
    return answers;
  });
}

/** In the order of their names: two requests for the same machines wait for each other in one order. */
function machinesOf(tx: Tx, tenantId: string, vmIds: readonly string[]) {
  return tx.vm.findMany({
    where: { tenantId, id: { in: [...vmIds] }, goneAt: null },
    select: machineFields,
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  });
}

interface Asked {
  actor: Actor;
  facts: Facts;
  vm: Machine;
  act: PowerAct;
}

async function ask(tx: Tx, asked: Asked): Promise<PowerAnswer> {
  const { actor, vm, act } = asked;
  const answer = { vmId: vm.id, vmName: vm.name, powerState: vm.powerState };
  const refusal = refusalOf(asked);
  // What is under way says more than the state that it is changing.
  if (refusal === null || refusal === 'state') {
    const open = await openOperation(tx, vm, act);
    if (open?.act === act) return { ...answer, operationId: open.id, refusal: null };
    if (open !== null) return { ...answer, operationId: null, refusal: 'busy' };
  }
  if (refusal !== null) return { ...answer, operationId: null, refusal };
  const operationId = randomUUID();
  // Raw: time and step are the database's own words, and of two that come at once the second finds nothing to do.
  const added = await tx.$executeRaw`INSERT INTO power_operation
      (tenant_id, id, pool_tenant_id, pool_id, vm_id, vm_uuid, vm_name, act, person_id, person_name,
       token_id, token_name)
    VALUES (${vm.tenantId}::uuid, ${operationId}::uuid, ${vm.poolTenantId}::uuid, ${vm.poolId}::uuid, ${vm.id}::uuid,
      ${vm.uuid}::uuid, ${vm.name}, ${act}::power_act, ${actor.personId}::uuid, ${actor.personName},
      ${actor.token?.id ?? null}::uuid, ${actor.token?.name ?? null})
    ON CONFLICT DO NOTHING`;
  if (added === 0) return { ...answer, operationId: null, refusal: 'busy' };
  await recordEvent(tx, actor.tenantId, {
    action: 'power.requested',
    ...doneBy(actor),
    target: { kind: 'vm', id: vm.id, name: vm.name },
    data: { operationId, act },
  });
  return { ...answer, operationId, refusal: null };
}

function refusalOf({ facts, vm, act }: Asked): PowerRefusal | null {
  if (vm.isControlDomain) return 'host-itself';
  const { right, from } = ACT_RULES[act];
  const decision = can(facts, right, vm);
  if (!decision.allowed) return decision.reason === 'locked' ? 'locked' : 'no-right';
  return from.includes(vm.powerState) ? null : 'state';
}

function openOperation(tx: Tx, vm: Machine, act: PowerAct) {
  const forced = POWER_ACTS.filter(isForce);
  return tx.powerOperation.findFirst({
    where: {
      tenantId: vm.tenantId,
      vmId: vm.id,
      finishedAt: null,
      act: isForce(act) ? { in: forced } : { notIn: forced },
    },
    select: { id: true, act: true },
  });
}
