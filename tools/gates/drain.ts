import { PageSeat } from '../relay/page-seat.ts';
import { RelayProcess } from '../relay/relay-process.ts';
import { TestRelay } from '../relay/test-relay.ts';
import type { Gate, GateRun } from './gate.ts';

/** Consoles that are open when the relay is told to end. */
const CONSOLES = { reduced: 6, full: 30 };
/** Over how long they are told, and when it is over at the latest, in seconds: those of production, made short. */
const SPREAD_S = { reduced: 1, full: 5 };
const HARD_STOP_S = 1;
/** Readiness fails at once: on a machine with much to do within this, in milliseconds. */
const AT_ONCE_MS = 1_500;
const PATIENCE_MS = 20_000;
/** What the ends take to be written after the hard stop, at most, in milliseconds. */
const LAST_WORDS_MS = 10_000;

const OLD = 'relay-1';
const OTHER = 'relay-2';

export const gate: Gate = {
  name: 'drain',
  promise:
    'A relay that is told to end takes nobody in, tells its consoles one by one, and each is open again at another relay with a fresh pass, with one close in the log.',
  defence: 'the drain: instead the process just ends',
  run: async (options) => {
    const consoles = options.full ? CONSOLES.full : CONSOLES.reduced;
    const test = await TestRelay.start({
      withoutRelay: true,
      pool: { vms: Array.from({ length: consoles }, (_, n) => ({ name: n === 0 ? 'web' : `web-${n}` })) },
    });
    const drained = new Drained(test, options);
    try {
      await drained.movesOn(consoles);
      if (!options.prove) await drained.stopsHard();
      return { breaches: drained.breaches, counts: drained.counts };
    } finally {
      await test.stop();
    }
  },
};

class Drained {
  readonly breaches: string[] = [];
  readonly counts = { consoles: 0, seats: 0, moved: 0, hardStops: 0, slowestMs: 0 };
  readonly #test: TestRelay;
  readonly #run: GateRun;

  constructor(test: TestRelay, run: GateRun) {
    this.#test = test;
    this.#run = run;
  }

