import { codeOf, type Secret } from '@porthole/errors';
import { LIMITS } from '@porthole/relay-contract';
import { newTicket } from '@porthole/tickets';
import type { Transaction } from '../../apps/ws-relay/src/admit-console.ts';
import { PENDING_UPGRADES_PER_ADDRESS } from '../../apps/ws-relay/src/upgrade/upgrade-limits.ts';
import { inTransaction } from '../../libs/db/src/index.ts';
import { RawBrowser } from '../relay/raw-browser.ts';
import { FLOODS, type SeatFlood } from '../relay/seat-floods.ts';
import { TestRelay } from '../relay/test-relay.ts';
import type { Gate, GateResult, GateRun } from './gate.ts';

/** Connections of each kind at once, and honest opens meanwhile. */
const COUNTS = { reduced: { each: 30, opens: 6 }, full: { each: 450, opens: 40 } };
/** The relay's patience while nobody waits for the full one, in milliseconds. */
const SHORT_PATIENCE_MS = 2_500;
/** How much later than its limit a connection may be seen to be cut: the machine may be busy, in milliseconds. */
const SLACK_MS = 4_000;
const DRIP_MS = 100;
/** An open under attack may take so much longer than one in the quiet. */
/** After this an honest browser gives up, in milliseconds. */
const GIVES_UP_MS = 10_000;
const SLOWER = { times: 10, plusMs: 4_000 };

export const gate: Gate = {
  name: 'slowloris',
  promise:
    'Slow and half-open upgrades and floods of every kind are cut by their limits; meanwhile the relay opens consoles quickly, and no socket stays.',
  defence: 'the time within which an upgrade must be complete',
  run: async (options) => {
    const stuck = new StuckTransactions();
    const patienceMs = options.full ? LIMITS.upgradeTimeoutMs : SHORT_PATIENCE_MS;
    const relay = await TestRelay.start({
      relay: (pool) => ({
        trustedProxies: ['127.0.0.1'],
        upgradeTimeoutMs: options.prove ? 0 : patienceMs,
        transaction: stuck.around((work) => inTransaction(pool, work)),
      }),
    });
    try {
      return await new Attack(relay, stuck, patienceMs, options).run();
    } finally {
      stuck.release();
      await relay.stop();
    }
  },
};

/** A database that keeps the next few waiting, as one that is overloaded would. */
class StuckTransactions {
  keep = 0;
  kept = 0;
  #release: () => void = () => undefined;
  readonly #released = new Promise<void>((resolve) => {
    this.#release = resolve;
  });

  around(transaction: Transaction): Transaction {
    return async (work) => {
      if (this.keep > 0) {
        this.keep -= 1;
        this.kept += 1;
        await this.#released;
        throw new Error('the database was kept waiting');
      }
      return transaction(work);
    };
  }

  release(): void {
    this.#release();
  }
}

class Attack {
  readonly #relay: TestRelay;
  readonly #stuck: StuckTransactions;
  readonly #patienceMs: number;
  readonly #run: GateRun;
  readonly #breaches: string[] = [];
  readonly #counts = { connections: 0, floods: 0, opens: 0, quietMs: 0, slowestMs: 0 };
  readonly #browsers: RawBrowser[] = [];

  constructor(relay: TestRelay, stuck: StuckTransactions, patienceMs: number, run: GateRun) {
    this.#relay = relay;
    this.#stuck = stuck;
    this.#patienceMs = patienceMs;
    this.#run = run;
  }

