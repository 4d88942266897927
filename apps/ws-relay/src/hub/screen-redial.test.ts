import { constants, createDeflate, type Deflate } from 'node:zlib';
import {
  ENCODING,
  encodeKeyEvent,
  encodeRectangleHead,
  encodeServerInit,
  encodeUpdateHead,
} from '@porthole/rfb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOVNC_ENCODINGS } from '../../../../tools/relay/canvas-viewer.ts';
import { Room } from '../../../../tools/relay/screen-room.ts';
import { ScreenHost } from './screen-host.ts';

const PLAIN = [ENCODING.raw, ENCODING.desktopSize] as const;
const noise = (seed: number) => (x: number, y: number) =>
  Math.imul(x * 31 + y * 7_919 + seed, 0x9e3779b1) >>> 8;

/** A host whose Tight goes on over one zlib stream from its first rectangle, as QEMU's does. */
class TightHost {
  readonly #zlib: Deflate = createDeflate();

  /** An update of one rectangle of 24-bit colours, given row by row. */
  async update(width: number, height: number, colour: (x: number, y: number) => number): Promise<Uint8Array> {
    const pixels = Buffer.alloc(width * height * 3);
    for (let index = 0; index < width * height; index += 1) {
      const value = colour(index % width, Math.floor(index / width));
      pixels.writeUIntLE(value & 0xffffff, index * 3, 3);
    }
    const packed = await this.#deflate(pixels);
    const length = Buffer.of(
      (packed.length & 0x7f) | 0x80,
      ((packed.length >> 7) & 0x7f) | 0x80,
      packed.length >> 14,
    );
    const head = encodeRectangleHead({ x: 0, y: 0, width, height }, ENCODING.tight);
    return Buffer.concat([encodeUpdateHead(1), head, Buffer.of(0), length, packed]);
  }

  #deflate(bytes: Uint8Array): Promise<Buffer> {
    return new Promise((resolve) => {
      const parts: Buffer[] = [];
      const take = (part: Buffer) => parts.push(part);
      this.#zlib.on('data', take);
      this.#zlib.write(bytes);
      this.#zlib.flush(constants.Z_SYNC_FLUSH, () => {
        this.#zlib.off('data', take);
        resolve(Buffer.concat(parts));
      });
    });
  }
}

describe('a screen whose host ends and comes back', () => {
  it('stays exact for all seats, wherever the host broke off and whatever size it comes back with', async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('paint' as const), seed: fc.nat(10_000) }) },
      {
        weight: 3,
        arbitrary: fc.record({
          do: fc.constant('break' as const),
          after: fc.nat(6_000),
          width: fc.constantFrom(40, 40, 24, 64),
          height: fc.constantFrom(30, 30, 18),
          awayFor: fc.constantFrom('nothing', 'come', 'go'),
        }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('come' as const), tight: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('go' as const), seed: fc.nat(9) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 4, maxLength: 20 }),
        fc.boolean(),
        async (steps, tight) => {
          const room = new Room();
          room.host.greet();
          await room.comes(tight ? NOVNC_ENCODINGS : PLAIN);
          const go = (seed: number) => {
            const guest = room.guests[seed % room.guests.length];
            if (guest !== undefined && room.guests.length > 1) room.goes(guest);
          };
          for (const one of steps) {
            if (one.do === 'paint') {
              const { width, height } = room.host;
              room.host.paint({ x: 0, y: 0, width, height }, noise(one.seed));
              room.host.answer();
            } else if (one.do === 'break') {
              room.host.silence(one.after);
              await room.settle();
              room.hostEnds();
              if (one.awayFor === 'come') await room.comes();
              if (one.awayFor === 'go') go(one.after);
              await room.settle();
              room.hostComes(one.width, one.height);
            } else if (one.do === 'come') await room.comes(one.tight ? NOVNC_ENCODINGS : PLAIN);
            else if (one.do === 'go') go(one.seed);
            else await room.settle();
          }
          await room.settle();
          for (const view of room.views) expect(view).toEqual(room.shown);
          expect(room.heard.filter((word) => word !== 'picture')).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);

  it('lets a viewer that was kept decode the Tight of the next host, wherever the first broke off', async () => {
    const width = 40;
    const height = 30;
    const painted = await Promise.all(
      [new TightHost(), new TightHost()].map(async (host, index) => [
        await host.update(width, height, noise(10 * index)),
        // Looks back to the first, as a screen of text that scrolls does.
        await host.update(width, height, (x, y) => noise(10 * index)(x, (y + 7) % height)),
      ]),
    );
    const [before, after] = painted.map((updates) => Buffer.concat(updates));
    if (before === undefined || after === undefined) throw new Error('no updates');
    const greeting = [
      Buffer.from('RFB 003.003\n'),
      Buffer.of(0, 0, 0, 1),
      encodeServerInit({ width, height, name: 'web' }),
    ];
    await fc.assert(
      fc.asyncProperty(fc.nat(before.length), fc.integer({ min: 1, max: 900 }), async (end, cut) => {
        const room = new Room(width, height);
        const guest = await room.comes();
        const say = (bytes: Uint8Array) => {
          // Each piece is memory of its own, as what a socket reads is.
          for (let at = 0; at < bytes.length; at += cut)
            room.line.fromHost(Uint8Array.from(bytes.subarray(at, Math.min(bytes.length, at + cut))));
        };
        for (const bytes of greeting) say(bytes);
        await room.settle();
        say(before.subarray(0, end));
        await room.settle();
        room.line.hostLeft();
        room.host = new ScreenHost(width, height, () => undefined);
        for (const bytes of greeting) say(bytes);
        say(after);
        await room.settle();
        const last = (x: number, y: number) => noise(10)(x, (y + 7) % height);
        const colours = Uint32Array.from({ length: width * height }, (_, index) =>
          last(index % width, Math.floor(index / width)),
        );
        expect(guest.viewer.canvas.colours).toEqual(colours.map((colour) => colour & 0xffffff));
      }),
      { numRuns: 60 },
    );
  });

  it('sends nothing that is typed meanwhile, nor later', async () => {
    const room = new Room();
    room.host.greet();
    const { recording } = await room.comes();
    await room.settle();
    room.hostEnds();
    room.line.fromSeat(recording.seat, encodeKeyEvent({ down: true, keysym: 0x61 }));
    expect(recording.seat.receipt.snapshot()).toMatchObject({ inputEvents: 0, inputDropped: 1 });
    room.hostComes(40, 30);
    await room.settle();
    expect(room.host.heard.map(({ type }) => type)).not.toContain('key');
    room.line.letGo();
    expect(room.host.heard.map(({ type }) => type)).not.toContain('key');
    room.line.fromSeat(recording.seat, encodeKeyEvent({ down: true, keysym: 0x62 }));
    expect(room.host.heard.at(-1)).toMatchObject({ type: 'key', keysym: 0x62 });
  });

  it('gives up a viewer that cannot follow to another size, and no other', async () => {
    const room = new Room();
    room.host.greet();
    await room.comes([ENCODING.tight, ENCODING.raw]);
    await room.settle();
    room.hostEnds();
    room.hostComes(40, 30);
    await room.settle();
    expect(room.views).toEqual([room.shown]);
    room.hostEnds();
    room.hostComes(50, 30);
    await room.settle();
    expect(room.heard.at(-1)).toContain('rfb/bad-message');
  });
});
