import { type PgClient, translating } from '@porthole/db';
import { z } from 'zod';

/** How long a hub's lease holds without being renewed, in milliseconds (migration 0005). */
export const HUB_LEASE_MS = 15_000;

/** What can be recorded of a hub beside its seats. */
export const HUB_ACTIONS = [
  'tunnel.up',
  'tunnel.down',
  'keyboard.taken',
  'keyboard.handed-over',
  'keyboard.released',
  'keyboard.moved',
] as const;
export type HubAction = (typeof HUB_ACTIONS)[number];

/**
 * Records that a hub's tunnel came up or went down, or that its keyboard is in other hands.
 *
 * @param event.data words and numbers of ours. Of the keyboard: `fromSeatId`, `toSeatId`, `why` and `reason`, of which
 *   the database makes the persons (migration 0012), or `times`.
 * @throws DbError
 */
export async function hubEvent(
  client: PgClient,
  event: {
    eventId: string;
    hubId: string;
    action: HubAction;
    data: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  await translating(() =>
    client.query('SELECT hub_event($1::uuid, $2::uuid, $3, $4::jsonb)', [
      event.eventId,
      event.hubId,
      event.action,
      JSON.stringify(event.data),
    ]),
  );
}

/** Ends a hub without live seats. @returns false where seats are left, or it has ended @throws DbError */
export async function endHub(client: PgClient, hubId: string): Promise<boolean> {
  const { rows } = await translating(() => client.query('SELECT hub_end($1::uuid) AS ended', [hubId]));
  return z.boolean().parse(Reflect.get(Object(rows[0]), 'ended'));
}

/**
 * Prolongs the leases of a relay's hubs to {@link HUB_LEASE_MS} from now.
 *
 * @returns the hubs that it still holds; the others are lost and their tunnels must close
 * @throws DbError
 */
export async function renewHubs(
  client: PgClient,
  relayId: string,
  hubIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await translating(() =>
    client.query('SELECT held FROM hubs_renew($1, $2::uuid[]) AS held', [relayId, hubIds]),
  );
  return new Set(
    z
      .array(z.object({ held: z.string() }))
      .parse(rows)
      .map((row) => row.held),
  );
}

/**
 * Says that a relay lives. The portal sends new tickets to relays that beat and do not drain.
 *
 * @throws DbError
 */
export async function beatRelay(
  client: PgClient,
  relay: { relayId: string; draining: boolean; seats: number },
): Promise<void> {
  await translating(() =>
    client.query(
      `INSERT INTO relay (id, started_at, beat_at, draining, seats)
       VALUES ($1, clock_timestamp(), clock_timestamp(), $2, $3)
       ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at, draining = excluded.draining, seats = excluded.seats`,
      [relay.relayId, relay.draining, relay.seats],
    ),
  );
}

/** Takes a relay that ends in order out of the list. @throws DbError */
export async function removeRelay(client: PgClient, relayId: string): Promise<void> {
  await translating(() => client.query('DELETE FROM relay WHERE id = $1', [relayId]));
}

/**
 * Closes, with reason `relay-lost`, the seats of relays that stopped beating; and, with `relayId`, what that relay left
 * behind in an earlier life. At its start a relay replays its journal, reaps itself, and only then serves.
 *
 * @returns how many seats were closed
 * @throws DbError
 */
export async function reapSeats(client: PgClient, relayId?: string): Promise<number> {
  const { rows } = await translating(() =>
    client.query('SELECT seats_reap($1) AS closed', [relayId ?? null]),
  );
  return z.number().parse(Reflect.get(Object(rows[0]), 'closed'));
}
