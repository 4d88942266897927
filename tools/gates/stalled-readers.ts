import { createServer } from 'node:http';
import { CLOSE, LIMITS, SUBPROTOCOL } from '@porthole/relay-contract';
import { WebSocket, WebSocketServer } from 'ws';
import { Seat } from '../../apps/ws-relay/src/hub/seat.ts';
import { SeatSocket } from '../../apps/ws-relay/src/hub/seat-socket.ts';
import { ManualClock } from '../../apps/ws-relay/src/manual-clock.ts';
import { type CanvasSeat, openCanvasSeat, sameColours } from '../relay/canvas-seat.ts';
import { FloodScreen } from '../relay/flood-screen.ts';
import { RelayProcess } from '../relay/relay-process.ts';
import { TestRelay } from '../relay/test-relay.ts';
import type { Gate, GateResult, GateRun } from './gate.ts';

const MIB = 1024 * 1024;
/** Seats that stop reading: each alone at its console, and those of one console that is looked at by another, too. */
const STALLED = { reduced: { alone: 3, together: 2 }, full: { alone: 20, together: 6 } };
/** How long the host floods them, in milliseconds. */
const FLOOD_MS = { reduced: 2_500, full: 20_000 };
/**
 * By how much the relay may grow meanwhile: for each seat its queue and one update of this screen, and what a process of
 * Node takes and gives back at a flood.
 */
const GROWTH = { processBytes: 40 * MIB, seatBytes: 4 * MIB };
/** Without the bound it grows beyond that within this, on the slowest machine, in milliseconds. */
const PROOF_MS = 60_000;
/** Updates that each of the others gets while the flood lasts. */
const LEAST_UPDATES = 3;
const PATIENCE_MS = 60_000;

export const gate: Gate = {
  name: 'stalled-readers',
  promise:
    'Who stops reading costs the relay a bounded queue and the others nothing, sees the guest’s whole screen when they read again, and is closed after a minute.',
  defence: 'a console whose one seat is behind stands still until it reads',
  run: async (options) => {
    const { alone } = options.full ? STALLED.full : STALLED.reduced;
    const screen = await FloodScreen.start({ floods: false });
    const vms = ['web', 'busy', ...Array.from({ length: alone }, (_none, n) => `alone-${n}`)];
    const test = await TestRelay.start({
      withoutRelay: true,
      pool: {
        vms: vms.map((name) => ({ name, screen: { kind: 'tcp', host: '127.0.0.1', port: screen.port } })),
      },
    });
    try {
      return await new StalledReaders(test, screen, options).run();
    } finally {
      await test.stop();
      await screen.stop();
    }
  },
};

class StalledReaders {
  readonly #test: TestRelay;
  readonly #screen: FloodScreen;
  readonly #run: GateRun;
  readonly #breaches: string[] = [];
  readonly #counts = { stalled: 0, readers: 0, grownMiB: 0, updates: 0, whole: 0, cut: 0 };

  constructor(test: TestRelay, screen: FloodScreen, run: GateRun) {
    this.#test = test;
    this.#screen = screen;
    this.#run = run;
  }

