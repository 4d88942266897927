import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { missingForQemu, startQemuGuest } from '@porthole/fake-xenserver';
import { encodeKeyEvent } from '@porthole/rfb';
import { type CanvasSeat, leaveSeat, openCanvasSeat } from '../../tools/relay/canvas-seat.ts';
import { TestRelay } from '../../tools/relay/test-relay.ts';
import { type Bench, type BenchResult, type BenchRun, median } from '../bench.ts';

const ROUNDS = 5;
/** Whole screens of text, as somebody reads them one after the other. */
const SCREENS = 12;
const MOST_RATIO = 1.5;
/** Nothing came for so long, in milliseconds: the screen stands. Longer than the guest's cursor is dark. */
const STILL_MS = 350;
const ENTER = 0xff0d;

export const bench: Bench = {
  name: 'shared-bytes',
  question:
    'what a seat in company costs its line, beside a lone viewer of the same screen in the host’s own Tight',
  bound: `at most ${MOST_RATIO} times the bytes`,
  sabotage: 'the seats in company know no Tight',
  run,
};

async function run({ prove, say }: BenchRun): Promise<BenchResult> {
  const missing = missingForQemu();
  if (missing.length > 0) throw new Error(`a real guest needs ${missing.join(', ')}`);
  const workDir = mkdtempSync(path.join(tmpdir(), 'porthole-shared-bytes-'));
  const guest = await startQemuGuest({ workDir, hostname: 'web' });
  const relay = await TestRelay.start({
    pool: { vms: [{ name: 'web', screen: { kind: 'tcp', host: guest.vncHost, port: guest.vncPort } }] },
  });
  try {
    const lone: number[] = [];
    const shared: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      lone.push(await bytesOf(await sit(relay, 1)));
      shared.push(await bytesOf(await sit(relay, 4, prove ? [0, 5, 1, -223] : undefined)));
      say(`round ${round + 1}: ${lone.at(-1)} bytes alone, ${shared.at(-1)} in company`);
    }
    const ratio = median(shared.map((bytes, round) => bytes / (lone[round] ?? Number.NaN)));
    return {
      figures: {
        lone: { value: median(lone), unit: `bytes for ${SCREENS} screens` },
        shared: { value: median(shared), unit: `bytes for ${SCREENS} screens` },
        ratio: { value: ratio, unit: 'times' },
      },
      holds: ratio <= MOST_RATIO,
    };
  } finally {
    await relay.stop();
    await guest.stop();
    rmSync(workDir, { recursive: true });
  }
}

async function sit(relay: TestRelay, count: number, encodings?: readonly number[]): Promise<CanvasSeat[]> {
  const seats: CanvasSeat[] = [];
  for (let index = 0; index < count; index += 1)
    seats.push(await openCanvasSeat(relay, index === 0 ? {} : { person: relay.world.ada }, encodings));
  return seats;
}

/** What the last of the seats was sent while screens of text went by; the first one types. */
async function bytesOf(seats: readonly CanvasSeat[]): Promise<number> {
  const [typist] = seats;
  const watched = seats.at(-1);
  if (typist === undefined || watched === undefined) throw new Error('nobody sits here');
  // The cursor's blinking would cost the slower of the two more.
  await command(typist, watched, "clear; printf '\\033[?25l'");
  const before = watched.browser.total;
  for (let screen = 0; screen < SCREENS; screen += 1)
    await command(
      typist,
      watched,
      screen % 2 === 0 ? 'clear; head -n 24 /proc/cpuinfo' : 'clear; ls -l /bin | head -n 24',
    );
  const bytes = watched.browser.total - before;
  for (const seat of seats) await leaveSeat(seat);
  return bytes;
}

async function command({ browser }: CanvasSeat, watched: CanvasSeat, line: string): Promise<void> {
  for (const keysym of [...[...line].map((letter) => letter.charCodeAt(0)), ENTER]) {
    browser.send(encodeKeyEvent({ down: true, keysym }));
    browser.send(encodeKeyEvent({ down: false, keysym }));
  }
  let total = -1;
  while (total !== watched.browser.total) {
    total = watched.browser.total;
    await new Promise((resolve) => setTimeout(resolve, STILL_MS));
  }
}
