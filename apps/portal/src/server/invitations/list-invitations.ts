import type { TenantRole } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';

export const listInvitationsInput = z.strictObject({ ...inOrg });

/** One invitation that nobody has answered. */
export interface InvitationRow {
  id: string;
  email: string;
  role: TenantRole;
  by: string;
  createdAt: Date;
  expiresAt: Date;
  /** Names of the teams that it leads into; of those that are still there. */
  teams: string[];
  /** Its link has ended; it can be sent again. */
  late: boolean;
  /** What became of its newest mail, and when. */
  mail: { state: 'waiting' | 'sent' | 'unsent'; at: Date } | null;
}

/**
 * Invitations that wait, the newest first.
 *
 * @throws ForbiddenError `rbac/forbidden`
 */
export async function listInvitations(
  { db, clock }: Pick<AllDeps, 'db' | 'clock'>,
  actor: Actor,
  _input: z.infer<typeof listInvitationsInput>,
): Promise<InvitationRow[]> {
  return db.withTenant(actor.tenantId, async (tx) => {
    await assertInTenant(tx, actor, 'people.invite');
    const rows = await tx.invitation.findMany({
      where: { tenantId: actor.tenantId, acceptedAt: null, withdrawnAt: null },
      select: {
        id: true,
        email: true,
        role: true,
        createdName: true,
        createdAt: true,
        expiresAt: true,
        teamIds: true,
        token: {
          select: {
            mails: {
              select: { createdAt: true, sentAt: true, failedAt: true },
              orderBy: { createdAt: 'desc' },
              take: 1,
            },
          },
        },
      },
      orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
      take: 500,
    });
    const named = await tx.team.findMany({
      where: { tenantId: actor.tenantId, id: { in: rows.flatMap(({ teamIds }) => teamIds) } },
      select: { id: true, name: true },
      orderBy: [{ name: 'asc' }, { id: 'asc' }],
    });
    const now = clock();
    return rows.map(({ token, createdName: by, teamIds, ...row }) => ({
      ...row,
      by,
      teams: named.filter(({ id }) => teamIds.includes(id)).map(({ name }) => name),
      late: row.expiresAt <= now,
      mail: mailOf(token?.mails[0]),
    }));
  });
}

function mailOf(
  mail: { createdAt: Date; sentAt: Date | null; failedAt: Date | null } | undefined,
): InvitationRow['mail'] {
  if (mail === undefined) return null;
  if (mail.sentAt !== null) return { state: 'sent', at: mail.sentAt };
  if (mail.failedAt !== null) return { state: 'unsent', at: mail.failedAt };
  return { state: 'waiting', at: mail.createdAt };
}
