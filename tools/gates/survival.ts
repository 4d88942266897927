import { encodeKeyEvent } from '@porthole/rfb';
import { Redial } from '../../apps/ws-relay/src/hub/redial.ts';
import { type CanvasSeat, leaveSeat, openCanvasSeat, seesExactly } from '../relay/canvas-seat.ts';
import { GuestScreen } from '../relay/guest-screen.ts';
import { TestRelay } from '../relay/test-relay.ts';
import type { Gate, GateRun } from './gate.ts';

const ROUNDS = { reduced: 1, full: 40 };
/** Longest a screen may take to be back and exact once its host is, in milliseconds. */
const BACK_MS = 10_000;
/** What the worker takes to hear of a change and write it down, in milliseconds. */
const WORKER_MS = 120;
/** How long a toolstack is away that restarts, in milliseconds. */
const AWAY_MS = 700;
const KEY_A = 0x61;

type Scene = 'reboot' | 'migration' | 'toolstack' | 'coordinator' | 'cut';
const SCENES: readonly Scene[] = ['reboot', 'migration', 'toolstack', 'coordinator', 'cut'];

export const gate: Gate = {
  name: 'survival',
  promise:
    'Whatever ends a tunnel that can come back, the seats stay and see the guest’s screen to the pixel again; another certificate is never followed, and nothing typed meanwhile is sent.',
  defence: 'the hub dials again',
  run: async (options) => {
    const screen = await GuestScreen.start();
    const relay = await TestRelay.start({
      pool: {
        hosts: 2,
        limitConsoleSessions: true,
        vms: [{ name: 'web', screen: { kind: 'tcp', host: '127.0.0.1', port: screen.port } }],
      },
    });
    const restore = options.prove ? neverAgain() : () => undefined;
    try {
      return await new Survival(relay, screen, options).run();
    } finally {
      restore();
      await relay.stop();
      await screen.stop();
    }
  },
};

/** What a relay without a hub does: the first end of a tunnel is the end. */
function neverAgain(): () => void {
  const { after } = Redial.prototype;
  Redial.prototype.after = () => null;
  return () => {
    Redial.prototype.after = after;
  };
}

class Survival {
  readonly #relay: TestRelay;
  readonly #screen: GuestScreen;
  readonly #run: GateRun;
  readonly #breaches: string[] = [];
  readonly #counts = { losses: 0, seats: 0, compared: 0, slowestMs: 0 };
  #host = 0;
  #lines = 0;

  constructor(relay: TestRelay, screen: GuestScreen, run: GateRun) {
    this.#relay = relay;
    this.#screen = screen;
    this.#run = run;
  }

