import { recordEvent } from '@porthole/audit';
import { AppError, ForbiddenError, NotFoundError } from '@porthole/errors';
import { can } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { loadMachine } from '../authority/load-machine.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps } from '../deps-type.ts';
import { enterVisit } from '../door/enter-visit.ts';
import { tellPages } from '../door/prove.ts';
import { standingOf } from '../door/visit.ts';
import { inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { DOOR_ANSWER_MS } from './guest-limits.ts';

export const atDoorInput = z.strictObject({ ...inOrg, vmId: z.uuid() });

/** Somebody at the door of a machine. */
export interface Knock {
  visitId: string;
  linkId: string;
  guest: string;
  email: string;
  inviter: string;
  reason: string;
  mayType: boolean;
  since: Date;
}

/**
 * Who waits at the door of a machine, for who may let them in; nobody for all others who see it.
 *
 * @throws NotFoundError `vm/not-found`
 */
export async function listAtDoor(
  { db }: Pick<Deps, 'db'>,
  actor: Actor,
  { vmId }: z.infer<typeof atDoorInput>,
): Promise<Knock[]> {
  const { tenantId } = actor;
  return db.withTenant(tenantId, async (tx) => {
    const { vm, facts } = await loadMachine(tx, actor, vmId);
    if (!can(facts, 'share', vm).allowed) return [];
    const { now } = facts;
    const rows = await tx.guestVisit.findMany({
      where: {
        tenantId,
        link: { vmId, endedAt: null, endsAt: { gt: now }, visitedAt: null },
        knockedAt: { gt: new Date(now.getTime() - DOOR_ANSWER_MS) },
        enteredAt: null,
        refusedAt: null,
        leftAt: null,
        expiresAt: { gt: now },
      },
      select: { id: true, linkId: true, knockedAt: true, link: true },
      orderBy: [{ knockedAt: 'asc' }, { id: 'asc' }],
      take: 20,
    });
    return rows.map(({ id, linkId, knockedAt, link }) => ({
      visitId: id,
      linkId,
      guest: link.guestName,
      email: link.email,
      inviter: link.createdName,
      reason: link.reason,
      mayType: link.rights.includes('type'),
      since: knockedAt ?? now,
    }));
  });
}

export const answerKnockInput = z.strictObject({
  ...inOrg,
  visitId: z.uuid(),
  answer: z.enum(['let-in', 'not-now']),
});

/**
 * Lets a guest in who waits at the door, or not. Of two who answer at once the first one counts.
 *
 * @throws NotFoundError `knock/not-found` for absent, foreign, unseen and answered ones; ForbiddenError `rbac/forbidden`;
 *   AppError `guest-link/over` where the link gives nothing any more
 */
export async function answerKnock(
  { db }: Pick<Deps, 'db'>,
  actor: Actor,
  { visitId, answer }: z.infer<typeof answerKnockInput>,
): Promise<{ answered: true }> {
  const { tenantId } = actor;
  const letIn = answer === 'let-in';
  return db.withTenant(tenantId, async (tx) => {
    await lockAuthority(tx, tenantId);
    const absent = (why: string) => new NotFoundError('knock', { visitId, why });
    const found = await tx.guestVisit.findFirst({
      where: { tenantId, id: visitId },
      select: { linkId: true, knockedAt: true, link: { select: { vmId: true } } },
    });
    if (found === null) throw absent('absent');
    const { vm, facts } = await loadMachine(tx, actor, found.link.vmId).catch((error: unknown) => {
      throw error instanceof NotFoundError ? absent('unseen') : error;
    });
    if (!can(facts, 'share', vm).allowed) throw new ForbiddenError('no-share', { visitId, vmId: vm.id });
    const standing = await standingOf(tx, { tenantId, linkId: found.linkId, visitId });
    const { link } = standing;
    const { now } = standing.facts;
    const isLate = found.knockedAt === null || now.getTime() - found.knockedAt.getTime() >= DOOR_ANSWER_MS;
    if (isLate) throw absent('waits no more');
    if (letIn) {
      if (!standing.isGood || !(await enterVisit(tx, { tenantId, link, visitId, now })))
        throw new AppError({ code: 'guest-link/over', publicMessage: 'This guest doesn’t wait any more.' });
    } else {
      const { count } = await tx.guestVisit.updateMany({
        where: { tenantId, id: visitId, enteredAt: null, refusedAt: null, leftAt: null },
        data: { refusedAt: now },
      });
      if (count === 0) throw absent('answered');
    }
    await tellPages(tx, tenantId);
    await recordEvent(tx, tenantId, {
      action: letIn ? 'guest.let-in' : 'guest.not-let-in',
      ...doneBy(actor),
      target: { kind: 'vm', id: vm.id, name: vm.name },
      data: { guestLinkId: found.linkId, guest: link.guestName, visitId },
    });
    return { answered: true };
  });
}
