import { randomUUID } from 'node:crypto';
import type { AuthoritySource, Standing } from '../../apps/ws-relay/src/authority/authority-watch.ts';
import { CLOSE, type CloseKind, LIMITS } from '../../libs/relay-contract/src/index.ts';
import { CutProxy } from '../relay/cut-proxy.ts';
import type { TestBrowser } from '../relay/test-browser.ts';
import { fastClock, TestRelay } from '../relay/test-relay.ts';
import type { Gate, GateRun } from './gate.ts';
import { type Place, WITHDRAWALS, type Withdrawal, writePerson, writePlace } from './revoke-cases.ts';

/** How often each withdrawal is tried at once: in full some 200 consoles are open. */
const COPIES = { reduced: 1, full: 8 };
/** A live seat closes or narrows within this, in milliseconds (architecture §3). */
const WITHIN_MS = 2_000;
/** Somebody types a byte this often; with several consoles of a kind they take turns. */
const TYPE_EVERY_MS = 50;
/** Looked at is whether anything arrives while each person types so many more bytes. */
const AFTERWARDS_BYTES = 8;
/** Time runs so much faster for the relay whose database goes away. */
const FASTER = 8;
/** What a busy machine and the beat of a second may add, in milliseconds of that clock. */
const LATE_MS = 4_000;
const PATIENCE_MS = 10_000;
/** Some beats of that clock, also on a busy machine. */
const ASKED_BY_MS = 1_000;
/** Consoles on which one person looks on. */
const SEATS_OF_KEEPER = 24;

export const gate: Gate = {
  name: 'revoke',
  promise:
    'Whatever takes a right away closes or narrows the live seats that stood on it within 2 s, for its own reason and without NOTIFY, and no other; without a database typing stops at 15 s and the seat closes at 20 s.',
  defence: 'the relay asks every second how its live seats stand',
  run: async (options) => {
    let proxy: CutProxy | null = null;
    const copies = options.full ? COPIES.full : COPIES.reduced;
    const believed = new Map<string, Standing>();
    const authority = options.prove ? { authority: askOnce(believed) } : {};
    const relay = await TestRelay.start({
      pool: { vms: [{ name: 'web' }, ...vmNames(copies).map((name) => ({ name }))] },
      way: async (url) => {
        proxy = await CutProxy.start(url);
        return proxy.through(url);
      },
      relay: { clock: fastClock(FASTER), ...authority },
    });
    if (proxy === null) throw new Error('the relay was started without its way to the database');
    try {
      const unknown = await withoutDatabase(relay, proxy);
      (proxy as CutProxy).restore();
      await relay.stopRelay();
      believed.clear();
      await relay.startRelay({ relay: authority });
      const crowd = new Crowd(relay, options, (seatId) => !options.prove || believed.has(seatId));
      const withdrawn = await crowd.run(copies);
      // The proof has to be noticed by both halves.
      const breaches =
        options.prove && (unknown.length === 0 || withdrawn.length === 0) ? [] : [...withdrawn, ...unknown];
      return { breaches, counts: crowd.counts };
    } finally {
      (proxy as CutProxy).restore();
      await relay.stop();
      await (proxy as CutProxy).stop();
    }
  },
};

/** What a careless relay would do: ask how a seat stands when it opens, and believe that from then on. */
const askOnce =
  (first: Map<string, Standing>) =>
  (database: AuthoritySource): AuthoritySource => ({
    ...database,
    standing: async () => {
      const now = await database.standing().catch(() => []);
      for (const row of now) if (!first.has(row.seatId)) first.set(row.seatId, row);
      return [...first.values()];
    },
  });

/** The database goes away under a live console: what the person sees, and what the host gets. */
async function withoutDatabase(relay: TestRelay, proxy: CutProxy): Promise<string[]> {
  const browser = await relay.open({ kind: 'text' });
  await browser.message('keyboard-state', ({ holder }) => holder !== null);
  const guest = relay.pool.vm('web');
  const type = () => browser.send(Buffer.from('x'));
  await until(() => {
    type();
    return guest.typedBytes() > 0;
  });
  // Its standing was asked for by then: the proof's relay believes what it was told once.
  await sleep(ASKED_BY_MS);
  proxy.goAway();
  const goneAt = performance.now();
  const seconds = () => (performance.now() - goneAt) * FASTER;
  const typing = setInterval(type, TYPE_EVERY_MS);
  const breaches: string[] = [];
  const pausedAt = await arrives(
    browser.message('typing-paused').then(seconds),
    (LIMITS.authorityStaleInputStopsMs + LATE_MS) / FASTER,
  );
  // What was on its way to the host when typing stopped may still arrive.
  await sleep(TYPE_EVERY_MS);
  const typed = guest.typedBytes();
  const closedAt = await arrives(
    browser.closed.then(({ kind }) => (kind === 'authorityUnknown' ? seconds() : null)),
    (LIMITS.authorityStaleCloseMs + LATE_MS) / FASTER - (performance.now() - goneAt),
  );
  clearInterval(typing);
  if (pausedAt === null) breaches.push('without a database typing did not stop at 15 s');
  // The last confirmation lies up to a beat, and on a busy machine more, before the database went away.
  else if (pausedAt < LIMITS.authorityStaleInputStopsMs - LATE_MS)
    breaches.push(`without a database typing stopped at ${Math.round(pausedAt)} ms already`);
  else if (guest.typedBytes() !== typed)
    breaches.push('what was typed while typing was stopped reached the host');
  if (closedAt === null) breaches.push('without a database the seat did not close at 20 s');
  else if (closedAt < LIMITS.authorityStaleCloseMs - LATE_MS)
    breaches.push(`without a database the seat closed at ${Math.round(closedAt)} ms already`);
  browser.leave();
  return breaches;
}

