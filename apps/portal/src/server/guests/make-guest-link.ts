import { recordEvent } from '@porthole/audit';
import { mailLink } from '@porthole/auth';
import { AppError } from '@porthole/errors';
import { assertCan, type Facts, type GuestRight, type VmFacts } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { loadMachine } from '../authority/load-machine.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps } from '../deps-type.ts';
import { assertGivesOwn } from '../grants/assert-gives-own.ts';
import { emailSchema, inOrg, lineSchema, nameSchema } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { assertRates } from '../rate.ts';
import {
  GUEST_LINK_MAX_MS,
  LINKS_PER_ADDRESS,
  LINKS_PER_MAKER,
  MAX_LINKS_PER_MACHINE,
  MAX_LINKS_PER_ORGANISATION,
} from './guest-limits.ts';

const DAY_MS = 24 * 3_600_000;

/** What a guest can be given, the least first. */
const RIGHTS_OF = {
  look: ['look'],
  type: ['look', 'type'],
  copy: ['look', 'type', 'clipboard'],
} as const satisfies Record<string, readonly GuestRight[]>;

export const makeGuestLinkInput = z.strictObject({
  ...inOrg,
  vmId: z.uuid(),
  name: nameSchema(80),
  email: emailSchema,
  can: z.enum(['look', 'type', 'copy']),
  endsAt: z.date(),
  visits: z.enum(['one', 'many']),
  /** Whether the guest waits until somebody lets them in. */
  door: z.enum(['knock', 'open']),
  reason: lineSchema(0, 500),
});

/**
 * Makes a link for somebody without an account, to the console of one machine, and mails it to them. It gives no more than
 * its maker has, for no longer, and nothing once its maker may not share the machine any more.
 *
 * @throws NotFoundError `vm/not-found`; ForbiddenError `rbac/forbidden`; LimitError `rate/limited`; AppError
 *   `grant/past-end`, `guest-link/too-long`, `grant/more-than-own`, `grant/longer-than-own`, `guest-link/control-domain`,
 *   `guest-link/too-many`
 */
export async function makeGuestLink(
  deps: Pick<Deps, 'db' | 'clock'>,
  actor: Actor,
  input: z.infer<typeof makeGuestLinkInput>,
): Promise<{ linkId: string }> {
  const { tenantId, personId, personName, tenantName } = actor;
  const { vmId, name, email, endsAt, reason } = input;
  const [oneVisit, door] = [input.visits === 'one', input.door === 'knock'];
  const rights = [...RIGHTS_OF[input.can]];
  await deps.db.withTenant(tenantId, async (tx) => {
    const { vm, facts } = await loadMachine(tx, actor, vmId);
    assertMayMake(facts, vm, rights, endsAt);
  });
  await assertRates(deps, [
    { key: `guest.make:person:${personId}`, ...LINKS_PER_MAKER },
    { key: `guest.make:address:${tenantId}:${email}`, ...LINKS_PER_ADDRESS },
  ]);
  return deps.db.withTenant(tenantId, async (tx) => {
    await lockAuthority(tx, tenantId);
    const { vm, facts } = await loadMachine(tx, actor, vmId);
    assertMayMake(facts, vm, rights, endsAt);
    const open = { tenantId, endedAt: null, endsAt: { gt: facts.now } };
    if (
      (await tx.guestLink.count({ where: { ...open, vmId } })) >= MAX_LINKS_PER_MACHINE ||
      (await tx.guestLink.count({ where: open })) >= MAX_LINKS_PER_ORGANISATION
    )
      throw new AppError({
        code: 'guest-link/too-many',
        publicMessage: `There are as many guest links as there can be: ${MAX_LINKS_PER_MACHINE} for one machine, ${MAX_LINKS_PER_ORGANISATION} in all. End one first.`,
      });
    const { tokenId } = await mailLink(
      tx,
      deps.clock,
      { purpose: 'guest', email, tenantId, endsAt },
      { inviter: personName, org: tenantName, name, machine: vm.name, until: untilWords(endsAt) },
    );
    const made = { guestName: name, email, rights, oneVisit, door, reason, endsAt };
    const row = {
      tenantId,
      vmId,
      vmName: vm.name,
      ...made,
      tokenId,
      createdBy: personId,
      createdName: personName,
    };
    // The time of its making is the database's own word.
    const { id } = await tx.guestLink.create({ data: row, select: { id: true } });
    await recordEvent(tx, tenantId, {
      action: 'guest.made',
      ...doneBy(actor),
      target: { kind: 'vm', id: vm.id, name: vm.name },
      data: {
        guestLinkId: id,
        guest: name,
        email,
        rights,
        endsAt: endsAt.toISOString(),
        oneVisit,
        door,
        reason,
      },
    });
    return { linkId: id };
  });
}

function assertMayMake(facts: Facts, vm: VmFacts, rights: readonly GuestRight[], endsAt: Date): void {
  assertCan(facts, 'share', vm);
  if (vm.isControlDomain)
    throw new AppError({
      code: 'guest-link/control-domain',
      publicMessage: 'A host’s own console is for no guest.',
    });
  if (endsAt.getTime() - facts.now.getTime() > GUEST_LINK_MAX_MS)
    throw new AppError({
      code: 'guest-link/too-long',
      publicMessage: `A guest link lasts ${GUEST_LINK_MAX_MS / DAY_MS} days at most. Choose a sooner end.`,
    });
  assertGivesOwn(facts, vm, {
    rights: ['share', ...rights],
    endsAt,
    more: 'That includes more than you have on this machine. Choose less.',
  });
}

/** An end as a mail says it: nobody knows in which zone it is read. */
export function untilWords(at: Date): string {
  const words = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  return `${words.format(at)} UTC`;
}
