import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { missingForQemu, type QemuGuest, startQemuGuest } from '@porthole/fake-xenserver';
import { encodeKeyEvent } from '@porthole/rfb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CanvasSeat, leaveSeat, openCanvasSeat } from '../../../tools/relay/canvas-seat.ts';
import { TestRelay } from '../../../tools/relay/test-relay.ts';

const BOOT_MS = 120_000;
const workDir = mkdtempSync(path.join(tmpdir(), 'porthole-seats-'));
let guest: QemuGuest | undefined;
let relay: TestRelay | undefined;

beforeAll(async () => {
  expect(missingForQemu(), 'what a QEMU guest needs and this machine lacks').toEqual([]);
  guest = await startQemuGuest({ workDir, hostname: 'web' });
  const screen = { kind: 'tcp', host: guest.vncHost, port: guest.vncPort } as const;
  relay = await TestRelay.start({ pool: { vms: [{ name: 'web', screen }] } });
}, BOOT_MS);
afterAll(async () => {
  await relay?.stop();
  await guest?.stop();
  rmSync(workDir, { recursive: true });
});

/** The guest's own screendump: a PPM of 24 bits a pixel. */
async function screendump(): Promise<{ width: number; height: number; colours: Uint32Array }> {
  const filename = path.join(workDir, 'screen.ppm');
  await guest?.qmp('screendump', { filename });
  const file = readFileSync(filename);
  const head = /^P6\s(\d+)\s(\d+)\s255\s/.exec(file.subarray(0, 64).toString('latin1'));
  const [width = 0, height = 0] = (head ?? []).slice(1).map(Number);
  const pixels = file.subarray(head?.[0].length ?? 0);
  const colours = Uint32Array.from({ length: width * height }, (_none, at) => pixels.readUIntLE(at * 3, 3));
  return { width, height, colours };
}

/** Until every seat sees what the guest shows at that moment; its text cursor blinks meanwhile. */
async function allExact(seats: readonly CanvasSeat[]): Promise<void> {
  await expect
    .poll(
      async () => {
        const { width, height, colours } = await screendump();
        return seats.map(
          ({ viewer: { canvas } }) =>
            canvas.size.width === width &&
            canvas.size.height === height &&
            Buffer.from(canvas.colours.buffer).equals(Buffer.from(colours.buffer)),
        );
      },
      { timeout: 15_000, interval: 60 },
    )
    .toEqual(seats.map(() => true));
}

function type({ browser }: CanvasSeat, text: string): void {
  for (const character of text) {
    const keysym = character === '\n' ? 0xff0d : character.charCodeAt(0);
    browser.send(encodeKeyEvent({ down: true, keysym }));
    browser.send(encodeKeyEvent({ down: false, keysym }));
  }
}

describe('several seats at a real guest', () => {
  it('all see its own screendump to the pixel, the first having had Tight', async () => {
    if (relay === undefined) throw new Error('no relay');
    const first = await openCanvasSeat(relay);
    type(first, 'ls /\n');
    await allExact([first]);
    const startedAt = performance.now();
    const late = await openCanvasSeat(relay, { person: relay.world.ada });
    await late.browser.message('step', ({ step }) => step === 'picture');
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    await allExact([first, late]);
    type(first, 'cat /proc/cpuinfo\n');
    await allExact([first, late]);
    await leaveSeat(first);
    const last = await openCanvasSeat(relay);
    await allExact([late, last]);
    await leaveSeat(late);
    await leaveSeat(last);
    expect(first.browser.receipt?.rectangles).toMatchObject({ tight: expect.any(Number) });
    await expect.poll(() => relay?.pool.openTunnels()).toBe(0);
  }, 60_000);

  it('are kept, each with its own viewer, when the tunnel ends under them in the middle of output', async () => {
    if (relay === undefined) throw new Error('no relay');
    const alone = await openCanvasSeat(relay);
    for (const round of [1, 2, 3, 4]) {
      type(alone, `cat /proc/cpuinfo /proc/meminfo; ls -l /bin; echo round ${round}\n`);
      await new Promise((resolve) => setTimeout(resolve, 60 * round));
      relay.pool.cutTunnels('web');
      await alone.browser.until(() => redials(alone) >= round, `redial ${round}`);
      await allExact([alone]);
    }
    await leaveSeat(alone);
    expect(alone.browser.receipt).toMatchObject({ redials: 4 });
  }, 60_000);
});

/** How often the line was there again after it was lost. */
function redials({ browser }: CanvasSeat): number {
  const states = browser.messages.flatMap((message) => (message.type === 'state' ? [message.state] : []));
  return states.filter((state, index) => state === 'open' && states[index - 1] === 'lost').length;
}
