import { type PgClient, translating } from '@porthole/db';
import { LIMITS, type Receipt } from '@porthole/relay-contract';
import { z } from 'zod';
import { type ConsoleTarget, consoleTargetSchema } from './console-target.ts';
import { translateSeatError } from './ticket-error.ts';

/** Caps of architecture §7; tests and organisations may go below. */
export interface SeatLimits {
  seatsPerPerson: number;
  seatsPerConsole: number;
  seatsPerTenant: number;
  hubsPerTenant: number;
}

const admittedSchema = z.object({ seatId: z.uuid(), hubId: z.uuid(), hubIsNew: z.boolean() });
export type Admitted = z.infer<typeof admittedSchema>;

/**
 * Gives a redeemed ticket its seat, in the transaction of the redemption, with the event `console.open` in it.
 *
 * @throws SeatRefusedError `ticket/limit-…`, `ticket/moved` (another relay holds the tunnel), `ticket/not-redeemed`;
 *   the transaction is then void. DbError.
 */
export async function admitSeat(
  client: PgClient,
  seat: {
    ticketId: string;
    relayId: string;
    rights: readonly string[];
    ip: string | null;
    userAgent: string | null;
    limits?: SeatLimits;
  },
): Promise<Admitted> {
  const limits = seat.limits ?? LIMITS;
  const values = [seat.ticketId, seat.relayId, seat.rights, seat.ip, seat.userAgent];
  const caps = [limits.seatsPerPerson, limits.seatsPerConsole, limits.seatsPerTenant, limits.hubsPerTenant];
  return admittedSchema.parse(
    await answer(
      client,
      'SELECT seat_admit($1::uuid, $2, $3::text[], $4, $5, $6, $7, $8, $9) AS answer',
      [...values, ...caps],
      translateSeatError,
    ),
  );
}

/**
 * Ends a seat with its reason and receipt, and writes `console.close`. Safe to repeat with the same arguments, also
 * from a journal after a restart: the first end stays.
 *
 * @param close.eventId chosen by the caller before the first try
 * @param close.reason a `CLOSE` reason of libs/relay-contract
 * @returns whether this call ended it
 * @throws DbError
 */
export async function closeSeat(
  client: PgClient,
  close: { eventId: string; seatId: string; reason: string; receipt: Receipt | null },
): Promise<boolean> {
  const values = [
    close.eventId,
    close.seatId,
    close.reason,
    close.receipt === null ? null : JSON.stringify(close.receipt),
  ];
  return z
    .boolean()
    .parse(await answer(client, 'SELECT seat_close($1::uuid, $2::uuid, $3, $4::jsonb) AS answer', values));
}

/** Writes down the rights that a live seat has now, for others to see. @throws DbError */
export async function noteSeatRights(
  client: PgClient,
  seatId: string,
  rights: readonly string[],
): Promise<void> {
  await answer(client, 'SELECT seat_rights($1::uuid, $2::text[]) AS answer', [seatId, rights]);
}

/** Typed input counts as use of the login session; at most one write a minute happens. @throws DbError */
export async function noteSeatInput(client: PgClient, seatId: string): Promise<void> {
  await answer(client, 'SELECT seat_input($1::uuid) AS answer', [seatId]);
}

/** Fresh rows for a redial; null where the seat has ended or the machine is another's. @throws DbError */
export async function consoleTarget(client: PgClient, seatId: string): Promise<ConsoleTarget | null> {
  const found = await answer(client, 'SELECT console_target($1::uuid) AS answer', [seatId]);
  return found === null ? null : consoleTargetSchema.parse(found);
}

async function answer(
  client: PgClient,
  text: string,
  values: unknown[],
  translate?: (error: unknown) => unknown,
): Promise<unknown> {
  const ask = () => client.query(text, values);
  const { rows } = await (translate === undefined
    ? translating(ask)
    : ask().catch((error: unknown) => {
        throw translate(error);
      }));
  return Reflect.get(Object(rows[0]), 'answer');
}
