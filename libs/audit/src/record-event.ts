import { randomUUID } from 'node:crypto';
import { type PgClient, type Tx, translating } from '@porthole/db';
import { AppError } from '@porthole/errors';
import { z } from 'zod';
import {
  type AuditAction,
  type AuditActor,
  type AuditTarget,
  actorSchema,
  CATALOGUE,
  type CONSOLE_ACTIONS,
  targetSchema,
} from './catalogue.ts';

/** Chain of what belongs to no organisation: failed sign-ins, forged tickets. */
export const PLATFORM_CHAIN = '00000000-0000-0000-0000-000000000000';

export const AUDIT_OUTCOMES = ['ok', 'refused', 'failed'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

type RecordableAction = Exclude<AuditAction, (typeof CONSOLE_ACTIONS)[number]>;

interface EventOf<A extends AuditAction> {
  action: A;
  outcome: AuditOutcome;
  actor: AuditActor;
  target?: AuditTarget;
  /** Where the request came from. */
  ip?: string | null;
  data: z.input<(typeof CATALOGUE)[A]>;
  /** Give one to be able to retry: the same id is written once. */
  eventId?: string;
}

/** One event as a use-case states it; its data is held to the catalogue by type and again at run time. */
export type AuditEventInput = { [A in RecordableAction]: EventOf<A> }[RecordableAction];

const envelopeSchema = z.strictObject({
  action: z.string(),
  outcome: z.enum(AUDIT_OUTCOMES),
  actor: actorSchema,
  target: targetSchema.optional(),
  ip: z.string().max(64).nullish(),
  data: z.unknown(),
  eventId: z.uuid().optional(),
});

/**
 * Appends an event to the chain of an organisation (or {@link PLATFORM_CHAIN}), in the caller's transaction: no commit,
 * no event, and no event, no commit. Call it last, since it holds the chain's lock until the end (architecture §4).
 *
 * @returns the event's number; 0 where a flood of refusals was only counted
 * @throws AppError `audit/invalid` if the event is not of the catalogue; DbError
 */
export async function recordEvent(
  tx: Pick<Tx, '$queryRaw'> | PgClient,
  tenantId: string,
  event: AuditEventInput,
): Promise<number> {
  const payload = payloadOf(event);
  const eventId = event.eventId ?? randomUUID();
  const rows: unknown[] = await translating(async () =>
    '$queryRaw' in tx
      ? await tx.$queryRaw<
          unknown[]
        >`SELECT audit_append(${tenantId}::uuid, ${eventId}::uuid, ${payload})::text AS seq`
      : (
          await tx.query('SELECT audit_append($1::uuid, $2::uuid, $3)::text AS seq', [
            tenantId,
            eventId,
            payload,
          ])
        ).rows,
  );
  return Number(Reflect.get(Object(rows[0]), 'seq'));
}

/** The events of a login session's beginning and end, and of what its person shows to get one. */
export type SessionEventInput = Extract<
  AuditEventInput,
  {
    action:
      | 'sign-in.ok'
      | 'sign-in.confirmed'
      | 'sign-out'
      | 'session.ended'
      | 'factor.added'
      | 'factor.removed'
      | 'factor.renamed'
      | 'factor.refused'
      | 'factor.recovery'
      | 'factor.codes-made';
  }
>;

/**
 * Records the beginning or end of a login session in the platform's chain and in that of every organisation of its
 * person, in the caller's transaction.
 *
 * @param event whose actor is the session's person
 * @throws AppError `audit/invalid`; DbError
 */
export async function recordSessionEvent(
  tx: Pick<Tx, '$queryRaw'>,
  personId: string,
  event: SessionEventInput,
): Promise<void> {
  const payload = payloadOf(event);
  await translating(() => tx.$queryRaw`SELECT audit_append_session(${personId}::uuid, ${payload})::text`);
}

/** The events of a person's account. */
export type AccountEventInput = Extract<
  AuditEventInput,
  { action: 'password.reset' | 'password.changed' | 'email.changed' }
>;

/**
 * Records what happened to an account in the platform's chain and in that of every organisation of its person, in the
 * caller's transaction.
 *
 * @param event whose actor is the person
 * @throws AppError `audit/invalid`; DbError
 */
export async function recordAccountEvent(
  tx: Pick<Tx, '$queryRaw'>,
  personId: string,
  event: AccountEventInput,
): Promise<void> {
  const payload = payloadOf(event);
  await translating(() => tx.$queryRaw`SELECT audit_append_person(${personId}::uuid, ${payload})::text`);
}

/** What concerns more than one organisation: support, and locks that are not one organisation's own affair. */
export type SidesEventInput = Extract<
  AuditEventInput,
  {
    action:
      | 'support.asked'
      | 'support.given'
      | 'support.refused'
      | 'support.entered'
      | 'support.ended'
      | 'lock.set'
      | 'lock.lifted';
  }
>;

/**
 * Records an event in the chain of the organisation in context and in those of the other sides, in the caller's transaction.
 *
 * @param sides.provider the provider's, too
 * @param sides.poolId of everybody who holds a machine of this pool of the organisation, too
 * @throws AppError `audit/invalid`; DbError
 */
export async function recordSidesEvent(
  tx: Pick<Tx, '$queryRaw'>,
  tenantId: string,
  { provider = null, poolId = null }: { provider?: string | null; poolId?: string | null },
  event: SidesEventInput,
): Promise<void> {
  const payload = payloadOf(event);
  await translating(
    () => tx.$queryRaw`
      SELECT audit_append_sides(${tenantId}::uuid, ${provider}::uuid, ${poolId}::uuid, ${payload})::text`,
  );
}

/**
 * The text that the chain will cover, without the time and number that the database puts before it. Its order of keys
 * is fixed here, and nothing re-serialises it afterwards.
 *
 * @throws AppError `audit/invalid`
 */
export function payloadOf(event: AuditEventInput): string {
  const envelope = envelopeSchema.safeParse(event);
  const data = CATALOGUE[event.action].safeParse(event.data);
  if (!envelope.success || !data.success) {
    const problems = [envelope, data].flatMap((one) => (one.success ? [] : [z.prettifyError(one.error)]));
    throw new AppError({ code: 'audit/invalid', details: { action: event.action, problems } });
  }
  const { action, outcome, actor, target, ip } = envelope.data;
  return JSON.stringify({
    action,
    outcome,
    actor,
    ...(target === undefined ? {} : { target }),
    ...(ip === undefined || ip === null ? {} : { ip }),
    data: data.data,
  });
}
