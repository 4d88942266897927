import { LinkOverError, type LivingLink, lookAtLink } from '@porthole/auth';
import type { Tx } from '@porthole/db';
import type { TenantRole } from '@porthole/rbac';
import type { TenantKind } from '../actor.ts';
import type { Deps } from '../deps-type.ts';

/** An invitation that may be accepted, as its link finds it. */
export interface OpenInvitation {
  id: string;
  tenantId: string;
  org: { slug: string; name: string; kind: TenantKind };
  email: string;
  role: TenantRole;
  by: string;
  expiresAt: Date;
  /** Teams that it names, whatever became of them. */
  teamIds: string[];
}

/**
 * The invitation of a link that is good, under its organisation. The link names the organisation, and only who was sent it
 * can.
 *
 * @throws LinkOverError `auth/link-over`, also where the organisation is suspended
 */
export async function findOpenInvitation({ db }: Pick<Deps, 'db'>, link: string): Promise<OpenInvitation> {
  const found = await db.withoutTenant((tx) => lookAtLink(tx, 'invitation', link));
  const tenantId = tenantOf(found);
  return db.withTenant(tenantId, (tx) => readOpenInvitation(tx, { ...found, tenantId }));
}

/**
 * The same inside a transaction of its organisation, for a link that was looked at or taken.
 *
 * @throws LinkOverError `auth/link-over`
 */
export async function readOpenInvitation(
  tx: Tx,
  { tokenId, tenantId }: Pick<LivingLink, 'tokenId'> & { tenantId: string },
): Promise<OpenInvitation> {
  const row = await tx.invitation.findFirst({ where: { ...openIn(tenantId), tokenId }, select: openFields });
  if (row === null) throw new LinkOverError({ why: 'no open invitation' });
  return openInvitationOf(row, tenantId);
}

/**
 * The newest open invitation of an address; for who proved that it is theirs by other means than its link.
 *
 * @throws DbError
 */
export async function findInvitationOf(
  tx: Tx,
  { tenantId, email, now }: { tenantId: string; email: string; now: Date },
): Promise<OpenInvitation | null> {
  const row = await tx.invitation.findFirst({
    where: { ...openIn(tenantId), email, expiresAt: { gt: now } },
    select: openFields,
    orderBy: { createdAt: 'desc' },
  });
  return row === null ? null : openInvitationOf(row, tenantId);
}

const openIn = (tenantId: string) => ({
  tenantId,
  acceptedAt: null,
  withdrawnAt: null,
  tenant: { suspendedAt: null },
});

const openFields = {
  id: true,
  email: true,
  role: true,
  createdName: true,
  expiresAt: true,
  teamIds: true,
  tenant: { select: { slug: true, name: true, kind: true } },
} as const;

type OpenRow = Omit<OpenInvitation, 'tenantId' | 'org' | 'by'> & {
  tenant: OpenInvitation['org'];
  createdName: string;
};

function openInvitationOf(
  { tenant: org, createdName: by, ...rest }: OpenRow,
  tenantId: string,
): OpenInvitation {
  return { ...rest, by, org, tenantId };
}

export function tenantOf({ tenantId }: LivingLink): string {
  if (tenantId === null) throw new LinkOverError({ why: 'of no organisation' });
  return tenantId;
}
