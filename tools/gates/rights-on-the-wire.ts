import {
  encodeClientCutText,
  encodeKeyEvent,
  encodePointerEvent,
  encodeQemuKey,
  encodeSetDesktopSize,
} from '@porthole/rfb';
import { Seat } from '../../apps/ws-relay/src/hub/seat.ts';
import { leaveSeat, openCanvasSeat } from '../relay/canvas-seat.ts';
import { GuestScreen } from '../relay/guest-screen.ts';
import type { TestBrowser } from '../relay/test-browser.ts';
import { type TestAsk, TestRelay } from '../relay/test-relay.ts';
import type { Gate, GateResult, GateRun } from './gate.ts';

const ROUNDS = { reduced: 6, full: 300 };
/** Messages that one seat sends in a round; cut anywhere, they stay within the limits of a lawful viewer. */
const MESSAGES = 60;

/** Everything that could move something in a guest, disguised as nothing at all. */
const INPUT: readonly Uint8Array[] = [
  encodeKeyEvent({ down: true, keysym: 0x61 }),
  encodeKeyEvent({ down: false, keysym: 0x61 }),
  encodePointerEvent({ buttons: 7, x: 5, y: 5 }),
  encodeClientCutText(Buffer.from('rm -rf /\n')),
  encodeQemuKey({ down: true, keysym: 0x61, keycode: 30 }),
  encodeSetDesktopSize({ width: 800, height: 600, screens: [] }),
];
/** What a viewer was never offered: each closes its seat. */
const FOREIGN: Readonly<Record<string, Uint8Array>> = {
  'a XenSource scan code': Uint8Array.of(254, 1, 0, 0, 0, 0, 0, 30),
  'a power key': Uint8Array.of(250, 0, 1, 4),
  'a gii event': Uint8Array.of(253, 0, 0, 0),
  audio: Uint8Array.of(255, 1, 0, 0),
  'an unknown type': Uint8Array.of(99, 1, 2, 3),
};

export const gate: Gate = {
  name: 'rights-on-the-wire',
  promise:
    'Without the right to type, and the keyboard, nothing that a browser sends reaches the guest, in whatever pieces and order; what nobody offered closes the seat.',
  defence: 'the one question before any input goes to the host',
  run: async (options) => {
    const screen = await GuestScreen.start();
    const relay = await TestRelay.start({
      pool: { vms: [{ name: 'web', screen: { kind: 'tcp', host: '127.0.0.1', port: screen.port } }] },
    });
    const restore = options.prove ? letEverybodyType() : () => undefined;
    try {
      return await attack(relay, screen, options);
    } finally {
      restore();
      await relay.stop();
      await screen.stop();
    }
  },
};

function letEverybodyType(): () => void {
  const honest = Object.getOwnPropertyDescriptor(Seat.prototype, 'mayType') ?? {};
  Object.defineProperty(Seat.prototype, 'mayType', { configurable: true, get: () => true });
  return () => Object.defineProperty(Seat.prototype, 'mayType', honest);
}

async function attack(relay: TestRelay, screen: GuestScreen, { full, say }: GateRun): Promise<GateResult> {
  const breaches: string[] = [];
  const counts = { rounds: 0, messages: 0, dropped: 0, closed: 0 };
  const { mira, ada } = relay.world;
  const inputs = () => Object.values(screen.guest.inputs).reduce((sum, count) => sum + count, 0);
  const holder = await openCanvasSeat(relay);
  const rounds = full ? ROUNDS.full : ROUNDS.reduced;
  for (let round = 0; round < rounds && breaches.length === 0; round += 1) {
    const before = inputs();
    const watchers: [string, TestAsk][] = [
      ['who may only look', { person: ada, mode: 'look' }],
      ['who does not hold the keyboard', { person: round % 2 === 0 ? mira : ada }],
    ];
    for (const [who, ask] of watchers) {
      const seat = await openCanvasSeat(relay, ask);
      const sent = sendInPieces(seat.browser, round);
      await judged(seat.browser, round);
      await leaveSeat(seat);
      const dropped = seat.browser.receipt?.inputDropped ?? 0;
      counts.messages += sent;
      counts.dropped += dropped;
      if (dropped !== sent) breaches.push(`of ${sent} messages of ${who}, ${dropped} were dropped`);
    }
    breaches.push(...(await typeText(relay, round)));
    if (inputs() !== before) breaches.push(`the guest heard ${inputs() - before} inputs of who may not type`);
    counts.rounds += 1;
    if (round % 50 === 49) say(`${round + 1} rounds`);
  }
  for (const [what, bytes] of Object.entries(FOREIGN)) {
    const seat = await openCanvasSeat(relay, { person: ada });
    seat.browser.send(bytes);
    const { kind } = await seat.browser.closed;
    if (kind !== 'badMessage') breaches.push(`${what} closed the seat as ${kind}`);
    counts.closed += 1;
  }
  const before = screen.guest.inputs.keys;
  holder.browser.send(encodeKeyEvent({ down: true, keysym: 0x61 }));
  await judged(holder.browser, -1);
  await leaveSeat(holder);
  await arrived(() => screen.guest.inputs.keys > before);
  if (screen.guest.inputs.keys === before) breaches.push('nor could who holds the keyboard type');
  return { breaches, counts };
}

/** All at once, byte by byte, or in pieces of every size. @returns how many messages */
function sendInPieces(browser: TestBrowser, round: number): number {
  const messages = Array.from(
    { length: MESSAGES },
    (_none, n) => INPUT[(n * (round + 1) + n) % INPUT.length],
  );
  const bytes = Buffer.concat(messages.filter((message) => message !== undefined));
  const piece = [bytes.length, 1, 7, 13, 64][round % 5] ?? 1;
  for (let at = 0; at < bytes.length; at += piece) browser.send(bytes.subarray(at, at + piece));
  return messages.length;
}

/** A text console has no messages to drop: every byte is input. */
async function typeText(relay: TestRelay, round: number): Promise<string[]> {
  const typed = relay.pool.vm('web').typedBytes();
  const browser = await relay.open({ kind: 'text', mode: 'look' });
  await browser.message('state', ({ state }) => state === 'open');
  browser.send(Buffer.from('uname\r'));
  await judged(browser, round);
  browser.control({ type: 'leave' });
  await browser.closed;
  return relay.pool.vm('web').typedBytes() === typed ? [] : ['who may only look typed into a text console'];
}

/** When this is answered, all that was sent before it has been judged. */
async function judged(browser: TestBrowser, round: number): Promise<void> {
  browser.control({ type: 'ping', id: round + 1 });
  await browser.message('pong', ({ id }) => id === round + 1);
}

async function arrived(holds: () => boolean): Promise<void> {
  for (let n = 0; n < 200 && !holds(); n += 1) await new Promise((resolve) => setTimeout(resolve, 10));
}
