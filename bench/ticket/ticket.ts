import { performance } from 'node:perf_hooks';
import { setStage } from '../../prisma/test-stage.ts';
import { type Bench, type BenchResult, type BenchRun, median } from '../bench.ts';

const ROUNDS = 200;
/** What a console may cost the database before its tunnel, in plain round trips; measured at about half of it. */
const MOST_ROUND_TRIPS = 200;
const SLOWER_MS = 30;
/** One person opens all of them, and they stay open. */
const ROOMY = {
  seatsPerPerson: 10_000,
  seatsPerConsole: 10_000,
  seatsPerTenant: 10_000,
  hubsPerTenant: 10_000,
};

export const bench: Bench = {
  name: 'ticket',
  question:
    'what does a console cost the database before its tunnel: ticket issued, redeemed, seat admitted, logged',
  bound: `at most ${MOST_ROUND_TRIPS} plain round trips to the same database`,
  sabotage: `redeeming waits ${SLOWER_MS} ms`,
  run,
};

async function run({ prove, say }: BenchRun): Promise<BenchResult> {
  const stage = await setStage();
  try {
    if (prove) await stage.superuser.pool.query(SLOWER);
    await repeat(20, () => stage.open({}, ROOMY));
    const roundTrip = median(await repeat(ROUNDS, () => stage.relay.pool.query('SELECT 1')));
    say(`a plain round trip: ${roundTrip.toFixed(2)} ms`);
    const whole = median(await repeat(ROUNDS, () => stage.open({}, ROOMY)));
    say(`a ticket, whole: ${whole.toFixed(2)} ms`);
    const ratio = whole / roundTrip;
    return {
      figures: {
        roundTrip: { value: roundTrip, unit: 'ms' },
        ticket: { value: whole, unit: 'ms' },
        ticketsPerSecond: { value: 1_000 / whole, unit: '1/s, one after the other' },
        ratio: { value: ratio, unit: 'round trips' },
      },
      holds: ratio <= MOST_ROUND_TRIPS,
    };
  } finally {
    await stage.end();
  }
}

async function repeat(times: number, work: () => Promise<unknown>): Promise<number[]> {
  const took: number[] = [];
  for (let n = 0; n < times; n += 1) {
    const since = performance.now();
    await work();
    took.push(performance.now() - since);
  }
  return took;
}

/** The same function under another name, and one that waits first under its own. */
const SLOWER = `
ALTER FUNCTION ticket_redeem(bytea, text, bytea) RENAME TO ticket_redeem_fast;
CREATE FUNCTION ticket_redeem(p_secret_hash bytea, p_relay text, p_binder_hash bytea) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM pg_sleep(${SLOWER_MS / 1_000});
  RETURN public.ticket_redeem_fast(p_secret_hash, p_relay, p_binder_hash);
END
$$;`;
