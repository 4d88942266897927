import type { Prisma, Tx } from '@porthole/db';
import { can, canInTenant, type Facts, isLocked, type VmFacts, type VmRole } from '@porthole/rbac';
import type { Actor } from '../actor.ts';
import { machineFields } from '../machines/machine-row.ts';

export type RequestKind = 'access' | 'break-glass';
export type RequestState = 'waiting' | 'approved' | 'refused' | 'withdrawn' | 'late';

/** One request as a page shows it. */
export interface RequestRow {
  id: string;
  kind: RequestKind;
  asker: { id: string; name: string };
  vm: { id: string; name: string };
  role: VmRole;
  lengthMs: number;
  reason: string;
  createdAt: Date;
  /** When it ends by itself unless somebody answers. */
  expiresAt: Date;
  state: RequestState;
  /** Who answered it, and when; null while it waits and where it ended by itself. */
  ended: { by: string; at: Date } | null;
  /** What who answered it said. */
  answer: string;
  given: { role: VmRole; until: Date } | null;
  /** Of an emergency: who has confirmed it. */
  confirmedBy: string[];
  review: { by: string; at: Date; text: string } | null;
  mine: boolean;
  mayAnswer: boolean;
  mayReview: boolean;
}

const requestFields = {
  id: true,
  kind: true,
  personId: true,
  personName: true,
  vmId: true,
  vmName: true,
  role: true,
  lengthMs: true,
  reason: true,
  createdAt: true,
  expiresAt: true,
  outcome: true,
  endedAt: true,
  endedName: true,
  answer: true,
  givenRole: true,
  givenUntil: true,
  review: true,
  reviewedAt: true,
  reviewedName: true,
  confirmations: { select: { personId: true, personName: true }, orderBy: { at: 'asc' } },
} as const;

export type RequestRecord = Awaited<ReturnType<typeof findRequests>>[number];

/** Requests of the actor's organisation, the newest first; whether the actor may see them is not asked here. */
export function findRequests(tx: Tx, tenantId: string, where: Prisma.AccessRequestWhereInput, take: number) {
  return tx.accessRequest.findMany({
    where: { AND: [{ tenantId }, where] },
    select: requestFields,
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    take,
  });
}

/** The machines of requests, as far as the organisation still holds them. */
export async function machinesOf(tx: Tx, tenantId: string, records: readonly { vmId: string }[]) {
  const vms = await tx.vm.findMany({
    where: { tenantId, id: { in: [...new Set(records.map(({ vmId }) => vmId))] }, goneAt: null },
    select: machineFields,
  });
  return new Map(vms.map((vm) => [vm.id, vm]));
}

/** Whether a request is anything to the actor: their own, theirs to answer, or an emergency that they look after. */
export function seesRequest(
  facts: Facts,
  record: Pick<RequestRecord, 'personId' | 'kind'>,
  vm: VmFacts | null,
) {
  if (record.personId === facts.personId) return true;
  if (vm !== null && can(facts, 'share', vm).allowed) return true;
  return record.kind === 'break-glass' && canInTenant(facts, 'grants.list').allowed;
}

export function stateOf({ outcome, expiresAt }: Pick<RequestRecord, 'outcome' | 'expiresAt'>, now: Date) {
  switch (outcome) {
    case 'approved':
    case 'refused':
    case 'withdrawn':
      return outcome;
    case 'expired':
      return 'late';
    default:
      return expiresAt <= now ? 'late' : 'waiting';
  }
}

/** @param vm null where the organisation no longer holds the machine */
export function toRequestRow(
  actor: Pick<Actor, 'personId'>,
  facts: Facts,
  vm: VmFacts | null,
  record: RequestRecord,
): RequestRow {
  const mine = record.personId === actor.personId;
  const state = stateOf(record, facts.now);
  const kind = kindOf(record);
  const { endedAt, endedName, givenRole, givenUntil, review, reviewedAt, reviewedName } = record;
  const hasConfirmed = record.confirmations.some(({ personId }) => personId === actor.personId);
  return {
    id: record.id,
    kind,
    asker: { id: record.personId, name: record.personName },
    vm: { id: record.vmId, name: record.vmName },
    role: record.role,
    lengthMs: record.lengthMs,
    reason: record.reason,
    createdAt: record.createdAt,
    expiresAt: record.expiresAt,
    state,
    ended: endedAt === null || endedName === null ? null : { by: endedName, at: endedAt },
    answer: record.answer ?? '',
    given: givenRole === null || givenUntil === null ? null : { role: givenRole, until: givenUntil },
    confirmedBy: record.confirmations.map(({ personName }) => personName),
    review:
      review === null || reviewedAt === null || reviewedName === null
        ? null
        : { by: reviewedName, at: reviewedAt, text: review },
    mine,
    mayAnswer:
      state === 'waiting' && !mine && !hasConfirmed && vm !== null && can(facts, 'share', vm).allowed,
    mayReview:
      kind === 'break-glass' &&
      state === 'approved' &&
      review === null &&
      !mine &&
      canInTenant(facts, 'grants.list').allowed &&
      !isLocked(facts),
  };
}

export function kindOf({ kind }: { kind: string }): RequestKind {
  return kind === 'break-glass' ? 'break-glass' : 'access';
}
