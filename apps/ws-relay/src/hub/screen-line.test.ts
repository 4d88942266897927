import type { Right } from '@porthole/rbac';
import {
  ENCODING,
  encodeBell,
  encodeDesktopSize,
  encodeExtendedDesktopSize,
  encodeRawUpdate,
  encodeServerCutText,
  encodeServerInit,
  encodeSetEncodings,
  encodeSetPixelFormat,
  encodeUpdateRequest,
} from '@porthole/rfb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compress } from './compress.ts';
import { MAX_BELLS_PER_SECOND, MAX_RESIZES, MESSAGE_PATIENCE_MS } from './host-manners.ts';
import { MemoryBudget } from './memory-budget.ts';
import { RecordingSeat } from './recording-seat.ts';
import { ScreenLine } from './screen-line.ts';

const WIDTH = 4;
const HEIGHT = 3;
const PICTURE = encodeRawUpdate(
  { x: 0, y: 0, width: WIDTH, height: HEIGHT },
  Buffer.alloc(WIDTH * HEIGHT * 4, 7),
);
const whole = (incremental: boolean, width = WIDTH, height = HEIGHT) =>
  encodeUpdateRequest({ incremental, x: 0, y: 0, width, height });

/** A screen between a host that has greeted in 3.3 and a seat that has answered. */
function openScreen(rights?: readonly Right[]) {
  const recording = new RecordingSeat(rights);
  const { seat } = recording;
  const toHost: Buffer[] = [];
  const faults: unknown[] = [];
  const heard: string[] = [];
  /** What the hub's receipt counts. */
  const painted: unknown[] = [];
  const line = new ScreenLine(
    {
      ready: () => heard.push('ready'),
      picture: () => heard.push('picture'),
      seatFault: (_seat, error) => faults.push(error),
      toHost: (messages) => toHost.push(...messages.map((bytes) => Buffer.from(bytes))),
      updated: (update) => painted.push(update),
      noRoom: () => heard.push('no room'),
      failed: (error) => faults.push(error),
    },
    { deflate: compress, framebuffers: new MemoryBudget(1_000_000), clock: recording.clock },
  );
  line.seatJoined(seat);
  line.fromHost(Buffer.from('RFB 003.003\n'));
  line.fromHost(Buffer.of(0, 0, 0, 1));
  line.fromHost(encodeServerInit({ width: WIDTH, height: HEIGHT, name: 'web' }));
  line.fromSeat(seat, Buffer.from('RFB 003.003\n'));
  line.fromSeat(seat, Buffer.of(1));
  const asked = () => Buffer.concat(toHost.splice(0));
  const greetings = { toHost: asked(), toSeat: recording.taken() };
  return { line, seat, recording, asked, faults, heard, painted, greetings };
}

