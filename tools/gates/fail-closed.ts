import type { Transaction } from '../../apps/ws-relay/src/admit-console.ts';
import type { PgPool } from '../../libs/db/src/index.ts';
import { type Cut, CutProxy } from '../relay/cut-proxy.ts';
import { TestViewer } from '../relay/test-browser.ts';
import { fastClock, TestRelay } from '../relay/test-relay.ts';
import type { Gate, GateRun } from './gate.ts';

/** Rounds over all steps: in `npm test`, and in full. */
const ROUNDS = { reduced: 1, full: 20 };
/** Time runs so much faster for the relay: what it looks at every ten seconds it sees in half of one. */
const FASTER = 20;
const PATIENCE_MS = 15_000;

/** Every step of an opening at which the database can go away. */
const OPENING: readonly Cut[] = [
  { words: 'BEGIN', when: 'before' },
  { words: 'ticket_redeem', when: 'before' },
  { words: 'ticket_redeem', when: 'after' },
  { words: 'SAVEPOINT', when: 'before' },
  { words: 'seat_admit', when: 'before' },
  { words: 'seat_admit', when: 'after' },
  { words: 'COMMIT', when: 'before' },
  { words: 'COMMIT', when: 'after' },
];

/** And of an end. */
const CLOSING: readonly Cut[] = [
  { words: 'tunnel.down', when: 'before' },
  { words: 'seat_close', when: 'before' },
  { words: 'seat_close', when: 'after' },
  { words: 'hub_end', when: 'before' },
];

export const gate: Gate = {
  name: 'fail-closed',
  promise:
    'No console opens without its committed line in the log, and every open console gets exactly one close.',
  defence: 'the relay waits for the commit before it dials',
  run: async (options) => {
    let proxy: CutProxy | null = null;
    const relay = await TestRelay.start({
      way: async (url) => {
        proxy = await CutProxy.start(url);
        return proxy.through(url);
      },
      relay: (pool) => ({
        clock: fastClock(FASTER),
        ...(options.prove ? { transaction: withoutWaitingForCommit(pool) } : {}),
      }),
    });
    if (proxy === null) throw new Error('the relay was started without its way to the database');
    const attack = new Attack(relay, proxy, options);
    try {
      return await attack.run(options.full ? ROUNDS.full : ROUNDS.reduced);
    } finally {
      (proxy as CutProxy).restore();
      await relay.stop();
      await (proxy as CutProxy).stop();
    }
  },
};

/** What a careless relay would do: it sends COMMIT and goes on. */
function withoutWaitingForCommit(pool: PgPool): Transaction {
  return async (work) => {
    const client = await pool.connect();
    const done = (error?: unknown) => client.release(error instanceof Error);
    try {
      await client.query('BEGIN');
      const result = await work(client);
      client.query('COMMIT').then(() => done(), done);
      return result;
    } catch (error) {
      done(error);
      throw error;
    }
  };
}

class Attack {
  readonly #relay: TestRelay;
  readonly #proxy: CutProxy;
  readonly #run: GateRun;
  readonly #breaches: string[] = [];
  readonly #counts = { openings: 0, closings: 0, connects: 0, opened: 0 };

  constructor(relay: TestRelay, proxy: CutProxy, run: GateRun) {
    this.#relay = relay;
    this.#proxy = proxy;
    this.#run = run;
  }

  async run(rounds: number) {
    for (let round = 0; round < rounds; round += 1) {
      for (const cut of OPENING) await this.#cutOpening(cut);
      // Once a tunnel was opened without a line in the log, more of the same proves nothing more.
      if (this.#breaches.length > 0) break;
      for (const cut of CLOSING) await this.#cutClosing(cut);
      this.#run.say(`round ${round + 1} of ${rounds}`);
      if (this.#breaches.length > 0) break;
    }
    this.#counts.connects = this.#relay.pool.stats().connects;
    return { breaches: this.#breaches, counts: { ...this.#counts } };
  }

  /** The database goes away while a pass is redeemed: nothing may be dialled, nothing may stay open. */
  async #cutOpening(cut: Cut): Promise<void> {
    const what = `the database went away ${cut.when} ${cut.words}`;
    const { connects } = this.#relay.pool.stats();
    const pass = await this.#relay.issue();
    const cuts = this.#proxy.cuts;
    this.#proxy.arm(cut);
    const browser = this.#relay.knock(pass.ticket);
    const answer = await Promise.race([browser.refused, browser.closed]);
    this.#counts.openings += 1;
    if (this.#proxy.cuts === cuts) this.#breach(`${what}: the relay never got there`);
    if (!('status' in answer) || answer.status !== 503) this.#breach(`${what}, and the browser was let in`);
    if (this.#relay.pool.stats().connects !== connects) this.#breach(`${what}, and a host was dialled`);
    this.#proxy.restore();
    await this.#settled(what);
  }

  /** The database goes away while a console ends: its close is written once, when the database is back. */
  async #cutClosing(cut: Cut): Promise<void> {
    const what = `the database went away ${cut.when} ${cut.words}`;
    const browser = await this.#relay.open();
    await new TestViewer(browser).picture();
    this.#counts.opened += 1;
    this.#proxy.arm(cut);
    browser.leave();
    await browser.closed;
    await this.#until(async () => this.#relay.pool.openTunnels() === 0, `${what}, and the tunnel stayed`);
    await this.#until(async () => this.#proxyHasCut(), `${what}: the relay never got there`);
    this.#counts.closings += 1;
    this.#proxy.restore();
    await this.#settled(what);
  }

  #proxyHasCut(): boolean {
    return this.#proxy.cuts === this.#counts.openings + this.#counts.closings + 1;
  }

  /** Whatever the log says was opened is closed in it once, and no seat is left. */
  async #settled(what: string): Promise<void> {
    const state = () => this.#relay.consoleCounts();
    await this.#until(async () => {
      const { open, closed, live } = await state();
      return open === closed && live === 0;
    }, `${what}, and an open console got no close`);
    if ((await state()).doubled > 0) this.#breach(`${what}, and a console was closed twice`);
  }

  async #until(holds: () => Promise<boolean>, breach: string): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!(await holds())) {
      if (Date.now() > end) {
        this.#breach(breach);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  #breach(sentence: string): void {
    this.#breaches.push(sentence);
  }
}
