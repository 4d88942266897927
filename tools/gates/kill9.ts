import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Cut, CutProxy } from '../relay/cut-proxy.ts';
import { RelayProcess } from '../relay/relay-process.ts';
import type { TestBrowser } from '../relay/test-browser.ts';
import { fastClock, type TestPass, TestRelay } from '../relay/test-relay.ts';
import type { Gate, GateRun } from './gate.ts';

/** Kills at a moment of chance, behind those at every named moment, in full. */
const RANDOM_KILLS = 60;
/** The longest time from a knock to such a kill, in milliseconds: about what it takes to open a console. */
const RANDOM_WITHIN_MS = 250;
/** Time runs so much faster for the relays that live on: what they look at every ten seconds they see in half of one. */
const FASTER = 20;
const PATIENCE_MS = 15_000;
/** With the reaper switched off nothing will come; what comes with it on comes within this, in milliseconds. */
const PROOF_PATIENCE_MS = 3_000;
/** What a dead process may leave open at a host for: the kernel closes its sockets, in milliseconds. */
const ORPHAN_MS = 3_000;
/** A lease holds for this long (migration 0005), in milliseconds. */
const LEASE_MS = 15_000;

const VICTIM = 'relay-1';
const SURVIVOR = 'relay-2';

/** Where in the life of a console the relay is killed. */
type Moment =
  | { readonly during: 'opening' | 'closing'; readonly cut: Cut }
  | { readonly during: 'dialling' | 'living' | 'database-away' }
  | { readonly during: 'chance'; readonly afterMs: number };

const NAMED: readonly Moment[] = [
  ...(['ticket_redeem', 'seat_admit', 'COMMIT'] as const).flatMap((words) => [
    { during: 'opening', cut: { words, when: 'before' } } as const,
    { during: 'opening', cut: { words, when: 'after' } } as const,
  ]),
  { during: 'dialling' },
  { during: 'living' },
  ...(['tunnel.down', 'seat_close', 'hub_end'] as const).flatMap((words) => [
    { during: 'closing', cut: { words, when: 'before' } } as const,
    { during: 'closing', cut: { words, when: 'after' } } as const,
  ]),
  { during: 'database-away' },
];
/** In `npm test`: the two that differ most. */
const REDUCED: readonly Moment[] = [
  { during: 'opening', cut: { words: 'COMMIT', when: 'after' } },
  { during: 'database-away' },
];

export const gate: Gate = {
  name: 'kill9',
  promise:
    'A relay that is killed at any moment leaves no tunnel, no pass that works again, and no console without its one close; its consoles open elsewhere within the time of a lease.',
  defence: 'the reaper, which closes what dead relays left open',
  run: async (options) => {
    const test = await TestRelay.start({
      withoutRelay: true,
      pool: { vms: [{ name: 'web' }, { name: 'db' }] },
    });
    const proxy = await CutProxy.start(test.database.url('relay'));
    try {
      if (options.prove) await test.sql.query(WITHOUT_REAPER);
      await test.startRelay({ relay: { relayId: SURVIVOR, clock: fastClock(FASTER) } });
      const kills = new Kills(test, proxy, await test.addMachine('db'), options);
      return await kills.run();
    } finally {
      await test.stop();
      await proxy.stop();
    }
  },
};

/** What careless relays would do: nobody looks after the dead. */
const WITHOUT_REAPER = `
CREATE OR REPLACE FUNCTION seats_reap(p_relay text DEFAULT NULL) RETURNS int
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT 0'`;

class Kills {
  readonly #test: TestRelay;
  readonly #proxy: CutProxy;
  readonly #db: string;
  readonly #run: GateRun;
  readonly #breaches: string[] = [];
  readonly #counts = { kills: 0, passes: 0, used: 0, opened: 0, reaped: 0, replayed: 0 };

  constructor(test: TestRelay, proxy: CutProxy, db: string, run: GateRun) {
    this.#test = test;
    this.#proxy = proxy;
    this.#db = db;
    this.#run = run;
  }

