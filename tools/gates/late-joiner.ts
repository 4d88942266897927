import { ENCODING, Framebuffer } from '@porthole/rfb';
import { type CanvasSeat, leaveSeat, openCanvasSeat, seesExactly } from '../relay/canvas-seat.ts';
import { GuestScreen } from '../relay/guest-screen.ts';
import { TestRelay } from '../relay/test-relay.ts';
import type { Gate, GateRun } from './gate.ts';

const JOINS = { reduced: 12, full: 400 };
/** Most that look at once. */
const MOST_SEATS = 5;
/** A late joiner has a correct picture within this, in milliseconds. */
const FIRST_PICTURE_MS = 1_000;
/** From the guest to the hub: a hub that shows its picture too early is seen to. */
const LINE_MS = 30;
const SETTLE_MS = 5_000;
const SIZES = [
  [80, 25],
  [100, 37],
  [40, 12],
] as const;
/** A viewer that knows nothing of Tight is served as well. */
const PLAIN = [ENCODING.raw, ENCODING.desktopSize] as const;

export const gate: Gate = {
  name: 'late-joiner',
  promise:
    'Whoever comes late sees the guest’s screen to the pixel within a second, and so does everybody else, through output, resizes, and people coming and going, over one tunnel.',
  defence: 'nobody is shown the hub’s picture before all of it is known',
  run: async (options) => {
    const screen = await GuestScreen.start({ delayMs: LINE_MS });
    const relay = await TestRelay.start({
      pool: {
        limitConsoleSessions: true,
        vms: [{ name: 'web', screen: { kind: 'tcp', host: '127.0.0.1', port: screen.port } }],
      },
    });
    const restore = options.prove ? believeEveryPicture() : () => undefined;
    try {
      return await new LateJoiners(relay, screen, options).run(options.full ? JOINS.full : JOINS.reduced);
    } finally {
      restore();
      await relay.stop();
      await screen.stop();
    }
  },
};

/** What a careless hub would do: serve from its picture as soon as it has one. */
function believeEveryPicture(): () => void {
  const honest = Object.getOwnPropertyDescriptor(Framebuffer.prototype, 'complete') ?? {};
  Object.defineProperty(Framebuffer.prototype, 'complete', { configurable: true, get: () => true });
  return () => Object.defineProperty(Framebuffer.prototype, 'complete', honest);
}

class LateJoiners {
  readonly #relay: TestRelay;
  readonly #screen: GuestScreen;
  readonly #run: GateRun;
  readonly #breaches: string[] = [];
  readonly #counts = { joins: 0, hubs: 0, resizes: 0, compared: 0, slowestMs: 0 };
  #seats: CanvasSeat[] = [];

  constructor(relay: TestRelay, screen: GuestScreen, run: GateRun) {
    this.#relay = relay;
    this.#screen = screen;
    this.#run = run;
  }

  async run(joins: number) {
    for (let n = 0; n < joins && this.#breaches.length === 0; n += 1) {
      this.#print(n);
      await this.#join(n);
      this.#print(n + joins);
      if (n % 4 === 3) this.#resize(n);
      await this.#allExact(`after join ${n + 1}`);
      while (this.#seats.length >= MOST_SEATS) await this.#leave(n);
      // Now and then everybody leaves, and the next one begins a tunnel of its own.
      if (n % 9 === 8) while (this.#seats.length > 0) await this.#leave(n);
      if (n % 50 === 49) this.#run.say(`${n + 1} joins`);
    }
    for (const seat of this.#seats) await leaveSeat(seat);
    return { breaches: this.#breaches, counts: { ...this.#counts } };
  }

  async #join(n: number): Promise<void> {
    const person = n % 2 === 0 ? this.#relay.world.mira : this.#relay.world.ada;
    if (this.#seats.length === 0) this.#counts.hubs += 1;
    else await this.#allExact(`before join ${n + 1}`);
    const startedAt = performance.now();
    const seat = await openCanvasSeat(this.#relay, { person }, n % 5 === 4 ? PLAIN : undefined);
    await seat.browser.message('step', ({ step }) => step === 'picture');
    const ms = performance.now() - startedAt;
    // The guest stands still while somebody joins: the very first picture must be right.
    if (!seesExactly(seat, this.#screen)) await this.#exactSince(seat, n);
    this.#seats.push(seat);
    this.#counts.joins += 1;
    if (this.#seats.length > 1) {
      this.#counts.slowestMs = Math.max(this.#counts.slowestMs, Math.round(ms));
      if (ms > FIRST_PICTURE_MS) this.#breach(`join ${n + 1} had no picture for ${Math.round(ms)} ms`);
    }
    const tunnels = this.#relay.pool.openTunnels();
    if (tunnels !== 1) this.#breach(`${this.#seats.length} seats have ${tunnels} tunnels`);
  }

  /** A seat that is alone gets what the host sends, in as many updates as the host likes. */
  async #exactSince(seat: CanvasSeat, n: number): Promise<void> {
    if (this.#seats.length > 0) this.#breach(`the first picture of join ${n + 1} is not the guest’s`);
    else if (!(await this.#becomesExact(seat))) this.#breach(`the first seat never saw the guest’s screen`);
  }

  async #allExact(when: string): Promise<void> {
    for (const [index, seat] of this.#seats.entries()) {
      this.#counts.compared += 1;
      if (!(await this.#becomesExact(seat))) this.#breach(`${when}, seat ${index + 1} is not exact`);
    }
  }

  async #becomesExact(seat: CanvasSeat): Promise<boolean> {
    const end = performance.now() + SETTLE_MS;
    while (!seesExactly(seat, this.#screen)) {
      if (performance.now() > end) return false;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return true;
  }

  async #leave(n: number): Promise<void> {
    const [seat] = this.#seats.splice(n % this.#seats.length, 1);
    if (seat !== undefined) await leaveSeat(seat);
  }

  #print(n: number): void {
    const text = `\x1b[3${n % 8}mline ${n} ${'=#*'.charAt(n % 3).repeat((n * 37) % 300)}\r\n`;
    this.#screen.guest.screen.write(n % 7 === 0 ? `\x1b[2J\x1b[H${text}` : text);
  }

  #resize(n: number): void {
    const [columns, rows] = SIZES[(n >> 2) % SIZES.length] ?? SIZES[0];
    this.#screen.guest.screen.resize(columns, rows);
    this.#counts.resizes += 1;
  }

  #breach(sentence: string): void {
    this.#breaches.push(sentence);
  }
}
