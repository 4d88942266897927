import { recordEvent } from '@porthole/audit';
import { hostCookie, LinkOverError, lookAtLink, mailLink, newBearer, sourceOf } from '@porthole/auth';
import { Secret } from '@porthole/errors';
import { BINDER_COOKIE, newBinder } from '@porthole/tickets';
import { z } from 'zod';
import type { Deps } from '../deps-type.ts';
import { AT_DOOR_MS, CODES_PER_LINK, LOOKS_PER_IP } from '../guests/guest-limits.ts';
import { linkSchema } from '../inputs.ts';
import { assertRates } from '../rate.ts';
import type { RequestFacts } from '../request-facts.ts';
import { digestOfGuest, guestCookie } from './guest-cookie.ts';
import { assertOpenTo, type DoorState, masked } from './read-visit.ts';
import { doneByGuest, standingOf } from './visit.ts';

export const doorLinkInput = z.strictObject({ link: linkSchema });
type Input = z.infer<typeof doorLinkInput>;
type Request = Pick<RequestFacts, 'ip' | 'userAgent' | 'browserBinder' | 'setCookie'>;

/**
 * Whether a mailed guest link is good, and to which mailbox its code would go. Uses nothing up: programs that look into mails
 * follow links, too.
 *
 * @throws LinkOverError `auth/link-over` for ended, spent, late, unknown and malformed ones alike; LimitError `rate/limited`
 */
export async function lookAtDoor(
  deps: Pick<Deps, 'db'>,
  request: Pick<Request, 'ip'>,
  { link }: Input,
): Promise<{ email: string }> {
  await assertRates(deps, [{ key: `door.look:from:${sourceOf(request.ip)}`, ...LOOKS_PER_IP }]);
  const key = await findKey(deps, link);
  return deps.db.withTenant(key.tenantId, async (tx) => {
    const standing = await standingOf(tx, { ...key, visitId: null });
    assertOpenTo(standing, null);
    return { email: masked(standing.link.email) };
  });
}

/**
 * Begins a visit in this browser and mails a code to the address that the link names: who has the link only, a forwarded
 * mail, comes no further.
 *
 * @throws LinkOverError `auth/link-over`; LimitError `rate/limited`
 */
export async function arrive(
  deps: Pick<Deps, 'db' | 'clock'>,
  request: Request,
  { link }: Input,
): Promise<DoorState> {
  await assertRates(deps, [{ key: `door.look:from:${sourceOf(request.ip)}`, ...LOOKS_PER_IP }]);
  const key = await findKey(deps, link);
  await deps.db.withTenant(key.tenantId, async (tx) =>
    assertOpenTo(await standingOf(tx, { ...key, visitId: null }), null),
  );
  await assertRates(deps, [{ key: `door.code:link:${key.linkId}`, ...CODES_PER_LINK }]);
  const bearer = newBearer();
  const digest = digestOfGuest(bearer);
  if (digest === null) throw new TypeError('a fresh bearer has its shape');
  const state = await deps.db.withTenant(key.tenantId, async (tx) => {
    const standing = await standingOf(tx, { ...key, visitId: null });
    assertOpenTo(standing, null);
    const { facts, link: found } = standing;
    const { tokenId } = await mailLink(
      tx,
      deps.clock,
      { purpose: 'guest-code', email: found.email, tenantId: key.tenantId },
      { inviter: found.createdName, org: found.tenant.name, name: found.guestName, machine: found.vmName },
    );
    const userAgent = request.userAgent?.slice(0, 300) ?? null;
    const { id: visitId } = await tx.guestVisit.create({
      data: {
        tenantId: key.tenantId,
        linkId: key.linkId,
        digest,
        codeTokenId: tokenId,
        expiresAt: new Date(facts.now.getTime() + AT_DOOR_MS),
        ip: request.ip,
        userAgent,
      },
      select: { id: true },
    });
    const { data, ...event } = doneByGuest(standing, { visitId }, request);
    await recordEvent(tx, key.tenantId, {
      action: 'guest.opened',
      outcome: 'ok',
      ...event,
      data: { ...data, userAgent },
    });
    return { step: 'prove', email: masked(found.email) } as const;
  });
  request.setCookie(guestCookie(bearer));
  bindBrowser(request);
  return state;
}

/** The binder of this browser, which passes are bound to; who is signed in here keeps theirs. */
export function bindBrowser({
  browserBinder,
  setCookie,
}: Pick<Request, 'browserBinder' | 'setCookie'>): Secret {
  if (browserBinder !== null) return new Secret(browserBinder);
  const binder = newBinder();
  setCookie(hostCookie(BINDER_COOKIE, binder.reveal(), { sameSite: 'Strict' }));
  return binder;
}

async function findKey(
  { db }: Pick<Deps, 'db'>,
  fragment: string,
): Promise<{ tenantId: string; linkId: string }> {
  const { tenantId, tokenId } = await db.withoutTenant((tx) => lookAtLink(tx, 'guest', fragment));
  if (tenantId === null) throw new LinkOverError({ why: 'of no organisation' });
  const link = await db.withTenant(tenantId, (tx) =>
    tx.guestLink.findFirst({ where: { tenantId, tokenId }, select: { id: true } }),
  );
  if (link === null) throw new LinkOverError({ why: 'no link' });
  return { tenantId, linkId: link.id };
}