  /** Two relays side by side; the one that has all the consoles is told to end. */
  async movesOn(consoles: number): Promise<void> {
    const spreadS = this.#run.full ? SPREAD_S.full : SPREAD_S.reduced;
    const old = await this.#startOld({ spreadS, hardStopS: spreadS * 2 });
    const seats = await this.#openAll(consoles);
    await this.#test.startRelay({ relay: { relayId: OTHER } });
    this.#run.say(`${seats.length} seats at ${consoles} consoles`);

    const toldAt = performance.now();
    old.signal(this.#run.prove ? 'SIGKILL' : 'SIGTERM');
    await this.#refusesNewcomers(old);
    await this.#until(
      () => seats.every((seat) => seat.openAt === OTHER),
      'a seat is not open at the other relay',
    );
    this.counts.slowestMs = Math.round(performance.now() - toldAt);
    this.counts.moved = seats.filter((seat) => seat.openAt === OTHER).length;
    this.#judgeSeats(seats, toldAt, spreadS * 1_000);
    await this.#judgeEnd(old, toldAt, spreadS * 2_000);
    if (this.#test.pool.openTunnels() !== consoles)
      this.#breach(`${consoles} consoles have ${this.#test.pool.openTunnels()} tunnels`);
    await this.#leaveAll(seats);
  }

  /** Told to take a minute, but to be gone in a second. */
  async stopsHard(): Promise<void> {
    await this.#test.stopRelay(OTHER);
    const old = await this.#startOld({ spreadS: 60, hardStopS: HARD_STOP_S });
    const seats = await this.#openAll(2);
    const toldAt = performance.now();
    old.signal('SIGTERM');
    await this.#judgeEnd(old, toldAt, HARD_STOP_S * 1_000);
    for (const seat of seats)
      if (seat.visits[0]?.end?.kind !== 'drain') this.#breach('at the hard stop a seat was not told why');
    this.counts.hardStops += 1;
    for (const seat of seats) seat.stop();
    await this.#everyOpenIsClosed();
  }

  async #startOld({ spreadS, hardStopS }: { spreadS: number; hardStopS: number }): Promise<RelayProcess> {
    return RelayProcess.start(this.#test, {
      relayId: OLD,
      env: { PORTHOLE_DRAIN_SECONDS: String(spreadS), PORTHOLE_DRAIN_HARD_SECONDS: String(hardStopS) },
    });
  }

  /** One seat at each console, and a second one at every other. */
  async #openAll(consoles: number): Promise<PageSeat[]> {
    const seats: PageSeat[] = [];
    for (let n = 0; n < consoles; n += 1) {
      const vm = n === 0 ? this.#test.world.web : await this.#machine(`web-${n}`);
      seats.push(new PageSeat(this.#test, { vm }));
      if (n % 2 === 0) seats.push(new PageSeat(this.#test, { vm, person: this.#test.world.ada }));
    }
    await this.#until(() => seats.every((seat) => seat.openAt === OLD), 'a console did not open at all');
    this.counts.consoles += consoles;
    this.counts.seats += seats.length;
    return seats;
  }

  async #machine(name: string): Promise<string> {
    const { rows } = await this.#test.sql.query<{ id: string }>('SELECT id FROM vm WHERE name = $1', [name]);
    return rows[0]?.id ?? this.#test.addMachine(name);
  }

  async #refusesNewcomers(old: RelayProcess): Promise<void> {
    const at = performance.now();
    let ready = await old.status('/readyz');
    while (ready === 200 && performance.now() - at < AT_ONCE_MS) ready = await old.status('/readyz');
    if (ready !== 503) this.#breach(`/readyz answers ${ready} while the relay ends`);
    const alive = await old.status('/healthz');
    if (alive !== 200) this.#breach(`/healthz answers ${alive} while the relay ends`);
    const pass = await this.#test.issue({ relayId: OLD });
    const knock = this.#test.knock(pass.ticket, { relayId: OLD });
    const refused = await Promise.race([knock.refused, knock.closed.then(() => null)]);
    if (refused?.status !== 503 || !/\|?Retry-After\|\d+/.test(refused.headers))
      this.#breach(`a newcomer got ${refused?.status ?? 'no answer'} instead of 503 with Retry-After`);
  }

  #judgeSeats(seats: readonly PageSeat[], toldAt: number, spreadMs: number): void {
    const ends = seats.map((seat) => seat.visits[0]);
    const kinds = new Set(ends.map((visit) => visit?.end?.kind ?? visit?.end?.code ?? 'nothing'));
    if (kinds.size !== 1 || !kinds.has('drain')) this.#breach(`seats were told ${[...kinds].join(', ')}`);
    const times = [...ends.map((visit) => (visit?.endedAt ?? 0) - toldAt)].sort((a, b) => a - b);
    const took = (times.at(-1) ?? 0) - (times[0] ?? 0);
    // Half of it: the first is told at once, and the last before the time is over.
    if (took < spreadMs / 2)
      this.#breach(`all seats were told within ${Math.round(took)} ms of ${spreadMs} ms`);
    for (const seat of seats) {
      const named = seat.visits.slice(1).map(({ pass }) => pass.relayId);
      if (named.includes(OLD)) this.#breach('a pass was issued for the relay that ends');
      if (seat.gaveUp !== null) this.#breach(`a page gave up: ${seat.gaveUp}`);
    }
  }

  async #judgeEnd(old: RelayProcess, toldAt: number, hardStopMs: number): Promise<void> {
    const { code, signal } = await old.ended;
    const took = performance.now() - toldAt;
    if (code !== 0) this.#breach(`the process ended with ${code ?? signal}`);
    if (took > hardStopMs + LAST_WORDS_MS) this.#breach(`the process took ${Math.round(took)} ms to end`);
    const { rows } = await this.#test.sql.query<{ hubs: number; seats: number; relays: number }>(
      `SELECT (SELECT count(*)::int FROM console_hub WHERE relay_id = $1 AND ended_at IS NULL) AS hubs,
         (SELECT count(*)::int FROM console_seat WHERE relay_id = $1 AND closed_at IS NULL) AS seats,
         (SELECT count(*)::int FROM relay WHERE id = $1) AS relays`,
      [OLD],
    );
    const { hubs = 1, seats = 1, relays = 1 } = rows[0] ?? {};
    if (hubs + seats + relays > 0)
      this.#breach(`it left ${hubs} leases, ${seats} seats and ${relays} lines in the list of relays`);
    const reasons = new Set(
      (await this.#test.events())
        .filter(({ action, data }) => action === 'console.close' && data.relay === OLD)
        .map(({ data }) => data.reason),
    );
    if (reasons.size !== 1 || !reasons.has('drain'))
      this.#breach(`the log says that consoles closed by ${[...reasons].join(', ') || 'nothing'}`);
  }

  async #leaveAll(seats: readonly PageSeat[]): Promise<void> {
    for (const seat of seats) seat.leave();
    await this.#everyOpenIsClosed();
  }

  async #everyOpenIsClosed(): Promise<void> {
    await this.#until(async () => {
      const { open, closed, live } = await this.#test.consoleCounts();
      return open === closed && live === 0;
    }, 'an open console got no close');
    if ((await this.#test.consoleCounts()).doubled > 0) this.#breach('a console was closed twice');
  }

  async #until(holds: () => boolean | Promise<boolean>, breach: string): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    while (!(await holds())) {
      // Once something is broken the rest proves nothing more.
      if (performance.now() > end || (this.#run.prove && this.breaches.length > 0)) {
        this.#breach(breach);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #breach(sentence: string): void {
    this.breaches.push(sentence);
  }
}