describe('a screen', () => {
  it('greets the host as a client and the seat as a server, with the hub’s own pixel format', () => {
    const { greetings, heard } = openScreen();
    expect(greetings.toHost).toEqual(
      Buffer.concat([Buffer.from('RFB 003.003\n'), Buffer.of(1), encodeSetPixelFormat()]),
    );
    expect(greetings.toSeat).toEqual(
      Buffer.concat([
        Buffer.from('RFB 003.003\n'),
        Buffer.of(0, 0, 0, 1),
        encodeServerInit({ width: WIDTH, height: HEIGHT, name: 'web' }),
      ]),
    );
    expect(heard).toEqual(['ready']);
  });

  it('counts for its hub what the host painted, once', () => {
    const { line, seat, painted } = openScreen();
    line.fromSeat(seat, whole(false));
    line.fromHost(PICTURE);
    const sum = { encoding: 'raw', rectangles: 1, pixels: WIDTH * HEIGHT };
    expect(painted).toEqual([{ rectangles: 1, painted: [sum] }]);
  });

  it('asks the host by its own list and never twice for the same', () => {
    const { line, seat, asked } = openScreen();
    line.fromSeat(seat, encodeSetEncodings([ENCODING.hextile, ENCODING.raw]));
    expect(asked()).toEqual(Buffer.from(encodeSetEncodings([ENCODING.hextile, ENCODING.raw])));
    line.fromSeat(seat, encodeSetEncodings([ENCODING.raw, ENCODING.hextile]));
    line.fromSeat(seat, encodeSetPixelFormat());
    expect(asked()).toHaveLength(0);
  });

  it('has one request outstanding, of the whole desktop, however many the seat makes', () => {
    const { line, seat, asked } = openScreen();
    line.fromSeat(seat, encodeUpdateRequest({ incremental: false, x: 1, y: 1, width: 1, height: 1 }));
    expect(asked()).toEqual(Buffer.from(whole(false)));
    line.fromSeat(seat, whole(true));
    line.fromSeat(seat, whole(true));
    expect(asked()).toHaveLength(0);
    line.fromHost(PICTURE);
    expect(asked()).toEqual(Buffer.from(whole(true)));
    line.fromHost(PICTURE);
    expect(asked()).toHaveLength(0);
  });

  it('asks for everything once when the size has changed, and not when it was only told again', () => {
    const { line, seat, asked } = openScreen();
    line.fromSeat(seat, whole(false));
    asked();
    line.fromSeat(seat, whole(true));
    line.fromHost(encodeDesktopSize(8, 6));
    expect(asked()).toEqual(Buffer.from(whole(false, 8, 6)));
    line.fromSeat(seat, whole(true));
    line.fromHost(encodeExtendedDesktopSize({ width: 8, height: 6 }, []));
    expect(asked()).toEqual(Buffer.from(whole(true, 8, 6)));
  });

  it('gives the seat the host’s bytes as they come, however they are split', () => {
    const stream = Buffer.concat([
      encodeBell(),
      PICTURE,
      encodeServerCutText(Buffer.from('guest text')),
      PICTURE,
    ]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 }), (cuts) => {
        const { line, recording } = openScreen();
        for (let at = 0, turn = 0; at < stream.length; turn += 1) {
          const end = at + (cuts[turn % cuts.length] ?? 1);
          line.fromHost(stream.subarray(at, end));
          at = end;
        }
        expect(recording.taken()).toEqual(stream);
      }),
    );
  });

  it('keeps the guest’s clipboard where the organisation forbids that direction, from the next message on', () => {
    const { line, seat, recording } = openScreen();
    const text = encodeServerCutText(Buffer.from('guest text'));
    line.fromHost(Buffer.concat([text, encodeBell()]));
    expect(recording.taken()).toEqual(Buffer.concat([text, encodeBell()]));
    expect(seat.setRights(seat.rights, { toGuest: true, fromGuest: false })).toBe(false);
    expect(recording.said.at(-1)).toMatchObject({
      type: 'rights',
      copying: { toGuest: true, fromGuest: false },
    });
    line.fromHost(Buffer.concat([text, encodeBell()]));
    expect(recording.taken()).toEqual(Buffer.from(encodeBell()));
  });

  it('keeps the guest’s clipboard from a seat without that right, and nothing else', () => {
    const { line, recording } = openScreen(['look', 'type']);
    line.fromHost(Buffer.concat([PICTURE, encodeServerCutText(Buffer.from('guest text')), encodeBell()]));
    expect(recording.taken()).toEqual(Buffer.concat([PICTURE, encodeBell()]));
  });

  it('tells the first picture once', () => {
    const { line, heard } = openScreen();
    line.fromHost(encodeDesktopSize(WIDTH, HEIGHT));
    expect(heard).toEqual(['ready']);
    line.fromHost(PICTURE);
    line.fromHost(PICTURE);
    expect(heard).toEqual(['ready', 'picture']);
  });

  it('throws where the host sends what nobody asked for', () => {
    const { line } = openScreen();
    expect(() => line.fromHost(Buffer.of(199))).toThrow('rfb/unexpected-message');
  });
});

describe('a host of ill will', () => {
  it('that trickles a message is given up, with words', () => {
    const { line, recording, faults } = openScreen();
    // A byte a second: the last would come after the patience has ended.
    for (const byte of PICTURE) {
      if (faults.length === 0) line.fromHost(Buffer.of(byte));
      recording.clock.advance(1_000);
    }
    expect(faults).toMatchObject([{ code: 'relay/host-stuck' }]);
  });

  it('is not to blame while the seat takes nothing', () => {
    const { line, recording, faults } = openScreen();
    recording.queuedBytes = 2_000_000;
    line.fromHost(Buffer.of(0));
    recording.clock.advance(5 * MESSAGE_PATIENCE_MS);
    expect(faults).toEqual([]);
    line.close();
    expect(recording.clock.waiting).toBeGreaterThan(0);
  });

  it('that resizes its screen back and forth is cut', () => {
    const { line } = openScreen();
    const flood = Buffer.concat(
      Array.from({ length: MAX_RESIZES + 1 }, (_none, n) => encodeDesktopSize(100 + (n % 2), 100)),
    );
    expect(() => line.fromHost(flood)).toThrow(/too-many-resizes/);
  });

  it('that rings without end is heard now and then', () => {
    const { line, seat, recording } = openScreen();
    line.fromSeat(seat, encodeUpdateRequest({ incremental: true, x: 0, y: 0, width: 1, height: 1 }));
    recording.taken();
    line.fromHost(Buffer.alloc(100_000, 2));
    expect(recording.taken()).toEqual(Buffer.alloc(MAX_BELLS_PER_SECOND, 2));
  });
});
