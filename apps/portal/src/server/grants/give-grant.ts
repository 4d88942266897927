import type { Tx } from '@porthole/db';
import { AppError, ForbiddenError, NotFoundError } from '@porthole/errors';
import {
  assertCan,
  canOverAll,
  type Facts,
  type GrantTarget,
  RIGHTS,
  rightsGiven,
  SINGLE_RIGHTS,
  VM_ROLES,
  type VmFacts,
} from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { factsOf } from '../authority/facts-of.ts';
import { loadMachines } from '../authority/load-machine.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg, lineSchema } from '../inputs.ts';
import { assertEndsLater, assertGivesOwn } from './assert-gives-own.ts';
import { createGrant, type Gift, type Receiver } from './create-grant.ts';
import { MAX_GRANTS_AT_ONCE, MAX_MACHINES_SHARED, MAX_RECEIVERS } from './grant-limits.ts';

/** The last moment that ISO 8601 writes with four digits of a year. */
const LATEST_END = new Date('9999-12-31T23:59:59Z');

const receiverSchema = z.strictObject({ kind: z.enum(['person', 'team']), id: z.uuid() });

const overSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('vm'), vmId: z.uuid() }),
  z.strictObject({
    kind: z.literal('vms'),
    vmIds: z
      .array(z.uuid())
      .min(1)
      .max(MAX_MACHINES_SHARED)
      .refine((vmIds) => new Set(vmIds).size === vmIds.length),
  }),
  z.strictObject({ kind: z.literal('tag'), tag: lineSchema(1, 256) }),
  z.strictObject({ kind: z.literal('all') }),
]);

/** What one sharing is over: several machines one by one become a grant each. */
export type Over = z.infer<typeof overSchema>;

/** Who gets what over which machines: a role, or single rights with `look` among them. */
export const giftFields = {
  ...inOrg,
  to: z
    .array(receiverSchema)
    .min(1)
    .max(MAX_RECEIVERS)
    .refine((to) => new Set(to.map(({ id }) => id)).size === to.length),
  over: overSchema,
  role: z.enum(VM_ROLES).nullable(),
  rights: z.array(z.enum(SINGLE_RIGHTS)).max(SINGLE_RIGHTS.length),
} as const;

/** A role and single rights at once would be two answers to one question; what can be used cannot be hidden. */
export function isOneGift({ role, rights }: Gift): boolean {
  return role === null ? rights.includes('look') : rights.length === 0;
}

export const giveGrantInput = z
  .strictObject({
    ...giftFields,
    endsAt: z.date().max(LATEST_END).nullable(),
    reason: lineSchema(0, 500),
  })
  .refine(isOneGift);

/**
 * Shares machines one by one, the machines with a tag, or all of them, with members and teams. Open consoles learn of it within two
 * seconds, by the epoch that a trigger bumps.
 *
 * @throws NotFoundError `vm/not-found`, `person/not-found`, `team/not-found`; ForbiddenError `rbac/forbidden`; AppError
 *   `grant/past-end`, `grant/more-than-own`, `grant/longer-than-own`, `grant/no-such-tag`, `grant/too-many`
 */
export async function giveGrant(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { to, over, role, rights, endsAt, reason }: z.infer<typeof giveGrantInput>,
): Promise<{ grantIds: string[] }> {
  return db.withTenant(actor.tenantId, async (tx) => {
    await lockAuthority(tx, actor.tenantId);
    const gift = { role, rights: RIGHTS.filter((right) => rights.some((one) => one === right)) };
    const { facts, vms } = await assertMayShare(tx, actor, to, over);
    if (vms === null) assertEndsLater(facts, endsAt);
    else for (const vm of vms) assertGivesOwnGift(facts, vm, gift, endsAt);
    await assertReceivers(tx, actor.tenantId, to);
    const grantIds: string[] = [];
    for (const receiver of to)
      for (const target of targetsOf(over))
        grantIds.push(
          await createGrant(tx, actor, { receiver, over: target, ...gift, endsAt, reason, requestId: null }),
        );
    return { grantIds };
  });
}

/**
 * What is true of the actor, if they may share it: machines by `share`, a tag or all by their place in the organisation.
 *
 * @returns the machines where it names them
 * @throws NotFoundError `vm/not-found`; ForbiddenError `rbac/forbidden`; AppError `grant/no-such-tag`, `grant/too-many`
 */
export async function assertMayShare(
  tx: Tx,
  actor: Actor,
  to: readonly Receiver[],
  over: Over,
): Promise<{ facts: Facts; vms: VmFacts[] | null }> {
  if (over.kind === 'vm' || over.kind === 'vms') {
    const vmIds = over.kind === 'vm' ? [over.vmId] : over.vmIds;
    const { vms, facts } = await loadMachines(tx, actor, vmIds);
    for (const vm of vms) assertCan(facts, 'share', vm);
    assertNotTooMany(to.length * vms.length);
    return { facts, vms };
  }
  const facts = await factsOf(tx, actor);
  const decision = canOverAll(facts);
  if (!decision.allowed) throw new ForbiddenError(decision.reason, { over: over.kind });
  if (over.kind === 'tag') {
    const where = { tenantId: actor.tenantId, goneAt: null, tags: { has: over.tag } };
    const tagged = await tx.vm.findFirst({ where, select: { id: true } });
    if (tagged === null)
      throw new AppError({
        code: 'grant/no-such-tag',
        publicMessage: 'No machine has this tag. Choose one that a machine has.',
      });
  }
  return { facts, vms: null };
}

function targetsOf(over: Over): GrantTarget[] {
  return over.kind === 'vms' ? over.vmIds.map((vmId) => ({ kind: 'vm', vmId })) : [over];
}

function assertNotTooMany(grants: number): void {
  if (grants <= MAX_GRANTS_AT_ONCE) return;
  throw new AppError({
    code: 'grant/too-many',
    publicMessage: `That is ${grants} grants at once, one for each machine and receiver; ${MAX_GRANTS_AT_ONCE} are the most. Choose fewer machines or people, or put people into a team.`,
    details: { grants, most: MAX_GRANTS_AT_ONCE },
  });
}

/** {@link assertGivesOwn} for a role or single rights. */
export function assertGivesOwnGift(facts: Facts, vm: VmFacts, gift: Gift, endsAt: Date | null): void {
  assertGivesOwn(facts, vm, {
    // host-console means something on control domains alone; elsewhere nobody has it, and it gives nothing.
    rights: rightsGiven(gift).filter((right) => right !== 'host-console' || vm.isControlDomain),
    endsAt,
    more: 'That includes more than you have on this machine. Choose less.',
  });
}

/** @throws NotFoundError `person/not-found`, `team/not-found`: absent, foreign and left are one answer */
export async function assertReceivers(tx: Tx, tenantId: string, to: readonly Receiver[]): Promise<void> {
  const idsOf = (kind: Receiver['kind']) => to.flatMap((one) => (one.kind === kind ? [one.id] : []));
  const people = await tx.membership.findMany({
    where: { tenantId, personId: { in: idsOf('person') }, person: { disabledAt: null } },
    select: { personId: true },
  });
  const teams = await tx.team.findMany({
    where: { tenantId, id: { in: idsOf('team') } },
    select: { id: true },
  });
  const found = new Set([...people.map(({ personId }) => personId), ...teams.map(({ id }) => id)]);
  const missing = to.find(({ id }) => !found.has(id));
  if (missing !== undefined) throw new NotFoundError(missing.kind, { id: missing.id });
}
