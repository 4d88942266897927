import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MAX_CUT_TEXT_BYTES,
  MAX_NAME_BYTES,
  MAX_SKIPPED_CUT_TEXT_BYTES,
  MAX_TIGHT_WIDTH,
  MAX_UPDATE_OVERPAINT,
  MAX_UPDATE_RECTANGLES,
} from './limits.ts';
import {
  encodeBell,
  encodeDesktopName,
  encodeDesktopSize,
  encodeExtendedDesktopSize,
  encodeLedState,
  encodeQemuKeyAcknowledgement,
  encodeRawUpdate,
  encodeRectangleHead,
  encodeServerCutText,
  encodeUpdateHead,
} from './messages-to-seat.ts';
import { RfbError } from './rfb-error.ts';
import { ServerStreamWalker } from './server-stream-walker.ts';
import { bytesOf, concat, cutAt, text } from './test-bytes.ts';
import type { WalkerEvent } from './walker-event.ts';

const SIZE = { width: 64, height: 48 };

function walk(bytes: Uint8Array, cuts: readonly number[] = [], tellsRectangles = true) {
  const events: WalkerEvent[] = [];
  const walker = new ServerStreamWalker({ ...SIZE, emit: (event) => events.push(event) });
  walker.tellsRectangles = tellsRectangles;
  for (const part of cutAt(bytes, cuts)) walker.push(part);
  return { events, walker };
}

function updates(events: readonly WalkerEvent[]) {
  return events.flatMap((event) =>
    event.type === 'message-end' && event.update !== null ? [event.update] : [],
  );
}

/** One rectangle in any of the encodings, its body written here by the specification, with bytes of no meaning. */
const rectangle = fc
  .record({
    kind: fc.constantFrom('raw', 'copyRect', 'rre', 'hextile', 'tight', 'cursor', 'qemuLed', 'desktopName'),
    width: fc.integer({ min: 1, max: SIZE.width }),
    height: fc.integer({ min: 1, max: SIZE.height }),
    seed: fc.array(fc.nat(255), { minLength: 24, maxLength: 24 }),
  })
  .map(({ kind, width, height, seed }) => {
    const area = { x: SIZE.width - width, y: SIZE.height - height, width, height };
    const [encoding, body] = bodies(kind, width, height, seed);
    return { kind, area, bytes: concat(encodeRectangleHead(area, encoding), body) };
  });

function bodies(kind: string, width: number, height: number, seed: readonly number[]): [number, Uint8Array] {
  switch (kind) {
    case 'raw':
      return [0, filler(width * height * 4)];
    case 'copyRect':
      return [1, filler(4)];
    case 'rre': {
      const count = Math.min(width * height, seed[0] ?? 0);
      return [2, concat(Uint8Array.of(0, 0, 0, count), filler(4 + 12 * count))];
    }
    case 'hextile':
      return [5, hextile(width, height, seed)];
    case 'tight':
      return [7, tight(width, height, seed)];
    case 'cursor':
      return [-239, filler(width * height * 4 + Math.ceil(width / 8) * height)];
    case 'qemuLed':
      return [-261, Uint8Array.of((seed[0] ?? 0) & 7)];
    default:
      return [-307, concat(Uint8Array.of(0, 0, 0, seed[0] ?? 0), text('n'.repeat(seed[0] ?? 0)))];
  }
}

function filler(length: number): Uint8Array {
  return new Uint8Array(length).fill(0xa5);
}

function hextile(width: number, height: number, seed: readonly number[]): Uint8Array {
  const tiles: Uint8Array[] = [];
  let at = 0;
  for (let y = 0; y < height; y += 16) {
    for (let x = 0; x < width; x += 16) {
      const mask = (seed[at % seed.length] ?? 0) & 31;
      const count = seed[(at + 7) % seed.length] ?? 0;
      at += 1;
      if ((mask & 1) !== 0) {
        tiles.push(Uint8Array.of(mask), filler(Math.min(16, width - x) * Math.min(16, height - y) * 4));
        continue;
      }
      const colours = ((mask & 2) === 0 ? 0 : 4) + ((mask & 4) === 0 ? 0 : 4);
      tiles.push(Uint8Array.of(mask), filler(colours));
      if ((mask & 8) !== 0) tiles.push(Uint8Array.of(count), filler(count * ((mask & 16) === 0 ? 2 : 6)));
    }
  }
  return concat(...tiles);
}

