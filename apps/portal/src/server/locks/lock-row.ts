import type { Prisma } from '@porthole/db';
import { z } from 'zod';

/** What a lock can be over; `organisation` is the one that the call names. */
export const LOCK_SCOPES = ['organisation', 'person', 'team', 'vm', 'pool'] as const;
export type LockScope = (typeof LOCK_SCOPES)[number];

/** Longest reason, in characters; the table has a check that says the same. */
export const MAX_LOCK_REASON = 500;
/** Locks that one page lists of each kind, the newest first. */
export const MAX_LISTED = 200;

/** A lock as a page shows it. */
export interface LockRow {
  id: string;
  scope: LockScope;
  /** Of what it is over. */
  target: { id: string; name: string };
  reason: string;
  since: Date;
  /** Null where nobody is known: it was set by hand in the database. */
  by: string | null;
  /** Set by the provider, who alone lifts it. */
  byProvider: boolean;
  lifted: { at: Date; by: string | null; reason: string } | null;
}

export const lockFields = {
  id: true,
  personId: true,
  teamId: true,
  vmId: true,
  poolId: true,
  targetName: true,
  reason: true,
  createdAt: true,
  createdName: true,
  byProvider: true,
  liftedAt: true,
  liftedName: true,
  liftReason: true,
} as const satisfies Prisma.EmergencyLockSelect;
export type LockRecord = Prisma.EmergencyLockGetPayload<{ select: typeof lockFields }>;

/** Which thing a row of the table is over. */
export function targetOf(
  { personId, teamId, vmId, poolId }: Pick<LockRecord, 'personId' | 'teamId' | 'vmId' | 'poolId'>,
  tenantId: string,
): { scope: LockScope; id: string } {
  if (personId !== null) return { scope: 'person', id: personId };
  if (teamId !== null) return { scope: 'team', id: teamId };
  if (vmId !== null) return { scope: 'vm', id: vmId };
  if (poolId !== null) return { scope: 'pool', id: poolId };
  return { scope: 'organisation', id: tenantId };
}

export function toLockRow(
  record: LockRecord,
  { tenantId, name }: { tenantId: string; name: string },
): LockRow {
  const { scope, id } = targetOf(record, tenantId);
  const { liftedAt } = record;
  return {
    id: record.id,
    scope,
    target: { id, name: scope === 'organisation' ? name : record.targetName },
    reason: record.reason,
    since: record.createdAt,
    by: record.createdName,
    byProvider: record.byProvider,
    lifted: liftedAt === null ? null : { at: liftedAt, by: record.liftedName, reason: record.liftReason },
  };
}

const dateSchema = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** What the SQL function `locks_of_provider` answers. */
export const customerLocksSchema = z.array(
  z.object({
    org: z.string(),
    lock: z.object({
      tenant_id: z.string(),
      id: z.string(),
      reason: z.string(),
      created_at: dateSchema,
      created_name: z.string().nullable(),
      lifted_at: dateSchema.nullable(),
      lifted_name: z.string().nullable(),
      lift_reason: z.string(),
    }),
  }),
);
