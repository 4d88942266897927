import {
  ENCODING,
  encodeBell,
  encodeDesktopName,
  encodeKeyEvent,
  encodeLedState,
  encodeRawUpdate,
  encodeServerCutText,
  encodeSingleUpdate,
} from '@porthole/rfb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOVNC_ENCODINGS } from '../../../../tools/relay/canvas-viewer.ts';
import { type Guest, Room } from '../../../../tools/relay/screen-room.ts';
import { MAX_FULL_REQUESTS_PER_SECOND } from './full-requests.ts';

const STALLED_BYTES = 4 * 1024 * 1024;

function expectSame(room: Room): void {
  for (const view of room.views) expect(view).toEqual(room.shown);
}

const noise = (seed: number) => (x: number, y: number) =>
  Math.imul(x * 31 + y * 7_919 + seed, 0x9e3779b1) >>> 8;

async function twoSeats(): Promise<{ room: Room; first: Guest; second: Guest }> {
  const room = new Room();
  room.host.greet();
  const first = await room.comes();
  room.host.paint({ x: 0, y: 0, width: 40, height: 30 }, noise(1));
  await room.settle();
  const second = await room.comes();
  await room.settle();
  return { room, first, second };
}

describe('a screen with several seats', () => {
  it('gives a late joiner the exact picture, whatever the first seat had, and asks without memory from then on', async () => {
    const { room } = await twoSeats();
    expectSame(room);
    expect(room.host.encodings.slice(0, 4)).toEqual([1, 5, 2, 0]);
    expect(room.host.encodings).not.toContain(ENCODING.tight);
    expect(room.heard).toEqual(['picture', 'picture']);
  });

  it('serves two who were there before the host greeted', async () => {
    const room = new Room();
    await room.comes();
    await room.comes([ENCODING.hextile, ENCODING.raw, ENCODING.desktopSize]);
    room.host.paint({ x: 3, y: 3, width: 20, height: 20 }, noise(2));
    room.host.greet();
    await room.settle();
    expectSame(room);
  });

  it('stays exact as it changes, copies and resizes, with seats coming and going at random', async () => {
    const step = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({
          do: fc.constant('paint' as const),
          seed: fc.nat(10_000),
          colours: fc.constantFrom(1, 2, 9, 9_000),
        }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('copy' as const), seed: fc.nat(10_000) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('resize' as const), seed: fc.nat(60) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('come' as const), tight: fc.boolean() }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('go' as const), seed: fc.nat(9) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('answer' as const) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
        const room = new Room();
        room.host.greet();
        await room.comes();
        for (const one of steps) {
          const { host } = room;
          const part = (seed: number) => {
            const x = seed % host.width;
            const y = (seed * 7) % host.height;
            return { x, y, width: 1 + (seed % (host.width - x)), height: 1 + (seed % (host.height - y)) };
          };
          if (one.do === 'paint') {
            const colour = noise(one.seed);
            host.paint(part(one.seed), (x, y) => Math.imul((colour(x, y) % one.colours) + 1, 0x10305));
          } else if (one.do === 'copy') {
            const to = part(one.seed);
            host.copy(
              to,
              (one.seed * 3) % (host.width - to.width + 1),
              (one.seed * 5) % (host.height - to.height + 1),
            );
          } else if (one.do === 'resize') host.resize(20 + one.seed, 80 - one.seed);
          else if (one.do === 'come')
            await room.comes(one.tight ? NOVNC_ENCODINGS : [ENCODING.raw, ENCODING.desktopSize]);
          else if (one.do === 'go') {
            const guest = room.guests[one.seed % room.guests.length];
            if (guest !== undefined && room.guests.length > 1) room.goes(guest);
          } else if (one.do === 'answer') host.answer();
          else await room.settle();
        }
        await room.settle();
        expectSame(room);
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  it('follows a host that says the same size again with another picture', async () => {
    const { room } = await twoSeats();
    const { width, height } = room.host;
    room.host.resize(width, height);
    await room.settle();
    expectSame(room);
  });

  it('gives whole pictures to who asks without end a few times a second, and the last one all the same', async () => {
    const { room, second } = await twoSeats();
    room.clock.advance(5_000);
    const before = room.sentTo;
    second.viewer.ask(false);
    await room.settle();
    const one = room.sentTo - before;
    for (let request = 0; request < 50; request += 1) {
      second.viewer.ask(false);
      await room.settle();
    }
    expect(room.sentTo - before).toBeLessThanOrEqual(MAX_FULL_REQUESTS_PER_SECOND * one);
    const soFar = room.sentTo;
    room.clock.advance(1_000);
    await room.settle();
    expect(room.sentTo - soFar).toBeGreaterThanOrEqual(one);
    room.host.paint({ x: 3, y: 3, width: 20, height: 20 }, noise(2));
    await room.settle();
    expectSame(room);
  });

  it('serves its seats while the host never stands between two messages', async () => {
    const { room, first, second } = await twoSeats();
    const before = [first, second].map(({ viewer }) => viewer.updates);
    const picture = Buffer.from(
      encodeRawUpdate({ x: 0, y: 0, width: 40, height: 30 }, Buffer.alloc(4_800, 0x5a)),
    );
    // Each piece ends one message and begins the next.
    room.line.fromHost(picture.subarray(0, 9));
    for (let n = 0; n < 20; n += 1) {
      room.line.fromHost(Buffer.concat([picture.subarray(9), picture.subarray(0, 9)]));
      await room.settle();
    }
    for (const [n, { viewer }] of [first, second].entries())
      expect(viewer.updates).toBeGreaterThan((before[n] ?? 0) + 5);
  });

  it('keeps to what each seat understands and may have', async () => {
    const { room, first } = await twoSeats();
    const plain = await room.comes([ENCODING.raw], ['look', 'type']);
    await room.settle();
    expectSame(room);
    const cursor = encodeSingleUpdate(
      { x: 1, y: 1, width: 8, height: 2 },
      ENCODING.cursor,
      new Uint8Array(66),
    );
    for (const told of [
      encodeBell(),
      encodeServerCutText(Buffer.from('guest text')),
      encodeDesktopName('web-2'),
      encodeLedState(5),
      cursor,
    ])
      room.line.fromHost(told);
    await room.settle();
    const types = ({ viewer }: Guest) => new Set(viewer.events.map(({ type }) => type));
    expect(types(first)).toEqual(
      new Set(['message-start', 'message-end', 'cut-text', 'desktop-name', 'led-state', 'cursor']),
    );
    expect(types(plain)).toEqual(new Set(['message-start', 'message-end']));
    expect(
      plain.viewer.events.some((event) => event.type === 'message-end' && event.message === 'bell'),
    ).toBe(true);
    const late = await room.comes();
    await room.settle();
    expect([...types(late)]).toEqual(expect.arrayContaining(['desktop-name', 'led-state', 'cursor']));
    expectSame(room);
  });

  it('keeps the guest’s clipboard from those whose organisation forbids it, and tells the others', async () => {
    const { room, first, second } = await twoSeats();
    const { seat } = first.recording;
    seat.setRights(seat.rights, { toGuest: true, fromGuest: false });
    room.line.fromHost(encodeServerCutText(Buffer.from('guest text')));
    await room.settle();
    const hears = ({ viewer }: Guest) => viewer.events.some(({ type }) => type === 'cut-text');
    expect([hears(first), hears(second)]).toEqual([false, true]);
  });

  it('lets a seat go that cannot follow to a new size, and no other', async () => {
    const { room } = await twoSeats();
    await room.comes([ENCODING.tight, ENCODING.raw]);
    await room.settle();
    room.guests.pop();
    room.host.resize(50, 20);
    await room.settle();
    expectSame(room);
    expect(room.heard.at(-1)).toContain('rfb/bad-message');
  });

  it('does not let a stalled seat slow the others, keeps little for it, and brings it back whole', async () => {
    const { room, first, second } = await twoSeats();
    const lone = second.viewer.updates;
    first.recording.queuedBytes = STALLED_BYTES;
    for (let n = 0; n < 60; n += 1) {
      room.host.paint({ x: 0, y: 0, width: 40, height: 30 }, noise(n));
      await room.settle();
    }
    expect(second.viewer.updates).toBeGreaterThan(lone + 50);
    expect(second.viewer.canvas.colours).toEqual(room.host.colours);
    expect(first.recording.taken().length).toBeLessThan(64 * 1024);
    first.recording.queuedBytes = 0;
    room.line.seatDrained(first.recording.seat);
    await room.settle();
    expectSame(room);
  });

  it('sends nothing unasked: one update for each request', async () => {
    const { room, second } = await twoSeats();
    second.viewer.asks = false;
    const { updates } = second.viewer;
    for (let n = 0; n < 5; n += 1) {
      room.host.paint({ x: n, y: n, width: 4, height: 4 }, noise(n));
      await room.settle();
    }
    // One was asked for before; the rest waits and comes as one.
    expect(second.viewer.updates).toBe(updates + 1);
    second.viewer.ask();
    await room.settle();
    expect(second.viewer.updates).toBe(updates + 2);
    expect(second.viewer.canvas.colours).toEqual(room.host.colours);
  });

  it('lets nobody type but who holds the keyboard, and lets go what was held', async () => {
    const { room, first, second } = await twoSeats();
    second.recording.seat.holdKeyboard(false);
    const keys = () => room.host.heard.flatMap((message) => (message.type === 'key' ? [message.down] : []));
    room.line.fromSeat(second.recording.seat, encodeKeyEvent({ down: true, keysym: 0xffe3 }));
    expect(keys()).toEqual([]);
    room.line.fromSeat(first.recording.seat, encodeKeyEvent({ down: true, keysym: 0xffe3 }));
    room.line.letGo();
    room.line.letGo();
    expect(keys()).toEqual([true, false]);
    expect(second.recording.seat.receipt.snapshot()).toMatchObject({ inputEvents: 0, inputDropped: 1 });
  });

  it('counts its pictures against the relay’s bound and gives the memory back', async () => {
    const { room } = await twoSeats();
    expect(room.budget.taken).toBe(40 * 30 * 4);
    room.host.resize(100, 100);
    await room.settle();
    expect(room.budget.taken).toBe(100 * 100 * 4);
    room.host.resize(1_000, 1_000);
    await room.settle();
    expect(room.heard.at(-1)).toBe('no room');
    room.line.close();
    expect(room.budget.taken).toBe(0);
  });
});