function tight(width: number, height: number, seed: readonly number[]): Uint8Array {
  const [kind = 0, stream = 0, resets = 0, colours = 0, ...rest] = seed;
  const length = ((rest[0] ?? 0) << 8) | (rest[1] ?? 0);
  const low = resets & 15;
  const packed = concat(compact(length), filler(length));
  const data = (plain: number) => (plain < 12 ? filler(plain) : packed);
  const control = (high: number) => Uint8Array.of((high << 4) | low);
  switch (kind % 5) {
    case 0:
      return concat(control(8), filler(3));
    case 1:
      return concat(control(9), packed);
    case 2:
      return concat(control(stream & 3), data(width * height * 3));
    case 3:
      return concat(control(4 | (stream & 3)), Uint8Array.of(resets & 1 ? 2 : 0), data(width * height * 3));
    default: {
      const plain = colours === 1 ? Math.ceil(width / 8) * height : width * height;
      return concat(
        control(4 | (stream & 3)),
        Uint8Array.of(1, colours),
        filler(3 * (colours + 1)),
        data(plain),
      );
    }
  }
}

function compact(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  if (length < 0x4000) return Uint8Array.of((length & 0x7f) | 0x80, length >> 7);
  return Uint8Array.of((length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14);
}

const isRectangle = (event: unknown) =>
  typeof event === 'object' && event !== null && 'type' in event && event.type === 'rectangle';

const message = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(rectangle, { maxLength: 4 }).map((rectangles) => ({ rectangles, other: null })),
  },
  { weight: 1, arbitrary: fc.constant({ rectangles: [], other: encodeBell() }) },
  {
    weight: 1,
    arbitrary: fc.nat(300).map((n) => ({ rectangles: [], other: encodeServerCutText(filler(n)) })),
  },
);

