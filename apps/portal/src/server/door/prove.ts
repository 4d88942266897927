import { recordEvent } from '@porthole/audit';
import { LinkOverError, queueMail, takeCode } from '@porthole/auth';
import type { Tx } from '@porthole/db';
import { AppError } from '@porthole/errors';
import { z } from 'zod';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps } from '../deps-type.ts';
import { AT_DOOR_MS, KNOCKS_PER_LINK, TRIES_PER_LINK, TRIES_PER_VISIT } from '../guests/guest-limits.ts';
import { isWaiting } from '../guests/guest-row.ts';
import { assertRates } from '../rate.ts';
import type { RequestFacts } from '../request-facts.ts';
import { enterVisit } from './enter-visit.ts';
import { assertOpenTo, type DoorState, describeVisit } from './read-visit.ts';
import { doneByGuest, findVisit, standingOf, type VisitKey, visitOf } from './visit.ts';

type Request = Pick<RequestFacts, 'guest' | 'ip'>;

export const proveInput = z.strictObject({ code: z.string().min(1).max(40) });

/**
 * Shows the code that was mailed. Of a link without a door it is the last step, and the visit is inside.
 *
 * @throws LinkOverError `auth/link-over`; AppError `auth/code-no-match`; LimitError `rate/limited`
 */
export async function prove(
  deps: Pick<Deps, 'db'>,
  request: Request,
  { code }: z.infer<typeof proveInput>,
): Promise<DoorState> {
  const key = await visitOf(deps, request);
  await assertRates(deps, [
    { key: `door.prove:visit:${key.visitId}`, ...TRIES_PER_VISIT },
    { key: `door.prove:link:${key.linkId}`, ...TRIES_PER_LINK },
  ]);
  const state = await deps.db.withTenant(key.tenantId, async (tx) => {
    await lockAuthority(tx, key.tenantId);
    const standing = await standingOf(tx, key);
    const visit = await findVisit(tx, key);
    if (visit.provedAt !== null) return describeVisit(standing, visit, key);
    assertOpenTo(standing, visit);
    const by = doneByGuest(standing, key, request);
    const isGood = visit.codeTokenId !== null && (await takeCode(tx, { tokenId: visit.codeTokenId, code }));
    if (!isGood) {
      // A refusal is an event, too, and so not an exception before the commit.
      await recordEvent(tx, key.tenantId, { action: 'guest.code-refused', outcome: 'refused', ...by });
      return null;
    }
    const { now } = standing.facts;
    await tx.guestVisit.updateMany({
      where: { tenantId: key.tenantId, id: key.visitId },
      data: { provedAt: now },
    });
    if (!standing.link.door) {
      const entered = { tenantId: key.tenantId, link: standing.link, visitId: key.visitId, now };
      if (!(await enterVisit(tx, entered))) throw new LinkOverError({ why: 'spent' });
    }
    await recordEvent(tx, key.tenantId, { action: 'guest.proved', outcome: 'ok', ...by });
    return stateNow(tx, key);
  });
  if (state === null)
    throw new AppError({
      code: 'auth/code-no-match',
      publicMessage: 'That code didn’t match. Use the one in the newest mail, or ask for another.',
    });
  return state;
}

/**
 * Tells who made the link, and who is on the console, that the guest waits.
 *
 * @throws LinkOverError `auth/link-over`; LimitError `rate/limited`
 */
export async function knock(deps: Pick<Deps, 'db'>, request: Request): Promise<DoorState> {
  const key = await visitOf(deps, request);
  await assertRates(deps, [{ key: `door.knock:link:${key.linkId}`, ...KNOCKS_PER_LINK }]);
  return deps.db.withTenant(key.tenantId, async (tx) => {
    const standing = await standingOf(tx, key);
    const visit = await findVisit(tx, key);
    const { now } = standing.facts;
    const state = describeVisit(standing, visit, key);
    if (state.step !== 'knock' && state.step !== 'unanswered') return state;
    if (isWaiting(visit.knockedAt, now)) return state;
    const { link } = standing;
    const expiresAt = new Date(now.getTime() + AT_DOOR_MS);
    await tx.guestVisit.updateMany({
      where: { tenantId: key.tenantId, id: key.visitId, enteredAt: null, refusedAt: null, leftAt: null },
      data: { knockedAt: now, expiresAt },
    });
    const maker = await tx.person.findUnique({ where: { id: link.createdBy }, select: { email: true } });
    if (maker !== null)
      await queueMail(tx, {
        kind: 'guest-waiting',
        to: maker.email,
        names: { name: link.guestName, machine: link.vmName, org: link.tenant.name },
      });
    await tellPages(tx, key.tenantId);
    await recordEvent(tx, key.tenantId, {
      action: 'guest.waiting',
      outcome: 'ok',
      ...doneByGuest(standing, key, request),
    });
    return stateNow(tx, key);
  });
}

/**
 * Ends the visit: the guest goes, from the door or from inside.
 *
 * @throws LinkOverError `auth/link-over`
 */
export async function leaveDoor(deps: Pick<Deps, 'db'>, request: Request): Promise<{ left: true }> {
  const key = await visitOf(deps, request);
  await deps.db.withTenant(key.tenantId, async (tx) => {
    const standing = await standingOf(tx, key);
    const { count } = await tx.guestVisit.updateMany({
      where: { tenantId: key.tenantId, id: key.visitId, leftAt: null, provedAt: { not: null } },
      data: { leftAt: standing.facts.now },
    });
    if (count === 0) return;
    await tellPages(tx, key.tenantId);
    await recordEvent(tx, key.tenantId, {
      action: 'guest.left',
      outcome: 'ok',
      ...doneByGuest(standing, key, request),
    });
  });
  return { left: true };
}

async function stateNow(tx: Tx, key: VisitKey): Promise<DoorState> {
  return describeVisit(await standingOf(tx, key), await findVisit(tx, key), key);
}

/** A hint to pages that are open, which then ask again. */
export async function tellPages(tx: Tx, tenantId: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_notify('inventory', ${tenantId})::text`;
}