/** One console in the crowd. */
interface Sitting {
  readonly place: Place;
  readonly browser: TestBrowser;
  readonly seatId: string;
  /** How it must end once the pool is removed, or ended before. */
  kind: CloseKind;
}

interface Victim extends Sitting {
  readonly withdrawal: Withdrawal;
}

/** Many live consoles, of which some are withdrawn, each in its own way, while everybody types. */
class Crowd {
  readonly #relay: TestRelay;
  readonly #run: GateRun;
  readonly #isAsked: (seatId: string) => boolean;
  readonly #breaches: string[] = [];
  readonly #victims: Victim[] = [];
  readonly #keepers: Sitting[] = [];
  readonly #typing: NodeJS.Timeout[] = [];
  #afterwardsMs = 0;
  readonly counts = { consoles: 0, withdrawals: 0, stayed: 0, slowestMs: 0 };

  /** @param isAsked whether the relay has asked how this seat stands, where that matters: the proof's believes it from then on */
  constructor(relay: TestRelay, run: GateRun, isAsked: (seatId: string) => boolean) {
    this.#relay = relay;
    this.#run = run;
    this.#isAsked = isAsked;
  }

  async run(copies: number): Promise<string[]> {
    try {
      await this.#open(copies);
      this.#run.say(`${this.counts.consoles} consoles are open`);
      await until(() => this.#victims.every(({ seatId }) => this.#isAsked(seatId)));
      const judged = [];
      for (const victim of this.#victims) judged.push(this.#judge(victim, await this.#withdraw(victim)));
      await Promise.all(judged);
      for (const sitting of this.#keepers) this.#stays(sitting);
      if (this.#run.prove) return this.#breaches;
      await this.#removePool();
      await this.#readLog();
      return this.#breaches;
    } finally {
      for (const timer of this.#typing) clearInterval(timer);
      for (const { browser } of [...this.#victims, ...this.#keepers]) browser.socket.terminate();
    }
  }

  async #open(copies: number): Promise<void> {
    const names = vmNames(copies);
    this.#afterwardsMs = AFTERWARDS_BYTES * TYPE_EVERY_MS * copies;
    for (let copy = 0; copy < copies; copy += 1)
      for (const withdrawal of WITHDRAWALS) {
        const vmName = names[this.#victims.length] ?? '';
        const place = await writePlace(this.#relay, withdrawal, vmName);
        const victim = { withdrawal, ...(await this.#sit(place)), kind: withdrawal.kind ?? 'machineGone' };
        this.#victims.push(victim);
        if (withdrawal.othersStay && withdrawal.ownTenant === undefined) await this.#keep(place);
      }
    for (const { browser } of this.#victims)
      this.#typing.push(setInterval(() => browser.send(Buffer.from('x')), TYPE_EVERY_MS * copies));
    await Promise.all(
      this.#victims.map(({ place }) => until(() => this.#relay.pool.vm(place.vmName).typedBytes() > 0)),
    );
  }

  /** An admin who looks on at the same console, and is not concerned. */
  async #keep(at: Place): Promise<void> {
    const last = this.#keepers.at(-1)?.place;
    const isFree = last !== undefined && this.#keepers.length % SEATS_OF_KEEPER !== 0;
    const who = isFree ? last : { ...at, personId: randomUUID(), loginSessionId: randomUUID() };
    if (!isFree) await writePerson(this.#relay.sql, who, 'admin');
    const { personId, loginSessionId } = who;
    const sitting = await this.#sit({ ...at, personId, loginSessionId }, 'look');
    this.#keepers.push({ ...sitting, kind: 'machineGone' });
  }

  async #sit(place: Place, mode: 'look' | 'type' = 'type'): Promise<Omit<Sitting, 'kind'>> {
    const { personId: person, tenantId, vmId, loginSessionId } = place;
    const browser = await this.#relay.open({
      person,
      tenantId,
      vm: vmId,
      loginSessionId,
      mode,
      kind: 'text',
    });
    const { seatId } = await browser.message('welcome');
    await browser.message('state', ({ state }) => state === 'open');
    this.counts.consoles += 1;
    return { place, browser, seatId };
  }

  /** @returns when it counts */
  async #withdraw({ withdrawal, place, seatId }: Victim): Promise<number> {
    const after = await withdrawal.withdraw(this.#relay, place, seatId);
    this.counts.withdrawals += 1;
    return performance.now() + after;
  }

  async #judge({ withdrawal, place, browser }: Victim, countsAt: number): Promise<void> {
    const { name, kind, told } = withdrawal;
    const happened =
      kind === null
        ? browser.message('rights', ({ rights }) => rights.join() === 'look').then(() => null)
        : browser.closed.then((closed) => closed.kind);
    const left = countsAt + WITHIN_MS - performance.now();
    const ms = await arrives(
      happened.then((became) => {
        if (became !== kind) this.#breach(`${name}: the seat closed as ${became}`);
        return performance.now() - countsAt;
      }),
      left,
    );
    if (ms === null) this.#breach(`${name}: after ${WITHIN_MS} ms the seat was as before`);
    else this.counts.slowestMs = Math.max(this.counts.slowestMs, Math.round(ms));
    const said = browser.messages.find(({ type }) => type === 'access-changed');
    const { by, reason } = said?.type === 'access-changed' ? said : { by: undefined, reason: undefined };
    if (ms !== null && (by !== told?.by || reason !== told?.reason))
      this.#breach(`${name}: the person was told that ${by} did it: ${reason}`);
    // What was on its way to the host may still arrive; then nothing, while the person types on.
    await sleep(TYPE_EVERY_MS);
    const typed = this.#relay.pool.vm(place.vmName).typedBytes();
    await sleep(this.#afterwardsMs);
    const more = this.#relay.pool.vm(place.vmName).typedBytes() - typed;
    if (more > 0) this.#breach(`${name}: ${more} bytes typed afterwards reached the host`);
  }

  #stays({ place, browser }: Sitting): void {
    this.counts.stayed += 1;
    const { readyState, OPEN } = browser.socket;
    if (readyState !== OPEN) this.#breach(`somebody else at ${place.vmName} was closed`);
    if (browser.messages.some(({ type }) => type === 'rights' || type === 'access-changed'))
      this.#breach(`somebody else at ${place.vmName} was narrowed`);
  }

  /** Ends all that is left at once. */
  async #removePool(): Promise<void> {
    const narrowed = this.#victims.filter(({ withdrawal }) => withdrawal.kind === null);
    const left = [...this.#keepers, ...narrowed];
    await this.#relay.sql.query('UPDATE pool SET removed_at = now()');
    this.counts.withdrawals += 1;
    const removedAt = performance.now();
    await Promise.all(
      left.map(async ({ browser, place }) => {
        const kind = await arrives(
          browser.closed.then((closed) => closed.kind),
          WITHIN_MS,
        );
        if (kind !== 'machineGone') this.#breach(`the pool was removed, and ${place.vmName} became ${kind}`);
        this.counts.slowestMs = Math.max(this.counts.slowestMs, Math.round(performance.now() - removedAt));
      }),
    );
  }

  /** Every seat of the crowd was opened once and closed once, for its reason. */
  async #readLog(): Promise<void> {
    const sittings = [...this.#victims, ...this.#keepers];
    const closes = async () =>
      (
        await this.#relay.sql.query<{ seat: string; action: string; reason: string | null }>(
          `SELECT payload::jsonb #>> '{data,seatId}' AS seat, action, payload::jsonb #>> '{data,reason}' AS reason
           FROM audit_event WHERE action IN ('console.open', 'console.close')
             AND payload::jsonb #>> '{data,seatId}' = ANY ($1)`,
          [sittings.map(({ seatId }) => seatId)],
        )
      ).rows;
    let events = await closes();
    const end = performance.now() + PATIENCE_MS;
    while (events.length < 2 * sittings.length && performance.now() < end) {
      await sleep(TYPE_EVERY_MS);
      events = await closes();
    }
    for (const { seatId, kind, place } of sittings) {
      const own = events.filter(({ seat }) => seat === seatId);
      const opens = own.filter(({ action }) => action === 'console.open').length;
      const reasons = own.flatMap(({ action, reason }) => (action === 'console.close' ? [reason] : []));
      if (opens !== 1 || reasons.join() !== CLOSE[kind].reason)
        this.#breach(`the log has ${opens} opens of ${place.vmName}, and closes [${reasons.join()}]`);
    }
  }

  #breach(sentence: string): void {
    this.#breaches.push(sentence);
  }
}

function vmNames(copies: number): string[] {
  return Array.from({ length: copies * WITHDRAWALS.length }, (_, n) => `vm-${n + 1}`);
}

/** What the promise gives; null where it does not within the time, or fails. */
function arrives<T>(promise: Promise<T>, withinMs: number): Promise<T | null> {
  return Promise.race([promise.catch(() => null), sleep(Math.max(0, withinMs)).then(() => null)]);
}

async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!holds()) {
    if (performance.now() > end) throw new Error('the consoles never came alive');
    await sleep(TYPE_EVERY_MS);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
