import { type PgClient, translating } from '@porthole/db';
import { z } from 'zod';

const standingSchema = z.array(
  z.object({
    seatId: z.string(),
    tenantId: z.string(),
    tenantEpoch: z.string(),
    personId: z.string(),
    personEpoch: z.string(),
    sessionAlive: z.boolean(),
    closeAsked: z.boolean(),
  }),
);
/** One live seat. Other epochs than before, a dead session or an asked close: ask {@link seatsFacts} and `can()`. */
export type SeatStanding = z.infer<typeof standingSchema>[number];

/**
 * How all live seats of a relay stand, in one statement; asked every second (`LIMITS.authorityPollMs`). A seat that is
 * missing was ended by somebody else.
 *
 * @throws DbError
 */
export async function seatStanding(client: PgClient, relayId: string): Promise<SeatStanding[]> {
  const { rows } = await translating(() =>
    client.query(
      `SELECT seat_id AS "seatId", tenant_id AS "tenantId", tenant_epoch::text AS "tenantEpoch",
         person_id AS "personId", person_epoch::text AS "personEpoch", session_alive AS "sessionAlive",
         close_asked AS "closeAsked"
       FROM seat_standing($1)`,
      [relayId],
    ),
  );
  return standingSchema.parse(rows);
}

const momentSchema = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const seatFactsSchema = z.object({
  /** For `parseFacts` of libs/authority. */
  facts: z.record(z.string(), z.unknown()),
  /** The machine as it is now; null where it is gone, or another organisation's. */
  vm: z
    .object({
      id: z.string(),
      tenantId: z.string(),
      poolId: z.string(),
      tags: z.array(z.string()),
      isControlDomain: z.boolean(),
    })
    .nullable(),
  /** The provider paused the machine's pool. */
  poolPaused: z.boolean(),
  /** The login session is over by its time; where it was ended its row is gone. */
  loginRanOut: z.boolean(),
  /** The grant over the machine that ended last while the seat was there. */
  grantEnded: z.object({ at: momentSchema, by: z.string().nullable(), planned: z.boolean() }).nullable(),
  /** Somebody asked for the end of the seat. */
  closeAsked: z.object({ at: momentSchema, by: z.string(), reason: z.string() }).nullable(),
});
export type SeatFacts = z.infer<typeof seatFactsSchema>;
/** How the end of a grant, or of a seat by hand, is known. */
export type GrantEnded = NonNullable<SeatFacts['grantEnded']>;
export type CloseAsked = NonNullable<SeatFacts['closeAsked']>;

const seatsFactsSchema = z.array(z.object({ seatId: z.string(), answer: seatFactsSchema }));

/**
 * The facts of live seats as they are now, in one statement.
 *
 * @returns by seat; one that is missing has ended
 * @throws DbError
 */
export async function seatsFacts(
  client: PgClient,
  seatIds: readonly string[],
): Promise<Map<string, SeatFacts>> {
  const { rows } = await translating(() =>
    client.query('SELECT seat_id AS "seatId", answer FROM seats_facts($1::uuid[])', [seatIds]),
  );
  return new Map(seatsFactsSchema.parse(rows).map(({ seatId, answer }) => [seatId, answer]));
}
