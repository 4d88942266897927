import { recordEvent } from '@porthole/audit';
import type { Tx } from '@porthole/db';
import type { VmRole } from '@porthole/rbac';
import type { Actor } from '../actor.ts';
import { doneBy } from '../log/done-by.ts';
import { coverageOf, type GrantParts, receiverOf } from './grant-fields.ts';

interface EndedGrant extends GrantParts {
  role: VmRole;
  endsAt: Date | null;
  reason: string;
}

/** Says in the log that a grant ended, by whom and why; in the transaction that ends it. @throws DbError */
export async function recordGrantEnd(
  tx: Tx,
  actor: Actor,
  grant: EndedGrant,
  why: 'taken-back' | 'member-left',
): Promise<void> {
  const { id, vm, role, endsAt, reason } = grant;
  const receiver = receiverOf(grant);
  await recordEvent(tx, actor.tenantId, {
    action: 'grant.ended',
    ...doneBy(actor),
    target:
      vm === null ? { kind: 'grant', id, name: receiver.name } : { kind: 'vm', id: vm.id, name: vm.name },
    data: {
      grantId: id,
      receiver,
      over: coverageOf(grant),
      role,
      endsAt: endsAt?.toISOString() ?? null,
      reason,
      why,
    },
  });
}
