import { recordEvent } from '@porthole/audit';
import { SsoError } from '@porthole/auth';
import type { Tx } from '@porthole/db';
import { join } from '../invitations/accept-invitation.ts';
import { findInvitationOf } from '../invitations/open-invitation.ts';
import { doneBy } from '../log/done-by.ts';
import { loadConnection } from './connection.ts';

interface Arrival {
  tenantId: string;
  email: string;
  person: { id: string; name: string };
  /** There is no account of that address yet. */
  isNew: boolean;
  ip: string | null;
  now: Date;
}

/** Who has the address. @throws SsoError `sso/other-account` for a disabled person */
export async function findPerson(tx: Tx, email: string): Promise<{ id: string; name: string } | null> {
  const row = await tx.person.findUnique({
    where: { email },
    select: { id: true, name: true, disabledAt: true },
  });
  if (row === null) return null;
  if (row.disabledAt !== null) throw new SsoError('sso/other-account', { account: email });
  return { id: row.id, name: row.name };
}

/**
 * Lets a member through; makes a member of who is invited, and where the organisation says so of everybody of its domains.
 * Without a membership no account is made.
 *
 * @throws SsoError `sso/no-member`
 */
export async function admit(tx: Tx, { tenantId, email, person, isNew, ip, now }: Arrival): Promise<void> {
  const personId = person.id;
  if ((await tx.membership.count({ where: { tenantId, personId } })) > 0) return;
  const invitation = await findInvitationOf(tx, { tenantId, email, now });
  const connection = await loadConnection(tx, tenantId);
  if (invitation === null && connection?.joining !== 'members')
    throw new SsoError('sso/no-member', { account: email });
  if (isNew)
    await tx.person.create({ data: { id: personId, name: person.name, email }, select: { id: true } });
  const who = { personId, personName: person.name, ip };
  if (invitation !== null) return join(tx, invitation, who, { isNew });
  await tx.membership.create({ data: { tenantId, personId, role: 'member' }, select: { role: true } });
  await recordEvent(tx, tenantId, {
    action: 'member.joined',
    ...doneBy(who),
    target: { kind: 'person', id: personId, name: person.name },
    data: { role: 'member', isNew },
  });
}