describe('ServerStreamWalker', () => {
  it('finds every message and rectangle where they were put, whole, byte by byte and cut at random', () => {
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 6 }),
        fc.array(fc.nat(20_000), { maxLength: 40 }),
        (list, cuts) => {
          const parts = list.map(({ rectangles, other }) =>
            other === null
              ? concat(encodeUpdateHead(rectangles.length), ...rectangles.map((one) => one.bytes))
              : other,
          );
          const stream = concat(...parts);
          const { events, walker } = walk(stream);
          const ends = events.flatMap((event) => (event.type === 'message-end' ? [event.end] : []));
          let at = 0;
          expect(ends).toEqual(parts.map((part) => (at += part.length)));
          expect(events.flatMap((event) => (event.type === 'rectangle' ? [event.encoding] : []))).toEqual(
            list.flatMap(({ rectangles }) => rectangles.map((one) => one.kind)),
          );
          expect(walker.atBoundary).toBe(true);
          expect(walker.offset).toBe(stream.length);
          expect(walk(stream, cuts).events).toEqual(events);
          const sums = events.filter(({ type }) => type !== 'rectangle');
          for (const some of [[], cuts]) expect(walk(stream, some, false).events).toEqual(sums);
          if (stream.length < 3_000) expect(walk(stream, Array.from(stream.keys())).events).toEqual(events);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('says where a rectangle lies and what it painted', () => {
    const { events } = walk(encodeRawUpdate({ x: 1, y: 2, width: 3, height: 4 }, filler(48)));
    expect(events).toEqual([
      { type: 'message-start', message: 'update', offset: 0 },
      {
        type: 'rectangle',
        encoding: 'raw',
        x: 1,
        y: 2,
        width: 3,
        height: 4,
        pixels: 12,
        start: 4,
        end: 64,
      },
      {
        type: 'message-end',
        message: 'update',
        start: 0,
        end: 64,
        update: { rectangles: 1, painted: [{ encoding: 'raw', rectangles: 1, pixels: 12 }] },
      },
    ]);
  });

  it('passes on what the telling rectangles tell', () => {
    const screens = [{ id: 1, x: 0, y: 0, width: 80, height: 50, flags: 0 }];
    const { events, walker } = walk(
      concat(
        encodeQemuKeyAcknowledgement(),
        encodeDesktopSize(100, 70),
        encodeExtendedDesktopSize({ width: 80, height: 50 }, screens, 2, 0),
        encodeExtendedDesktopSize({ width: 999, height: 999 }, [], 1, 1),
        encodeDesktopName('vm'),
        encodeLedState(5),
        encodeServerCutText(text('copied')),
      ),
    );
    const told = events.filter((event) => !/^(message|rectangle)/.test(event.type));
    expect(told).toEqual([
      { type: 'qemu-key' },
      { type: 'desktop-size', width: 100, height: 70, screens: [], reason: 0, status: 0 },
      { type: 'desktop-size', width: 80, height: 50, screens, reason: 2, status: 0 },
      { type: 'desktop-size', width: 80, height: 50, screens: [], reason: 1, status: 1 },
      { type: 'desktop-name', name: 'vm' },
      { type: 'led-state', state: 5 },
      { type: 'cut-text', text: text('copied'), length: 6 },
    ]);
    expect(walker.size).toEqual({ width: 80, height: 50 });
  });

  it('ends an update of unknown length at LastRect', () => {
    const one = concat(encodeRectangleHead({ x: 0, y: 0, width: 1, height: 1 }, 0), filler(4));
    const last = encodeRectangleHead({ x: 0, y: 0, width: 0, height: 0 }, -224);
    const { events, walker } = walk(concat(encodeUpdateHead(0xffff), one, one, last, encodeBell()));
    expect(updates(events)).toEqual([
      {
        rectangles: 3,
        painted: [
          { encoding: 'raw', rectangles: 2, pixels: 2 },
          { encoding: 'lastRect', rectangles: 1, pixels: 0 },
        ],
      },
    ]);
    expect(walker.atBoundary).toBe(true);
  });

  it('notes the control byte that first uses each zlib stream, unless it resets it', () => {
    const area = { x: 0, y: 0, width: 8, height: 8 };
    const one = (control: number) =>
      concat(encodeRectangleHead(area, 7), Uint8Array.of(control), compact(12), filler(12));
    const stream = concat(encodeUpdateHead(5), one(0x00), one(0x00), one(0x10), one(0x24), one(0x30));
    const body = 12 + 1 + 1 + 12;
    for (const cuts of [[], Array.from(stream.keys())]) {
      const starts = walk(stream, cuts).events.filter((event) => event.type === 'tight-stream-start');
      expect(starts).toEqual([
        { type: 'tight-stream-start', stream: 0, offset: 4 + 12 },
        { type: 'tight-stream-start', stream: 1, offset: 4 + 2 * body + 12 },
        { type: 'tight-stream-start', stream: 3, offset: 4 + 4 * body + 12 },
      ]);
    }
  });

  it('walks over a text that is too long without keeping it', () => {
    const long = encodeServerCutText(filler(MAX_CUT_TEXT_BYTES + 1));
    const told = walk(concat(long, encodeBell())).events.filter((event) => event.type === 'cut-text');
    expect(told).toEqual([{ type: 'cut-text', text: null, length: MAX_CUT_TEXT_BYTES + 1 }]);
    const tooLong = concat(
      bytesOf('03 000000'),
      bytesOf((MAX_SKIPPED_CUT_TEXT_BYTES + 1).toString(16).padStart(8, '0')),
    );
    expect(() => walk(tooLong)).toThrow(/cut-text-too-long/);
    expect(() => walk(bytesOf('03 000000 fffffff0'))).toThrow(/cut-text-too-long/);
  });

  const at = { x: 0, y: 0, width: 8, height: 8 };
  const update = (...parts: Uint8Array[]) => concat(encodeUpdateHead(1), ...parts);
  it.each([
    ['a colour map', Uint8Array.of(1), 'rfb/colour-map'],
    ['a fence', Uint8Array.of(248), 'rfb/unexpected-message'],
    ['ZRLE', update(encodeRectangleHead(at, 16)), 'rfb/unexpected-encoding'],
    ['Zlib', update(encodeRectangleHead(at, 6)), 'rfb/unexpected-encoding'],
    ['an unasked pseudo-encoding', update(encodeRectangleHead(at, -259)), 'rfb/unexpected-encoding'],
    ['a rectangle outside', update(encodeRectangleHead({ ...at, x: 57 }, 0)), 'rfb/bad-rectangle'],
    [
      'an RRE of more parts than pixels',
      update(encodeRectangleHead(at, 2), bytesOf('00000041 00000000')),
      'rfb/bad-rectangle',
    ],
    ['an unknown Hextile mask', update(encodeRectangleHead(at, 5), Uint8Array.of(32)), 'rfb/bad-rectangle'],
    ['Tight without zlib', update(encodeRectangleHead(at, 7), Uint8Array.of(0xa0)), 'rfb/bad-rectangle'],
    [
      'an unknown Tight filter',
      update(encodeRectangleHead(at, 7), Uint8Array.of(0x40, 3)),
      'rfb/bad-rectangle',
    ],
    ['a huge pointer', update(encodeRectangleHead({ ...at, width: 1025 }, -239)), 'rfb/bad-rectangle'],
    ['a huge desktop', encodeDesktopSize(8193, 1), 'rfb/desktop-too-large'],
    ['a long name', encodeDesktopName('n'.repeat(MAX_NAME_BYTES + 1)), 'rfb/name-too-long'],
  ] as const)('refuses %s, for good', (_name, bytes, code) => {
    const walker = new ServerStreamWalker({ ...SIZE, emit: () => undefined });
    expect(() => walker.push(bytes)).toThrow(expect.objectContaining({ code }));
    expect(() => walker.push(encodeBell())).toThrow(expect.objectContaining({ code }));
  });

  it('refuses a Tight rectangle wider than any viewer takes', () => {
    const walker = new ServerStreamWalker({ width: 4096, height: 8, emit: () => undefined });
    const wide = encodeRectangleHead({ x: 0, y: 0, width: MAX_TIGHT_WIDTH + 1, height: 1 }, 7);
    expect(() => walker.push(update(wide))).toThrow(/bad-rectangle/);
  });

  it('refuses an update that never ends, of nothing or of everything', () => {
    const size = { width: 2_000, height: 2_000 };
    const begin = () => {
      const walker = new ServerStreamWalker({ ...size, emit: () => undefined });
      walker.push(encodeUpdateHead(0xffff));
      return walker;
    };
    const nothing = encodeRectangleHead({ x: 0, y: 0, width: 0, height: 0 }, 0);
    // In four bytes: a copy of the whole desktop onto itself.
    const all = concat(encodeRectangleHead({ x: 0, y: 0, ...size }, 1), new Uint8Array(4));
    for (const [one, most] of [
      [nothing, MAX_UPDATE_RECTANGLES],
      [all, MAX_UPDATE_OVERPAINT],
    ] as const) {
      for (const tellsRectangles of [true, false]) {
        const walker = begin();
        walker.tellsRectangles = tellsRectangles;
        for (let n = 0; n < most; n += 1) walker.push(one);
        expect(() => walker.push(one)).toThrow(/bad-rectangle/);
      }
    }
    // Each update begins anew, and one of a small desktop may be of many pieces.
    const honest = new ServerStreamWalker({ ...size, emit: () => undefined });
    for (let n = 0; n < 3 * MAX_UPDATE_OVERPAINT; n += 1) honest.push(update(all));
    const little = new ServerStreamWalker({ ...SIZE, emit: () => undefined });
    const repaint = concat(encodeRectangleHead({ x: 0, y: 0, ...SIZE }, 1), new Uint8Array(4));
    little.push(encodeUpdateHead(1_000));
    for (let n = 0; n < 1_000; n += 1) little.push(repaint);
    expect(little.atBoundary).toBe(true);
  });

  it('never throws anything but its own errors, and never differs by cutting', () => {
    const noise = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 60 }),
        rectangle.map((one) => update(one.bytes)),
      ),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(noise, fc.array(fc.nat(3_000), { maxLength: 30 }), (parts, cuts) => {
        const stream = concat(...parts);
        const outcome = (places: readonly number[], tellsRectangles: boolean) => {
          const events: unknown[] = [];
          const walker = new ServerStreamWalker({ ...SIZE, emit: (event) => events.push(event) });
          walker.tellsRectangles = tellsRectangles;
          try {
            for (const part of cutAt(stream, places)) walker.push(part);
          } catch (error) {
            expect(error).toBeInstanceOf(RfbError);
            events.push(String(error));
          }
          return events;
        };
        const whole = outcome([], true);
        expect(outcome(cuts, true)).toEqual(whole);
        const sums = whole.filter((event) => !isRectangle(event));
        for (const places of [[], cuts]) expect(outcome(places, false)).toEqual(sums);
      }),
      { numRuns: 300 },
    );
  });
});