  async run(): Promise<GateResult> {
    const { each, opens } = this.#run.full ? COUNTS.full : COUNTS.reduced;
    const quiet: number[] = [];
    for (let n = 0; n < 5; n += 1) quiet.push(await this.#open());
    const quietMs = [...quiet].sort((a, b) => a - b)[2] ?? 0;
    this.#counts.quietMs = Math.round(quietMs);
    const before = sockets();

    await this.#knockAndWait(each);
    // Once the time has no end, more of the same shows nothing more.
    if (this.#breaches.length > 0) return this.#result();
    const attacks = [
      this.#hold('sends nothing', each, () => undefined),
      this.#hold('drips its head', each, (browser) => this.#drip(browser)),
      this.#hold('never ends its body', each, (browser) => {
        browser.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n');
      }),
      this.#hold('sends a head without an end', each, (browser) => {
        browser.write(`GET / HTTP/1.1\r\nx: ${'a'.repeat(LIMITS.upgradeHeadBytes)}`);
      }),
      this.#hold('reads no refusal', each, (browser, n) => {
        browser.socket.pause();
        browser.write(this.#relay.headFor(newTicket(), { 'x-forwarded-for': `203.0.113.${n % 250}` }));
      }),
      this.#flood(),
    ];
    for (let n = 0; n < opens; n += 1) {
      const ms = await this.#open();
      this.#counts.slowestMs = Math.max(this.#counts.slowestMs, Math.round(ms));
      if (ms > quietMs * SLOWER.times + SLOWER.plusMs)
        this.#breach(`an honest open took ${Math.round(ms)} ms, and ${Math.round(quietMs)} in the quiet`);
    }
    await Promise.all(attacks);
    await this.#nothingStays(before);
    if ((await fetch(`http://127.0.0.1:${this.#relay.port}/healthz`)).status !== 200)
      this.#breach('the relay is not well any more');
    return this.#result();
  }

  #result(): GateResult {
    for (const browser of this.#browsers) browser.cut();
    return { breaches: this.#breaches, counts: { ...this.#counts } };
  }

  /** @returns milliseconds from the first knock to the welcome; as a page does, it knocks again where it is told to */
  async #open(): Promise<number> {
    let ms = 0;
    while (ms < GIVES_UP_MS) {
      const ticket = await this.#issue();
      const startedAt = performance.now();
      const browser = this.#relay.knock(ticket);
      const answer = await Promise.race([browser.message('welcome'), browser.refused]);
      ms += performance.now() - startedAt;
      if (!('type' in answer)) continue;
      this.#counts.opens += 1;
      browser.control({ type: 'leave' });
      await browser.closed;
      break;
    }
    return ms;
  }

  /** The attack is at the relay, but the machine is one: the portal's side may be told to try again. */
  async #issue(): Promise<Secret> {
    for (let tries = 1; ; tries += 1) {
      try {
        return (await this.#relay.issue()).ticket;
      } catch (error) {
        if (codeOf(error) !== 'db/busy' || tries === 5) throw error;
      }
    }
  }

  async #connect(): Promise<RawBrowser> {
    const browser = await RawBrowser.connect(this.#relay.port);
    this.#browsers.push(browser);
    this.#counts.connections += 1;
    return browser;
  }

  /** So many do the same at once; each must be cut in its time. */
  async #hold(what: string, many: number, act: (browser: RawBrowser, n: number) => void): Promise<void> {
    const browsers = await Promise.all(Array.from({ length: many }, () => this.#connect()));
    for (const [n, browser] of browsers.entries()) act(browser, n);
    await this.#allCut(browsers, `who ${what}`);
  }

  async #allCut(browsers: readonly RawBrowser[], who: string): Promise<void> {
    const late = AbortSignal.timeout(this.#patienceMs + SLACK_MS);
    const tooLate = new Promise<'late'>((resolve) => late.addEventListener('abort', () => resolve('late')));
    for (const browser of browsers) {
      browser.socket.resume();
      if ((await Promise.race([browser.ended, tooLate])) !== 'late') continue;
      this.#breach(`${who} was not cut within ${this.#patienceMs + SLACK_MS} ms`);
      return;
    }
    this.#run.say(`${browsers.length} ${who}`);
  }

  #drip(browser: RawBrowser): void {
    const head = this.#relay.headFor(newTicket());
    let at = 0;
    const timer = setInterval(() => {
      browser.write(head.charAt(at));
      at += 1;
      if (browser.socket.destroyed || at === head.length - 4) clearInterval(timer);
    }, DRIP_MS);
    void browser.ended.then(() => clearInterval(timer));
  }

  /** Whole heads while the database answers nobody: each address has its places, and all of them their time. */
  async #knockAndWait(many: number): Promise<void> {
    const knock = async (address: string) => {
      const browser = await this.#connect();
      browser.write(this.#relay.headFor(newTicket(), { 'x-forwarded-for': address }));
      return browser;
    };
    this.#stuck.keep = many + PENDING_UPGRADES_PER_ADDRESS;
    const spread = Array.from({ length: many }, (_none, n) => knock(`198.51.100.${n % 100}`));
    const greedy = Array.from({ length: PENDING_UPGRADES_PER_ADDRESS + 5 }, () => knock('203.0.113.77'));
    const [spreadOut, fromOne] = [await Promise.all(spread), await Promise.all(greedy)];
    const wanted = many + PENDING_UPGRADES_PER_ADDRESS;
    const refused = () => fromOne.filter(({ status }) => status === 503).length;
    for (let n = 0; n < 500 && (this.#stuck.kept < wanted || refused() === 0); n += 1) await pause(10);
    this.#stuck.keep = 0;
    if (this.#stuck.kept > wanted || refused() === 0)
      this.#breach(`${this.#stuck.kept} upgrades were pending at once`);
    await this.#open();
    await this.#allCut([...spreadOut, ...fromOne], 'whose upgrade never got an answer');
  }

  /** With a pass of their own, inside, all at once: each flood ends its own seat with its own code. */
  async #flood(): Promise<void> {
    await Promise.all(Object.entries(FLOODS).map(([what, flood]) => this.#floodOnce(what, flood)));
  }

  async #floodOnce(what: string, { send, code }: SeatFlood): Promise<void> {
    const ticket = await this.#issue();
    const browser = await this.#connect();
    browser.write(this.#relay.headFor(ticket, { 'x-forwarded-for': '203.0.113.200' }));
    if ((await browser.answered()) !== 101) {
      this.#breach(`${what}: a lawful browser did not get in`);
      return;
    }
    await send(browser);
    await this.#allCut([browser], `who sends ${what}`);
    this.#counts.floods += 1;
    if (browser.closeCode !== code)
      this.#breach(`${what} ended with ${browser.closeCode} instead of ${code}`);
  }

  async #nothingStays(before: number): Promise<void> {
    for (let n = 0; n < 50 && sockets() > before; n += 1) await pause(100);
    // The attackers' own ends are half-open until they are cut; what is over is the relay's.
    const open = this.#browsers.filter(({ socket }) => !socket.readableEnded && !socket.destroyed);
    if (open.length > 0) this.#breach(`${open.length} connections stayed open`);
  }

  #breach(sentence: string): void {
    this.#breaches.push(sentence);
  }
}

function sockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