  async run(): Promise<GateResult> {
    const { alone, together } = this.#run.full ? STALLED.full : STALLED.reduced;
    const relay = await RelayProcess.start(this.#test, {
      relayId: 'relay-1',
      ...(this.#run.prove ? { entry: 'tools/relay/unbounded-relay.ts' } : {}),
    });
    const stalled: CanvasSeat[] = [];
    // For the proof nobody else is served: what they cost would hold the flood back instead of the relay.
    const readers = this.#run.prove ? [] : await this.#sitTogether(stalled, together);
    for (let n = 0; n < alone; n += 1)
      stalled.push(await openCanvasSeat(this.#test, { vm: await this.#test.addMachine(`alone-${n}`) }));
    this.#counts.stalled = stalled.length;
    this.#counts.readers = readers.length;
    this.#run.say(`${stalled.length} seats stop reading`);
    for (const { browser } of stalled) browser.socket.pause();
    this.#screen.flood();
    await this.#floods(relay, stalled.length, readers);
    if (this.#run.prove) return this.#result();

    this.#screen.settle();
    for (const { browser } of stalled) browser.socket.resume();
    await this.#allWhole([...readers, ...stalled]);
    await this.#cutsAfterAMinute();
    return this.#result();
  }

  /** Two that go on reading, one of them beside some of the stalled ones. */
  async #sitTogether(stalled: CanvasSeat[], together: number): Promise<CanvasSeat[]> {
    const { mira, ada } = this.#test.world;
    const busy = await this.#test.addMachine('busy');
    const readers = [await openCanvasSeat(this.#test, { vm: busy, person: mira })];
    readers.push(await openCanvasSeat(this.#test, { person: ada }));
    for (let n = 0; n < together; n += 1)
      stalled.push(await openCanvasSeat(this.#test, { person: n % 2 === 0 ? mira : ada }));
    return readers;
  }

  /** The host goes on for its while: memory stays, and the others get their pictures. */
  async #floods(relay: RelayProcess, seats: number, readers: readonly CanvasSeat[]): Promise<void> {
    const bound = GROWTH.processBytes + seats * GROWTH.seatBytes;
    const before = await relay.residentBytes();
    const updates = readers.map(({ viewer }) => viewer.updates);
    const floodMs = this.#run.prove ? PROOF_MS : this.#run.full ? FLOOD_MS.full : FLOOD_MS.reduced;
    const end = performance.now() + floodMs;
    const hasPictures = () =>
      readers.every(({ viewer }, n) => viewer.updates >= (updates[n] ?? 0) + LEAST_UPDATES);
    let grown = 0;
    // On a machine with much else to do the others get their time to be served.
    const last = end + PATIENCE_MS;
    while (performance.now() < end || (!hasPictures() && performance.now() < last)) {
      await pause(100);
      grown = Math.max(grown, (await relay.residentBytes()) - before);
      if (grown > bound) break;
    }
    this.#counts.grownMiB = Math.round(grown / MIB);
    this.#counts.updates = readers.reduce(
      (sum, { viewer }, n) => sum + viewer.updates - (updates[n] ?? 0),
      0,
    );
    if (grown > bound)
      this.#breach(
        `the relay grew by ${this.#counts.grownMiB} MiB, and ${Math.round(bound / MIB)} are allowed`,
      );
    else if (!hasPictures()) this.#breach('who went on reading got no pictures');
  }

  async #allWhole(seats: readonly CanvasSeat[]): Promise<void> {
    const { colours, size } = this.#screen;
    const end = performance.now() + PATIENCE_MS;
    for (const [n, { viewer, browser }] of seats.entries()) {
      while (!sameColours(viewer, size, colours) && performance.now() < end) await pause(20);
      if (sameColours(viewer, size, colours)) this.#counts.whole += 1;
      else
        this.#breach(
          `seat ${n + 1} does not see the guest’s screen (${JSON.stringify(browser.messages.at(-1))})`,
        );
    }
  }

  /** A real browser that takes nothing, on a clock that is moved: a minute, and not a moment less. */
  async #cutsAfterAMinute(): Promise<void> {
    const clock = new ManualClock();
    const { seat, browser, stop } = await seatAndBrowser(clock);
    const closed = new Promise<number>((resolve) => browser.once('close', resolve));
    browser.pause();
    // More than the kernel takes for it, so that the rest waits in the relay.
    while (seat.queuedBytes <= LIMITS.queuedToBrowserBytes) {
      seat.send(Buffer.alloc(MIB));
      await pause(1);
    }
    clock.advance(LIMITS.stalledMs - 1);
    if (seat.isOver) this.#breach('who took nothing was closed too early');
    clock.advance(1);
    browser.resume();
    const code = await Promise.race([closed, pause(PATIENCE_MS)]);
    if (code === CLOSE.stalled.code) this.#counts.cut += 1;
    else this.#breach(`who took nothing for a minute was closed with ${code}`);
    stop();
  }

  #result(): GateResult {
    return { breaches: this.#breaches, counts: { ...this.#counts } };
  }

  #breach(sentence: string): void {
    this.#breaches.push(sentence);
  }
}

async function seatAndBrowser(clock: ManualClock) {
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => SUBPROTOCOL });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const seated = new Promise<Seat>((resolve) => {
    server.on('upgrade', (request, socket, head) =>
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        const times = { idleTimeoutMs: LIMITS.idleTimeoutMs, maximumTimeMs: LIMITS.maximumTimeMs };
        const init = {
          personId: 'mira',
          personName: 'Mira',
          kind: 'screen',
          rights: ['look'],
          copying: { toGuest: true, fromGuest: true },
          keyboardRule: 'free',
          times,
          askedAt: 0,
          endsAt: null,
        } as const;
        resolve(
          new Seat({ id: crypto.randomUUID(), ...init }, new SeatSocket(webSocket, socket, clock), clock),
        );
      }),
    );
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const browser = new WebSocket(`ws://127.0.0.1:${port}`, [SUBPROTOCOL]);
  const seat = await seated;
  await new Promise((resolve) => browser.once('open', resolve));
  const stop = () => {
    browser.terminate();
    server.close();
    server.closeAllConnections();
  };
  return { seat, browser, stop };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
