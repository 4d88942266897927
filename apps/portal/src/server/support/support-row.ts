import type { Prisma, Tx } from '@porthole/db';
import { AppError, NotFoundError } from '@porthole/errors';
import type { SupportRight } from '@porthole/rbac';
import { z } from 'zod';

/** What support may do on consoles: only look, or type as well. */
export const SUPPORT_CAN = ['look', 'type'] as const;
export type SupportCan = (typeof SUPPORT_CAN)[number];

export const RIGHTS_OF: Record<SupportCan, readonly SupportRight[]> = {
  look: ['look'],
  type: ['look', 'type'],
};

/**
 * `waiting` for the organisation's answer · `ready`: given, and nobody inside yet · `inside` · `ended` by somebody · `over` by its
 * time · `refused` · `withdrawn` by who asked · `late`: nobody answered.
 */
export type SupportState =
  | 'waiting'
  | 'ready'
  | 'inside'
  | 'ended'
  | 'over'
  | 'refused'
  | 'withdrawn'
  | 'late';

/** A way in for the provider's support, as a page shows it. */
export interface SupportRow {
  id: string;
  state: SupportState;
  /** Whom it lets in; null while the organisation offers and nobody has come. */
  supporter: { id: string; name: string } | null;
  /** Asked for by the provider's people, not offered. */
  asked: boolean;
  reason: string;
  can: SupportCan;
  lengthMs: number;
  createdAt: Date;
  /** Unanswered until then, it ends by itself. */
  expiresAt: Date;
  given: { at: Date; by: string; until: Date } | null;
  enteredAt: Date | null;
  /** Who ended it is null where they left the provider. */
  ended: { at: Date; by: string | null } | null;
  answer: string | null;
}

export const supportFields = {
  id: true,
  providerId: true,
  reason: true,
  rights: true,
  lengthMs: true,
  createdAt: true,
  expiresAt: true,
  personId: true,
  personName: true,
  givenAt: true,
  givenName: true,
  endsAt: true,
  enteredAt: true,
  endedAt: true,
  endedBy: true,
  endedName: true,
  answer: true,
} as const satisfies Prisma.SupportGrantSelect;
export type SupportRecord = Prisma.SupportGrantGetPayload<{ select: typeof supportFields }>;

export function stateOf(record: SupportRecord, now: Date): SupportState {
  const { givenAt, endedAt, endsAt, expiresAt, enteredAt, answer } = record;
  if (givenAt === null || endsAt === null) {
    if (endedAt !== null) return answer === null ? 'withdrawn' : 'refused';
    return expiresAt <= now ? 'late' : 'waiting';
  }
  if (endedAt !== null) return 'ended';
  if (endsAt <= now) return 'over';
  return enteredAt === null ? 'ready' : 'inside';
}

export function canOf(rights: readonly string[]): SupportCan {
  return rights.includes('type') ? 'type' : 'look';
}

export function toSupportRow(record: SupportRecord, now: Date): SupportRow {
  const { personId, personName, givenAt, givenName, endsAt, endedAt } = record;
  return {
    id: record.id,
    state: stateOf(record, now),
    supporter: personId === null || personName === null ? null : { id: personId, name: personName },
    // An offer is given in the moment in which it is made.
    asked: givenAt === null || givenAt.getTime() !== record.createdAt.getTime(),
    reason: record.reason,
    can: canOf(record.rights),
    lengthMs: record.lengthMs,
    createdAt: record.createdAt,
    expiresAt: record.expiresAt,
    given:
      givenAt === null || givenName === null || endsAt === null
        ? null
        : { at: givenAt, by: givenName, until: endsAt },
    enteredAt: record.enteredAt,
    ended: endedAt === null ? null : { at: endedAt, by: record.endedName },
    answer: record.answer,
  };
}

/** Whom a grant lets in, as events say it. */
export function receiverOf({ personId, personName }: Pick<SupportRecord, 'personId' | 'personName'>) {
  return personId === null || personName === null
    ? null
    : ({ kind: 'person', id: personId, name: personName } as const);
}

/**
 * One grant of the organisation in context. Under `lockAuthority()` nobody changes it meanwhile.
 *
 * @throws NotFoundError `support/not-found` for absent and foreign ones
 */
export async function findSupport(tx: Tx, tenantId: string, grantId: string): Promise<SupportRecord> {
  const record = await tx.supportGrant.findFirst({ where: { tenantId, id: grantId }, select: supportFields });
  if (record === null) throw new NotFoundError('support', { grantId });
  return record;
}

/** @throws AppError `support/decided` where it no longer is as the act needs it */
export function assertState(record: SupportRecord, now: Date, ...wanted: SupportState[]): void {
  const state = stateOf(record, now);
  if (!wanted.includes(state))
    throw new AppError({
      code: 'support/decided',
      publicMessage: WORDS[state],
      details: { grantId: record.id, state },
    });
}

const WORDS: Record<SupportState, string> = {
  waiting: 'Nobody has answered this yet.',
  ready: 'This was given already.',
  inside: 'Support is inside already.',
  ended: 'This was ended already.',
  over: 'The time of this is over.',
  refused: 'This was refused already.',
  withdrawn: 'This was withdrawn already.',
  late: 'Nobody answered this in time. It takes a new request.',
};

const dateSchema = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const dateOrNull = dateSchema.nullable();

/** What the SQL function `support_of_provider` answers. */
export const providerRowsSchema = z.array(
  z.object({
    slug: z.string(),
    org: z.string(),
    given: z
      .object({
        tenant_id: z.string(),
        id: z.string(),
        provider_id: z.string().nullable(),
        reason: z.string(),
        rights: z.array(z.string()),
        length_ms: z.number(),
        created_at: dateSchema,
        expires_at: dateSchema,
        person_id: z.string().nullable(),
        person_name: z.string().nullable(),
        given_at: dateOrNull,
        given_name: z.string().nullable(),
        ends_at: dateOrNull,
        entered_at: dateOrNull,
        ended_at: dateOrNull,
        ended_by: z.string().nullable(),
        ended_name: z.string().nullable(),
        answer: z.string().nullable(),
      })
      .transform((row): SupportRecord & { tenantId: string } => ({
        tenantId: row.tenant_id,
        id: row.id,
        providerId: row.provider_id,
        reason: row.reason,
        rights: row.rights,
        lengthMs: row.length_ms,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        personId: row.person_id,
        personName: row.person_name,
        givenAt: row.given_at,
        givenName: row.given_name,
        endsAt: row.ends_at,
        enteredAt: row.entered_at,
        endedAt: row.ended_at,
        endedBy: row.ended_by,
        endedName: row.ended_name,
        answer: row.answer,
      })),
  }),
);
