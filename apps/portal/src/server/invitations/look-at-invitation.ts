import type { TenantRole } from '@porthole/rbac';
import { z } from 'zod';
import type { SignedIn } from '../actor.ts';
import type { Deps } from '../deps-type.ts';
import { linkSchema } from '../inputs.ts';
import { findOpenInvitation } from './open-invitation.ts';
import { readTeamsToJoin } from './teams-of-invitation.ts';

export const lookAtInvitationInput = z.strictObject({ link: linkSchema });

/** What an invitation says to who opened its mail. */
export interface InvitationSeen {
  org: string;
  role: TenantRole;
  by: string;
  email: string;
  expiresAt: Date;
  /** Names of the teams that are joined with it, as it stands. */
  teams: string[];
  /**
   * `new`: nobody has this address yet; `sign-in`: somebody has, and has to sign in; `yours`: who is signed in may accept;
   * `other`: somebody else is signed in here.
   */
  case: 'new' | 'sign-in' | 'yours' | 'other';
}

/**
 * What a mailed invitation is, for the page that it opens. Who has the link reads that mail, so that its address has an
 * account is theirs to know.
 *
 * @throws LinkOverError `auth/link-over`
 */
export async function lookAtInvitation(
  deps: Pick<Deps, 'db'>,
  signedIn: SignedIn | null,
  { link }: z.infer<typeof lookAtInvitationInput>,
): Promise<InvitationSeen> {
  const { org, role, by, email, expiresAt, tenantId, teamIds } = await findOpenInvitation(deps, link);
  const { teams } = await deps.db.withTenant(tenantId, (tx) => readTeamsToJoin(tx, tenantId, teamIds));
  const account = await deps.db.withoutTenant((tx) =>
    tx.person.findUnique({ where: { email }, select: { id: true } }),
  );
  const here =
    signedIn === null ? (account === null ? 'new' : 'sign-in') : signedIn.email === email ? 'yours' : 'other';
  return { org: org.name, role, by, email, expiresAt, teams: teams.map(({ name }) => name), case: here };
}
