import { Prisma, type Tx, translating } from '@porthole/db';
import { z } from 'zod';
import { type AuditAction, isAuditAction } from './catalogue.ts';
import type { AuditOutcome } from './record-event.ts';

/** Events of one page at most. */
export const MAX_PAGE = 200;

export interface EventFilters {
  tenantId: string;
  /** Only events before this number: the last one of the page before. */
  before?: number;
  /** Only this one. */
  seq?: number;
  limit?: number;
  /** Words to find in who, what and to what. */
  q?: string;
  personId?: string;
  targetId?: string;
  /** The trail of one guest link. */
  guestLinkId?: string;
  actions?: readonly AuditAction[];
  outcome?: AuditOutcome;
}

/** What an event's text says; read leniently, since old events must stay readable. */
const payloadSchema = z.object({
  /** The column `at` beside it is not covered by the chain; this is. */
  at: z.iso.datetime().transform((text) => new Date(text)),
  action: z.string(),
  outcome: z.string(),
  actor: z.object({
    personId: z.string().nullable(),
    name: z.string(),
    kind: z.string(),
    token: z.object({ id: z.string(), name: z.string() }).optional(),
  }),
  target: z.object({ kind: z.string(), id: z.string(), name: z.string().nullish() }).optional(),
  ip: z.string().nullish(),
  data: z.record(z.string(), z.unknown()).default({}),
});

const rowSchema = z.object({
  seq: z.bigint(),
  payload: z.string(),
  hash: z.instanceof(Uint8Array),
});

export interface ListedEvent extends z.infer<typeof payloadSchema> {
  seq: number;
  /** Hex of the link's hash, as a person may compare it. */
  hash: string;
}

/**
 * Events of an organisation, newest first. The caller has asked whether the actor may read the log.
 *
 * @throws DbError
 */
export async function listEvents(tx: Pick<Tx, '$queryRaw'>, filters: EventFilters): Promise<ListedEvent[]> {
  const limit = Math.min(filters.limit ?? 50, MAX_PAGE);
  const rows = await translating(
    () => tx.$queryRaw`
      SELECT seq, payload, hash FROM audit_event
      WHERE ${Prisma.join(conditionsOf(filters), ' AND ')}
      ORDER BY seq DESC LIMIT ${limit}`,
  );
  return z.array(rowSchema).parse(rows).map(listed);
}

/** The actions that begin with `group`: `console` for all of `console.*`. */
export function actionsOf(group: string, all: readonly AuditAction[]): AuditAction[] {
  return all.filter((action) => action === group || action.startsWith(`${group}.`)).filter(isAuditAction);
}

function conditionsOf(filters: EventFilters): Prisma.Sql[] {
  const { tenantId, before, seq, q, personId, targetId, guestLinkId, actions, outcome } = filters;
  const conditions = [Prisma.sql`tenant_id = ${tenantId}::uuid`];
  if (before !== undefined) conditions.push(Prisma.sql`seq < ${BigInt(before)}`);
  if (seq !== undefined) conditions.push(Prisma.sql`seq = ${BigInt(seq)}`);
  if (personId !== undefined) conditions.push(Prisma.sql`actor_person_id = ${personId}::uuid`);
  if (targetId !== undefined) conditions.push(Prisma.sql`target_id = ${targetId}`);
  if (guestLinkId !== undefined)
    conditions.push(Prisma.sql`payload::jsonb #>> '{data,guestLinkId}' = ${guestLinkId}`);
  if (actions !== undefined) conditions.push(Prisma.sql`action = ANY (${[...actions]})`);
  if (outcome !== undefined) conditions.push(Prisma.sql`outcome = ${outcome}`);
  for (const word of (q ?? '')
    .split(/\s+/)
    .filter((one) => one !== '')
    .slice(0, 5)) {
    const pattern = `%${word.replace(/[\\%_]/g, '\\$&')}%`;
    conditions.push(Prisma.sql`concat_ws(' ', action, actor_name, target_name) ILIKE ${pattern}`);
  }
  return conditions;
}

function listed(row: z.infer<typeof rowSchema>): ListedEvent {
  const payload = payloadSchema.parse(JSON.parse(row.payload));
  return { ...payload, seq: Number(row.seq), hash: Buffer.from(row.hash).toString('hex') };
}
