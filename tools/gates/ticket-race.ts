import { randomUUID } from 'node:crypto';
import { createPgPool, inTransaction, type PgPool } from '@porthole/db';
import type { Secret } from '@porthole/errors';
import { admitSeat, closeSeat, redeemTicket } from '@porthole/tickets';
import { OPEN_LIMITS, RELAY, type Stage, setStage } from '../../prisma/test-stage.ts';
import type { Gate, GateResult, GateRun } from './gate.ts';

/** Tries at once for one ticket (security.md §14). */
const TRIES = 32;
const ROUNDS = { full: 1_000, reduced: 50 };

/** How it is done wrong everywhere: look first, then write. The pause only makes the hole as wide as a busy machine would. */
const READ_THEN_WRITE = `
CREATE OR REPLACE FUNCTION ticket_redeem(p_secret_hash bytea, p_relay text, p_binder_hash bytea) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_ticket public.console_ticket;
BEGIN
  SELECT t.* INTO v_ticket FROM public.console_ticket t
    WHERE t.secret_hash = p_secret_hash AND t.used_at IS NULL AND t.revoked_at IS NULL
      AND t.expires_at > clock_timestamp() AND t.relay_id = p_relay AND t.binder_hash = p_binder_hash;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('refused', 'used-before');
  END IF;
  PERFORM pg_sleep(0.005);
  UPDATE public.console_ticket t SET used_at = clock_timestamp() WHERE t.id = v_ticket.id;
  RETURN jsonb_build_object(
    'ticket', jsonb_build_object('id', v_ticket.id, 'tenantId', v_ticket.tenant_id, 'personId', v_ticket.person_id,
      'loginSessionId', v_ticket.login_session_id, 'vmId', v_ticket.vm_id, 'kind', v_ticket.kind, 'mode', v_ticket.mode),
    'facts', public.authority_facts_of(v_ticket.tenant_id, v_ticket.person_id, v_ticket.login_session_id))
    || public.console_target_of(v_ticket.tenant_id, v_ticket.vm_id, v_ticket.kind);
END
$$`;

export const gate: Gate = {
  name: 'ticket-race',
  promise: 'of any number of tries with one ticket, over two relays at once, exactly one opens a console',
  defence: 'the one conditional UPDATE that consumes a ticket; instead it is read first and written then',
  run,
};

interface Round {
  redeemed: number;
  admitted: number;
  /** Refusals by their word. */
  refused: Map<string, number>;
}

async function run({ full, prove, say }: GateRun): Promise<GateResult> {
  const stage = await setStage();
  // Two processes of the relay under one name, as after a restart that did not wait for the old one to end.
  const relays = [0, 1].map(() =>
    createPgPool({ url: stage.databaseUrl('relay'), maxConnections: TRIES / 2 }),
  );
  const breaches: string[] = [];
  const totals = { rounds: 0, tries: 0, winners: 0, refused: 0 };
  try {
    if (prove) await stage.superuser.pool.query(READ_THEN_WRITE);
    const rounds = full ? ROUNDS.full : ROUNDS.reduced;
    for (let n = 1; n <= rounds && breaches.length === 0; n += 1) {
      const round = await raceOnce(stage, relays);
      breaches.push(...breachesOf(round, n));
      totals.rounds += 1;
      totals.tries += TRIES;
      totals.winners += round.redeemed;
      totals.refused += round.refused.get('used-before') ?? 0;
      if (n % 250 === 0) say(`${n} rounds`);
    }
    if (!prove) breaches.push(...(await breachesOfLog(stage, totals.rounds)));
    return { breaches, counts: totals };
  } finally {
    await Promise.all(relays.map((pool) => pool.end()));
    await stage.end();
  }
}

async function raceOnce(stage: Stage, relays: readonly PgPool[]): Promise<Round> {
  const { ticket } = await stage.issue();
  const round: Round = { redeemed: 0, admitted: 0, refused: new Map() };
  const seats: string[] = [];
  await Promise.all(
    Array.from({ length: TRIES }, async (_, n) => {
      const pool = relays[n % relays.length] ?? stage.relay.pool;
      const seatId = await tryOnce(pool, ticket, stage.binder, round);
      if (seatId !== null) seats.push(seatId);
    }),
  );
  round.admitted = seats.length;
  for (const seatId of seats)
    await closeSeat(stage.relay.pool, { eventId: randomUUID(), seatId, reason: 'left', receipt: null });
  return round;
}

async function tryOnce(pool: PgPool, ticket: Secret, binder: Secret, round: Round): Promise<string | null> {
  const count = (word: string) => round.refused.set(word, (round.refused.get(word) ?? 0) + 1);
  try {
    return await inTransaction(pool, async (client) => {
      const redeemed = await redeemTicket(client, { ticket, relayId: RELAY, binder });
      if (redeemed.refused !== null) {
        count(redeemed.refused);
        return null;
      }
      round.redeemed += 1;
      const seat = {
        ticketId: redeemed.ticket.id,
        relayId: RELAY,
        rights: ['look'],
        ip: null,
        userAgent: null,
      };
      return (await admitSeat(client, { ...seat, limits: OPEN_LIMITS })).seatId;
    });
  } catch (error) {
    // A second winner stumbles over the seat of the first; the count of winners has it already.
    count(error instanceof Error ? error.message : String(error));
    return null;
  }
}

function breachesOf({ redeemed, admitted, refused }: Round, n: number): string[] {
  const others = [...refused].filter(([word]) => word !== 'used-before');
  return [
    ...(redeemed === 1 ? [] : [`round ${n}: ${redeemed} tries won`]),
    ...(admitted === 1 ? [] : [`round ${n}: ${admitted} seats were admitted`]),
    ...others.map(([word, count]) => `round ${n}: ${count} tries ended otherwise: ${word}`),
  ];
}

/** Exactly one `console.open` and one `console.close` for each round. */
async function breachesOfLog(stage: Stage, rounds: number): Promise<string[]> {
  const events = await stage.events(stage.world.acme);
  return (['console.open', 'console.close'] as const).flatMap((action) => {
    const count = events.filter((event) => event.action === action).length;
    return count === rounds ? [] : [`${count} events ${action} for ${rounds} consoles`];
  });
}
