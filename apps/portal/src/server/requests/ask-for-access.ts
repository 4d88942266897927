import { recordEvent } from '@porthole/audit';
import type { Tx } from '@porthole/db';
import { AppError } from '@porthole/errors';
import { type Facts, VM_ROLES, type VmFacts } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { loadMachine } from '../authority/load-machine.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg, lineSchema } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { assertRates } from '../rate.ts';
import { askableRoles, mayBreakGlass } from './askable.ts';
import { findApprovers, findWatchers, mailRequest } from './find-readers.ts';
import {
  GLASS_LENGTHS_MS,
  GLASS_LIFE_MS,
  LENGTHS_MS,
  MAX_OPEN_PER_PERSON,
  PER_PERSON,
  REQUEST_LIFE_MS,
} from './request-limits.ts';

const oneOf = (lengths: readonly number[]) => z.number().refine((ms) => lengths.includes(ms));

export const askForAccessInput = z.strictObject({
  ...inOrg,
  vmId: z.uuid(),
  role: z.enum(VM_ROLES),
  lengthMs: oneOf(LENGTHS_MS),
  reason: lineSchema(1, 500),
});

export const breakGlassInput = z.strictObject({
  ...inOrg,
  vmId: z.uuid(),
  lengthMs: oneOf(GLASS_LENGTHS_MS),
  reason: lineSchema(1, 500),
});

type Deps = Pick<AllDeps, 'db'>;

/**
 * Asks those who may share a machine for a role on it. They hear of it on their page and by mail.
 *
 * @throws NotFoundError `vm/not-found`; LimitError `rate/limited`; AppError `asked/has-it`, `asked/open`, `asked/too-many`
 */
export async function askForAccess(
  deps: Deps,
  actor: Actor,
  { vmId, role, lengthMs, reason }: z.infer<typeof askForAccessInput>,
): Promise<{ requestId: string }> {
  await assertRates(deps, [{ key: `request:${actor.personId}`, ...PER_PERSON }]);
  return deps.db.withTenant(actor.tenantId, async (tx) => {
    await lockAuthority(tx, actor.tenantId);
    const { vm, facts } = await loadMachine(tx, actor, vmId);
    if (!askableRoles(facts, vm).includes(role))
      throw new AppError({
        code: 'asked/has-it',
        publicMessage: `You have all of that on ${vm.name} already.`,
        details: { vmId, role },
      });
    const asked = { kind: 'access', role, lengthMs, reason, lifeMs: REQUEST_LIFE_MS } as const;
    const requestId = await createRequest(tx, actor, facts, vm, asked);
    const readers = await findApprovers(tx, actor.tenantId, vm, { now: facts.now, asker: actor.personId });
    await mailRequest(tx, actor, { kind: 'request-asked', requestId, name: actor.personName, readers });
    return { requestId };
  });
}

/**
 * Asks two others to let the person in at once, where the organisation's policy has this way. All who may answer and all
 * who watch over the organisation hear of it at once.
 *
 * @throws NotFoundError `vm/not-found`; LimitError `rate/limited`; AppError `asked/no-glass`, `asked/open`, `asked/too-many`
 */
export async function breakGlass(
  deps: Deps,
  actor: Actor,
  { vmId, lengthMs, reason }: z.infer<typeof breakGlassInput>,
): Promise<{ requestId: string }> {
  await assertRates(deps, [{ key: `request:${actor.personId}`, ...PER_PERSON }]);
  return deps.db.withTenant(actor.tenantId, async (tx) => {
    await lockAuthority(tx, actor.tenantId);
    const { vm, facts } = await loadMachine(tx, actor, vmId);
    const policy = await tx.tenantPolicy.findFirst({
      where: { tenantId: actor.tenantId },
      select: { breakGlass: true },
    });
    if (!mayBreakGlass(facts, vm, policy?.breakGlass))
      throw new AppError({
        code: 'asked/no-glass',
        publicMessage: `${actor.tenantName} has no emergency access for you here. Ask for access instead.`,
        details: { vmId, rule: policy?.breakGlass ?? null },
      });
    const asked = { kind: 'break-glass', role: 'operator', lengthMs, reason, lifeMs: GLASS_LIFE_MS } as const;
    const requestId = await createRequest(tx, actor, facts, vm, asked);
    const others = { now: facts.now, asker: actor.personId };
    const readers = [
      ...(await findApprovers(tx, actor.tenantId, vm, others)),
      ...(await findWatchers(tx, actor.tenantId)),
    ];
    await mailRequest(tx, actor, { kind: 'glass-asked', requestId, name: actor.personName, readers });
    return { requestId };
  });
}

interface Asked {
  kind: 'access' | 'break-glass';
  role: (typeof VM_ROLES)[number];
  lengthMs: number;
  reason: string;
  lifeMs: number;
}

async function createRequest(
  tx: Tx,
  actor: Actor,
  { now }: Facts,
  vm: VmFacts & { name: string },
  { kind, role, lengthMs, reason, lifeMs }: Asked,
): Promise<string> {
  const { tenantId, personId, personName } = actor;
  // What nobody answered in time gives its place to something new, and is told of as it does (migration 0035).
  await tx.$queryRaw`SELECT requests_lapse(${tenantId}::uuid, ${personId}::uuid)`;
  const open = await tx.accessRequest.findMany({
    where: { tenantId, personId, outcome: null },
    select: { vmId: true },
  });
  if (open.some(({ vmId }) => vmId === vm.id))
    throw new AppError({
      code: 'asked/open',
      publicMessage: `Your request for ${vm.name} still waits for an answer. Withdraw it to ask for something else.`,
    });
  if (open.length >= MAX_OPEN_PER_PERSON)
    throw new AppError({
      code: 'asked/too-many',
      publicMessage: `${MAX_OPEN_PER_PERSON} requests of yours wait for an answer. Withdraw one before you ask again.`,
    });
  const expiresAt = new Date(now.getTime() + lifeMs);
  const { id } = await tx.accessRequest.create({
    data: {
      tenantId,
      kind,
      personId,
      personName,
      vmId: vm.id,
      vmName: vm.name,
      role,
      lengthMs,
      reason,
      createdAt: now,
      expiresAt,
    },
    select: { id: true },
  });
  await recordEvent(tx, tenantId, {
    action: kind === 'access' ? 'request.asked' : 'glass.asked',
    ...doneBy(actor),
    target: { kind: 'vm', id: vm.id, name: vm.name },
    data: { requestId: id, role, lengthMs, reason, expiresAt: expiresAt.toISOString() },
  });
  return id;
}