  async run() {
    const chances = Array.from({ length: RANDOM_KILLS }, () => ({
      during: 'chance' as const,
      afterMs: Math.random() * RANDOM_WITHIN_MS,
    }));
    const moments = this.#run.full ? [...NAMED, ...chances] : REDUCED;
    for (const [n, moment] of moments.entries()) {
      await this.#killAt(moment, nameOf(moment));
      if (n % 10 === 9) this.#run.say(`${n + 1} kills`);
      // What one kill has left open would be found again after each further one.
      if (this.#breaches.length > 0) break;
    }
    return { breaches: this.#breaches, counts: { ...this.#counts } };
  }

  /** One life of a relay with a live console at `web`, and something under way at `db`, and what is left of it. */
  async #killAt(moment: Moment, what: string): Promise<void> {
    this.#proxy.restore();
    const databaseUrl = this.#proxy.through(this.#test.database.url('relay'));
    const victim = await RelayProcess.start(this.#test, { relayId: VICTIM, databaseUrl });
    await this.#openAt(await this.#test.issue({ relayId: VICTIM }), VICTIM);
    const pass = await this.#test.issue({ relayId: VICTIM, vm: this.#db });
    await this.#reach(moment, pass, victim);
    await victim.ended;
    this.#counts.kills += 1;
    this.#counts.passes += 1;
    this.#proxy.restore();

    const orphans = () => this.#test.pool.openTunnels();
    if (!(await holds(async () => orphans() === 0, ORPHAN_MS)))
      this.#breach(`${what}, and ${orphans()} tunnels stayed at the host`);
    const used = await this.#judgePass(pass, what);
    if (moment.during === 'database-away') await this.#judgeJournal(pass, what);
    else await this.#judgeSurvivor(what);
    // The next life would only wait for what is known to be missing.
    if (this.#run.prove && this.#breaches.length > 0) return;
    await this.#judgeNextLife(pass, used, what);
  }

  /** Brings the relay to the moment, and kills it there. */
  async #reach(moment: Moment, pass: TestPass, victim: RelayProcess): Promise<void> {
    const kill = () => victim.signal('SIGKILL');
    if (moment.during === 'opening') {
      this.#proxy.arm(moment.cut, kill);
      this.#test.knock(pass.ticket, { relayId: VICTIM });
    } else if (moment.during === 'dialling') {
      this.#test.pool.consoleFault({ vm: 'db' }, 'never-answer');
      const browser = this.#test.knock(pass.ticket, { relayId: VICTIM });
      await browser.message('step', ({ step }) => step === 'line');
      kill();
      await victim.ended;
      this.#test.pool.consoleFault({ vm: 'db' }, null);
    } else if (moment.during === 'chance') {
      this.#test.knock(pass.ticket, { relayId: VICTIM });
      await wait(moment.afterMs);
      kill();
    } else {
      const browser = await this.#openAt(pass, VICTIM);
      if (moment.during === 'living') kill();
      else if (moment.during === 'closing') {
        this.#proxy.arm(moment.cut, kill);
        browser.leave();
      } else {
        this.#proxy.goAway();
        browser.leave();
        if (!(await holds(async () => (await this.#journal()).includes('seat-close'), PATIENCE_MS)))
          this.#breach('an end was neither in the database nor in the journal');
        kill();
      }
    }
  }

  /** Unused, or used and told of in the log. @returns which */
  async #judgePass(pass: TestPass, what: string): Promise<boolean> {
    const { rows } = await this.#test.sql.query<{ used: boolean }>(
      'SELECT used_at IS NOT NULL AS used FROM console_ticket WHERE id = $1',
      [pass.ticketId],
    );
    const used = rows[0]?.used === true;
    const opens = await this.#opensOf(pass);
    if (used !== (opens === 1))
      this.#breach(`${what}, and its pass is ${used ? 'used' : 'unused'} with ${opens} lines in the log`);
    if (used) this.#counts.used += 1;
    return used;
  }

  async #opensOf({ ticketId }: TestPass): Promise<number> {
    const events = await this.#test.events();
    return events.filter(({ action, data }) => action === 'console.open' && data.ticketId === ticketId)
      .length;
  }

  /** The console of `web` opens elsewhere once its lease is over, and everything else is tidied up. */
  async #judgeSurvivor(what: string): Promise<void> {
    const { rows } = await this.#test.sql.query<{ left: number }>(
      `SELECT coalesce(max(extract(epoch FROM lease_until - clock_timestamp()) * 1000), 0)::float8 AS left
       FROM console_hub WHERE relay_id = $1 AND ended_at IS NULL`,
      [VICTIM],
    );
    if ((rows[0]?.left ?? 0) > LEASE_MS) this.#breach(`${what}, and a lease is held for ${rows[0]?.left} ms`);
    // The time of a lease passes, and then the time after which a relay counts as dead.
    await this.#test.sql.query(
      `UPDATE console_hub SET lease_until = clock_timestamp() - interval '1 second'
       WHERE relay_id = $1 AND ended_at IS NULL`,
      [VICTIM],
    );
    const browser = await this.#openAt(await this.#test.issue({ relayId: SURVIVOR }), SURVIVOR);
    await this.#test.sql.query("UPDATE relay SET beat_at = beat_at - interval '31 seconds' WHERE id = $1", [
      VICTIM,
    ]);
    await this.#settled(1, what);
    browser.leave();
    await browser.closed;
    this.#counts.reaped += 1;
  }

  /** What the dead relay wrote to its disk reaches the log with its next life, with its own reason, and once. */
  async #judgeJournal(pass: TestPass, what: string): Promise<void> {
    await this.#liveAgain(async () => {
      const close = (await this.#test.events()).find(
        ({ action, data }) => action === 'console.close' && data.ticketId === pass.ticketId,
      );
      if (close?.data.reason !== 'left' || close.data.receipt === null)
        this.#breach(`${what}, and its end is in the log as ${close?.data.reason ?? 'nothing'}`);
      else this.#counts.replayed += 1;
    });
    if ((await this.#journal()) !== '') this.#breach(`${what}, and the journal was not emptied`);
  }

  /** The relay begins anew under its name: nothing is left, and the pass opens once at most. */
  async #judgeNextLife(pass: TestPass, used: boolean, what: string): Promise<void> {
    await this.#liveAgain(async () => {
      await this.#settled(0, what);
      const again = this.#test.knock(pass.ticket, { relayId: VICTIM });
      const refused = again.refused.then(({ status }) => status);
      const answer = await Promise.race([refused, again.message('welcome').then(() => 101)]);
      if (answer !== (used ? 401 : 101)) this.#breach(`${what}, and its pass then got ${answer}`);
      if (answer === 101) {
        again.leave();
        await again.closed;
      }
      const thrice = await this.#test.knock(pass.ticket, { relayId: VICTIM }).refused;
      if (thrice.status !== 401) this.#breach(`${what}, and its pass got ${thrice.status} once more`);
      await this.#settled(0, what);
      if ((await this.#opensOf(pass)) > 1) this.#breach(`${what}, and its pass opened twice`);
    });
  }

  async #liveAgain(look: () => Promise<void>): Promise<void> {
    await this.#test.startRelay({ relay: { relayId: VICTIM, clock: fastClock(FASTER) } });
    await look();
    await this.#test.stopRelay(VICTIM);
  }

  async #openAt(pass: TestPass, relayId: string): Promise<TestBrowser> {
    const browser = this.#test.knock(pass.ticket, { relayId });
    await browser.message('state', ({ state }) => state === 'open');
    this.#counts.opened += 1;
    return browser;
  }

  /** Every console in the log is closed there once, but for so many that live. */
  async #settled(live: number, what: string): Promise<void> {
    const patience = this.#run.prove ? PROOF_PATIENCE_MS : PATIENCE_MS;
    const settled = async () => {
      const counts = await this.#test.consoleCounts();
      return counts.live === live && counts.open === counts.closed + live;
    };
    if (!(await holds(settled, patience)))
      this.#breach(
        `${what}, and an open console got no close: ${JSON.stringify(await this.#test.consoleCounts())}`,
      );
    if ((await this.#test.consoleCounts()).doubled > 0)
      this.#breach(`${what}, and a console was closed twice`);
  }

  async #journal(): Promise<string> {
    return readFile(path.join(this.#test.journalDir, `${VICTIM}.journal`), 'utf8');
  }

  #breach(sentence: string): void {
    this.#breaches.push(sentence);
  }
}

function nameOf(moment: Moment): string {
  if (moment.during === 'chance') return `it was killed ${Math.round(moment.afterMs)} ms after a knock`;
  if ('cut' in moment) return `it was killed ${moment.cut.when} ${moment.cut.words}`;
  return `it was killed while ${moment.during}`;
}

async function holds(what: () => Promise<boolean>, patienceMs: number): Promise<boolean> {
  const end = performance.now() + patienceMs;
  while (!(await what())) {
    if (performance.now() > end) return false;
    await wait(20);
  }
  return true;
}
