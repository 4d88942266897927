import { LinkOverError } from '@porthole/auth';
import { type LoadedFacts, loadGuestFacts } from '@porthole/authority';
import { type Tx, translating } from '@porthole/db';
import { can } from '@porthole/rbac';
import { z } from 'zod';
import type { Deps } from '../deps-type.ts';
import { machineFields, type VmRow } from '../machines/machine-row.ts';
import type { RequestFacts } from '../request-facts.ts';
import { digestOfGuest } from './guest-cookie.ts';

export interface VisitKey {
  tenantId: string;
  linkId: string;
  visitId: string;
}

const keySchema = z.array(z.object({ tenantId: z.string(), linkId: z.string(), visitId: z.string() }));

/**
 * The visit of the browser that asks.
 *
 * @throws LinkOverError `auth/link-over`
 */
export async function visitOf(
  { db }: Pick<Deps, 'db'>,
  { guest }: Pick<RequestFacts, 'guest'>,
): Promise<VisitKey> {
  const digest = digestOfGuest(guest);
  if (digest === null) throw new LinkOverError({ why: 'no cookie' });
  const found = await db.withoutTenant((tx) =>
    translating(
      () => tx.$queryRaw`
        SELECT tenant_id::text AS "tenantId", link_id::text AS "linkId", visit_id::text AS "visitId"
        FROM guest_visit_find(${digest})`,
    ),
  );
  const [key] = keySchema.parse(found);
  if (key === undefined) throw new LinkOverError({ why: 'no visit' });
  return key;
}

const visitFields = {
  createdAt: true,
  expiresAt: true,
  codeTokenId: true,
  provedAt: true,
  knockedAt: true,
  enteredAt: true,
  refusedAt: true,
  leftAt: true,
} as const;

/** A link with what is true of who comes by it, and of its machine. */
export interface Standing {
  facts: LoadedFacts;
  link: Awaited<ReturnType<typeof findLinkRow>>;
  vm: VmRow | null;
  /**
   * Whether the link would let somebody look now who is inside: nobody ended it, and its maker may share the machine still. What
   * waits at the door is told no more than that.
   */
  isGood: boolean;
}

/** @throws LinkOverError `auth/link-over` where there is no such link */
export async function standingOf(
  tx: Tx,
  key: { tenantId: string; linkId: string; visitId: string | null },
): Promise<Standing> {
  const facts = await loadGuestFacts(tx, key);
  if (facts === null) throw new LinkOverError({ why: 'no link' });
  const link = await findLinkRow(tx, key);
  const vm = await tx.vm.findFirst({
    where: { tenantId: key.tenantId, id: link.vmId, goneAt: null },
    select: machineFields,
  });
  const isGood = vm !== null && can({ ...facts, sessionAlive: true }, 'look', vm).allowed;
  return { facts, link, vm, isGood };
}

async function findLinkRow(tx: Tx, { tenantId, linkId }: { tenantId: string; linkId: string }) {
  const link = await tx.guestLink.findFirst({
    where: { tenantId, id: linkId },
    select: {
      id: true,
      vmId: true,
      vmName: true,
      guestName: true,
      email: true,
      rights: true,
      oneVisit: true,
      door: true,
      endsAt: true,
      visitedAt: true,
      endedAt: true,
      createdBy: true,
      createdName: true,
      tenant: { select: { name: true } },
    },
  });
  if (link === null) throw new LinkOverError({ why: 'no link' });
  return link;
}

/** The visit's own row. @throws LinkOverError `auth/link-over` */
export async function findVisit(tx: Tx, { tenantId, visitId }: VisitKey) {
  const visit = await tx.guestVisit.findFirst({ where: { tenantId, id: visitId }, select: visitFields });
  if (visit === null) throw new LinkOverError({ why: 'no visit' });
  return visit;
}

/** Who did it, from where, on which link: the part that all events of a visit share. */
export function doneByGuest(
  { link }: Pick<Standing, 'link'>,
  { visitId }: { visitId: string },
  { ip }: Pick<RequestFacts, 'ip'>,
) {
  return {
    actor: { personId: null, name: link.guestName, kind: 'guest' },
    target: { kind: 'vm', id: link.vmId, name: link.vmName },
    ip,
    data: { guestLinkId: link.id, guest: link.guestName, visitId },
  } as const;
}