  async run() {
    const rounds = this.#run.full ? ROUNDS.full : ROUNDS.reduced;
    for (let round = 0; round < rounds && this.#breaches.length === 0; round += 1) {
      for (const company of [1, 3]) await this.#outlives(company, round);
      if (round % 10 === 9) this.#run.say(`${round + 1} rounds`);
    }
    if (this.#breaches.length === 0) await this.#endsWhenOff();
    if (this.#breaches.length === 0) await this.#neverFollowsACertificate();
    return { breaches: this.#breaches, counts: { ...this.#counts } };
  }

  /** A lone seat, or several, through every scene in turn. */
  async #outlives(company: number, round: number): Promise<void> {
    const seats: CanvasSeat[] = [];
    for (let index = 0; index < company; index += 1)
      seats.push(await openCanvasSeat(this.#relay, index === 0 ? {} : { person: this.#relay.world.ada }));
    this.#counts.seats += company;
    for (const scene of SCENES) {
      if (this.#breaches.length > 0) break;
      await this.#play(scene, seats, `${scene}, ${company} at once, round ${round + 1}`);
    }
    for (const seat of seats) await leaveSeat(seat);
    const redials = seats.map(({ browser }) => browser.receipt?.redials ?? 0);
    if (this.#breaches.length === 0 && redials.some((count) => count !== SCENES.length))
      this.#breach(`receipts tell of ${redials} reconnects after ${SCENES.length}`);
  }

  async #play(scene: Scene, seats: readonly CanvasSeat[], when: string): Promise<void> {
    const [typist] = seats;
    if (typist === undefined) return;
    this.#print();
    const keysBefore = this.#keysHeard();
    const isLost = Promise.all(seats.map((seat) => this.#isLost(seat)));
    const back = this.#cause(scene);
    this.#counts.losses += 1;
    if (!(await isLost).every(Boolean)) {
      this.#breach(`${when}: a seat was ended with its tunnel`);
      await back;
      return;
    }
    typist.browser.send(encodeKeyEvent({ down: true, keysym: KEY_A }));
    await back;
    this.#print();
    const startedAt = performance.now();
    for (const [index, seat] of seats.entries())
      if (!(await this.#becomesExact(seat))) this.#breach(`${when}: seat ${index + 1} is not exact`);
    this.#counts.slowestMs = Math.max(this.#counts.slowestMs, Math.round(performance.now() - startedAt));
    if (this.#keysHeard() !== keysBefore) this.#breach(`${when}: a key of meanwhile reached the guest`);
    if (this.#relay.pool.openTunnels() !== 1)
      this.#breach(`${when}: ${this.#relay.pool.openTunnels()} tunnels instead of one`);
  }

  /** Ends the tunnel as `scene` does, and does what the worker would. Resolves when the machine can be reached again. */
  async #cause(scene: Scene): Promise<void> {
    const { pool } = this.#relay;
    if (scene === 'reboot') pool.reboot('web');
    else if (scene === 'migration') {
      this.#host = 1 - this.#host;
      pool.migrate('web', this.#host);
    } else if (scene === 'toolstack') {
      pool.evictSessions();
      pool.consoleFault({ host: this.#host }, 'refuse-tcp');
      pool.cutTunnels('web');
      await pause(AWAY_MS);
      pool.consoleFault({ host: this.#host }, null);
      await this.#relay.sealFreshSession();
    } else if (scene === 'coordinator') {
      pool.promote(1 - this.#host);
      pool.evictSessions();
      pool.cutTunnels('web');
      await pause(WORKER_MS);
      pool.promote(0);
      await this.#relay.sealFreshSession();
    } else pool.cutTunnels('web');
    await pause(WORKER_MS);
    await this.#relay.writeMachine({ host: this.#host });
  }

  /** Off is off: the seats are told so, and are not kept waiting. */
  async #endsWhenOff(): Promise<void> {
    const { pool } = this.#relay;
    const seat = await openCanvasSeat(this.#relay);
    pool.vm('web').setPowerState('Halted');
    await this.#relay.writeMachine({ powerState: 'Halted' });
    const { kind } = await seat.browser.closed;
    if (kind !== 'guestOff') this.#breach(`a machine that was shut down ended as ${kind}`);
    pool.vm('web').setPowerState('Running');
    await this.#relay.writeMachine({ host: this.#host });
  }

  async #neverFollowsACertificate(): Promise<void> {
    const { pool } = this.#relay;
    const seat = await openCanvasSeat(this.#relay);
    await pool.swapCertificate(this.#host);
    pool.cutTunnels('web');
    const { kind } = await seat.browser.closed;
    if (kind !== 'certificate') this.#breach(`another certificate ended as ${kind}`);
    if (pool.openTunnels() !== 0) this.#breach('a tunnel was opened to a host with another certificate');
  }

  /** @returns false where the seat ended instead */
  async #isLost({ browser }: CanvasSeat): Promise<boolean> {
    const before = browser.messages.length;
    try {
      await browser.until(
        () =>
          browser.messages
            .slice(before)
            .some((message) => message.type === 'state' && message.state === 'lost'),
        'a lost line',
      );
      return true;
    } catch {
      return false;
    }
  }

  async #becomesExact(seat: CanvasSeat): Promise<boolean> {
    this.#counts.compared += 1;
    const end = performance.now() + BACK_MS;
    while (!seesExactly(seat, this.#screen)) {
      if (performance.now() > end) return false;
      await pause(10);
    }
    return true;
  }

  #keysHeard(): number {
    return this.#screen.guest.inputs.keys;
  }

  #print(): void {
    this.#lines += 1;
    this.#screen.guest.screen.write(`\x1b[3${this.#lines % 8}mline ${this.#lines}\r\n`);
  }

  #breach(sentence: string): void {
    this.#breaches.push(sentence);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
