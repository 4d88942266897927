import { recordEvent } from '@porthole/audit';
import type { Tx } from '@porthole/db';
import type { GrantTarget, Right, VmRole } from '@porthole/rbac';
import type { Actor } from '../actor.ts';
import { doneBy } from '../log/done-by.ts';
import { grantEventOf, grantFields } from './grant-fields.ts';

/** Whom access is given to. */
export interface Receiver {
  kind: 'person' | 'team';
  id: string;
}

/** What is given: a role, or single rights where it is null. */
export interface Gift {
  role: VmRole | null;
  rights: readonly Right[];
}

interface NewGrant extends Gift {
  receiver: Receiver;
  over: GrantTarget;
  endsAt: Date | null;
  reason: string;
  /** The request that it answers; null where it was shared unasked. */
  requestId: string | null;
}

/**
 * Writes access of a person or a team, and its event with it. Whether the actor may give it is the caller's question.
 *
 * @returns its id
 * @throws DbError
 */
export async function createGrant(
  tx: Tx,
  actor: Actor,
  { receiver, over, role, rights, endsAt, reason, requestId }: NewGrant,
): Promise<string> {
  const { tenantId, personId: createdBy } = actor;
  const grant = await tx.accessGrant.create({
    data: {
      tenantId,
      ...(receiver.kind === 'person' ? { personId: receiver.id } : { teamId: receiver.id }),
      ...columnsOf(over),
      role,
      rights: [...rights],
      endsAt,
      reason,
      createdBy,
      requestId,
    },
    select: grantFields,
  });
  await recordEvent(tx, tenantId, { action: 'grant.given', ...doneBy(actor), ...grantEventOf(grant, {}) });
  return grant.id;
}

function columnsOf(over: GrantTarget) {
  switch (over.kind) {
    case 'vm':
      return { vmId: over.vmId };
    case 'tag':
      return { tag: over.tag };
    case 'all':
      return { allVms: true };
  }
}
