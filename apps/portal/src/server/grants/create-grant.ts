import { recordEvent } from '@porthole/audit';
import type { Tx } from '@porthole/db';
import type { VmRole } from '@porthole/rbac';
import type { Actor } from '../actor.ts';
import { doneBy } from '../log/done-by.ts';

interface NewGrant {
  vm: { id: string; name: string };
  receiver: { id: string; name: string };
  role: VmRole;
  endsAt: Date | null;
  reason: string;
  /** The request that it answers; null where it was shared unasked. */
  requestId: string | null;
}

/**
 * Writes a person's access to one machine, and its event with it. Whether the actor may give it is the caller's question.
 *
 * @returns its id
 * @throws DbError
 */
export async function createGrant(
  tx: Tx,
  actor: Actor,
  { vm, receiver, role, endsAt, reason, requestId }: NewGrant,
): Promise<string> {
  const { tenantId, personId: createdBy } = actor;
  const { id } = await tx.accessGrant.create({
    data: { tenantId, personId: receiver.id, vmId: vm.id, role, endsAt, reason, createdBy, requestId },
    select: { id: true },
  });
  const target = { kind: 'vm', id: vm.id, name: vm.name } as const;
  await recordEvent(tx, tenantId, {
    action: 'grant.given',
    ...doneBy(actor),
    target,
    data: {
      grantId: id,
      receiver: { kind: 'person', id: receiver.id, name: receiver.name },
      over: target,
      role,
      endsAt: endsAt?.toISOString() ?? null,
      reason,
    },
  });
  return id;
}
