import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestBrowser } from '../../../tools/relay/test-browser.ts';
import { TestRelay } from '../../../tools/relay/test-relay.ts';

/** A length that divides no memory of ours, and more than all queues between host and browser hold. */
const TOTAL_BYTES = 6_000_011;
const LINE = 29;

/** Printable, and each place of it can be told from its neighbours. */
function patternAt(place: number): number {
  return 0x21 + ((place * 7 + Math.floor(place / LINE)) % 94);
}

const pattern = Buffer.from(Array.from({ length: TOTAL_BYTES }, (_, place) => patternAt(place)));

let relay: TestRelay;
let host: Server;
const lines = new Set<Socket>();

beforeAll(async () => {
  host = createServer((socket) => {
    lines.add(socket);
    socket.on('error', () => socket.destroy());
    // What is typed first is the length of a record.
    socket.once('data', (typed) => {
      const record = Number(typed.toString());
      for (let at = 0; at < TOTAL_BYTES; at += record) socket.write(pattern.subarray(at, at + record));
    });
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  const address = host.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  relay = await TestRelay.start({
    pool: { vms: [{ name: 'web', text: { kind: 'tcp', host: '127.0.0.1', port } }] },
  });
});
afterAll(async () => {
  await relay.stop();
  for (const line of lines) line.destroy();
  host.close();
});

/** Reads as somebody on a bad line does: stops after any message, for any number of turns. */
async function readWithPauses(browser: TestBrowser): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  let messages = 0;
  browser.onBytes((part) => {
    parts.push(Buffer.from(part));
    bytes += part.length;
    messages += 1;
    if (messages % 5 !== 0) return;
    browser.socket.pause();
    setTimeout(() => browser.socket.resume(), messages % 3);
  });
  await browser.until(() => bytes >= TOTAL_BYTES, 'all of the pattern', 30_000);
  return Buffer.concat(parts);
}

describe('a known pattern through the relay', () => {
  it.each([100_003, 16_384, 4_099, 257])(
    'arrives as it was said, in records of %i bytes, at a reader that pauses',
    async (record) => {
      const browser = await relay.open({ kind: 'text' });
      await browser.message('presence', ({ seats }) => seats.some(({ holdsKeyboard }) => holdsKeyboard));
      await browser.message('state', ({ state }) => state === 'open');
      browser.send(Buffer.from(String(record)));
      const read = await readWithPauses(browser);
      expect(read.length).toBe(TOTAL_BYTES);
      expect(read.equals(pattern)).toBe(true);
      browser.control({ type: 'leave' });
      await browser.closed;
      // Where nobody sits a text console would go on.
      for (const line of lines) line.destroy();
      await expect.poll(() => relay.pool.openTunnels()).toBe(0);
    },
    60_000,
  );
});
