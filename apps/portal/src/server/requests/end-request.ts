import type { Tx } from '@porthole/db';
import { NotFoundError } from '@porthole/errors';
import type { VmRole } from '@porthole/rbac';
import type { Actor } from '../actor.ts';
import { createGrant } from '../grants/create-grant.ts';
import { decidedAlready } from './open-request.ts';
import type { RequestRecord } from './request-row.ts';

interface Given {
  role: VmRole;
  endsAt: Date;
}

interface End {
  outcome: 'approved' | 'refused' | 'withdrawn';
  at: Date;
  answer?: string;
  given?: Given;
}

/** Ends a request that waits: one statement decides who was first. @throws AppError `asked/decided` */
export async function endRequest(
  tx: Tx,
  actor: Actor,
  { id }: Pick<RequestRecord, 'id'>,
  { outcome, at, answer, given }: End,
): Promise<void> {
  const { count } = await tx.accessRequest.updateMany({
    where: { tenantId: actor.tenantId, id, outcome: null },
    data: {
      outcome,
      endedAt: at,
      endedBy: actor.personId,
      endedName: actor.personName,
      answer: answer ?? null,
      givenRole: given?.role ?? null,
      givenUntil: given?.endsAt ?? null,
    },
  });
  if (count === 0) throw decidedAlready(outcome, null);
}

/** The access that a request becomes: a grant like any other, which names it. */
export async function grantRequest(
  tx: Tx,
  actor: Actor,
  request: RequestRecord,
  vm: { id: string },
  { role, endsAt }: Given,
): Promise<string> {
  return createGrant(tx, actor, {
    receiver: { kind: 'person', id: request.personId },
    over: { kind: 'vm', vmId: vm.id },
    role,
    rights: [],
    endsAt,
    reason: request.reason,
    requestId: request.id,
  });
}

/** Who asked, if they still belong. @throws NotFoundError `person/not-found` */
export async function findAsker(tx: Tx, tenantId: string, personId: string): Promise<{ email: string }> {
  const member = await tx.membership.findFirst({
    where: { tenantId, personId, person: { disabledAt: null } },
    select: { person: { select: { email: true } } },
  });
  if (member === null) throw new NotFoundError('person', { personId });
  return member.person;
}

/** What every event of a request says: on which machine, whose, and which. */
export function eventOf<T extends object>(request: RequestRecord, more: T) {
  return {
    target: { kind: 'vm', id: request.vmId, name: request.vmName },
    data: {
      requestId: request.id,
      receiver: { kind: 'person', id: request.personId, name: request.personName },
      ...more,
    },
  } as const;
}
