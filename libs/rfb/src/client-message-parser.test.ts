import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClientMessage } from './client-message.ts';
import { ClientMessageParser } from './client-message-parser.ts';
import { MAX_CUT_TEXT_BYTES, MAX_ENCODINGS, MAX_FENCE_BYTES } from './limits.ts';
import {
  encodeClientCutText,
  encodeKeyEvent,
  encodePointerEvent,
  encodeQemuKey,
  encodeSetDesktopSize,
  encodeSetEncodings,
  encodeSetPixelFormat,
  encodeUpdateRequest,
} from './messages-to-host.ts';
import { HUB_PIXEL_FORMAT, isHubPixelFormat } from './pixel-format.ts';
import { RfbError } from './rfb-error.ts';
import { bytesOf, concat, cutAt, hex, text } from './test-bytes.ts';

function parse(bytes: Uint8Array, cuts: readonly number[] = [], options = {}): ClientMessage[] {
  const parser = new ClientMessageParser(options);
  return cutAt(bytes, cuts).flatMap((part) => [...parser.push(part)]);
}

/** Everything of rfb.md §2, by hand from its table. */
const FIXTURES: ReadonlyArray<readonly [hexBytes: string, expected: Record<string, unknown>]> = [
  [
    '00 000000 20 18 00 01 00ff 00ff 00ff 00 08 10 000000',
    { type: 'set-pixel-format', format: HUB_PIXEL_FORMAT },
  ],
  ['02 00 0003 00000007 00000000 ffffff21', { type: 'set-encodings', encodings: [7, 0, -223] }],
  ['02 00 0000', { type: 'set-encodings', encodings: [] }],
  [
    '03 01 0001 0002 0320 0258',
    { type: 'update-request', incremental: true, x: 1, y: 2, width: 800, height: 600 },
  ],
  ['04 01 0000 0000ff0d', { type: 'key', down: true, keysym: 0xff0d }],
  ['05 05 0010 0020', { type: 'pointer', buttons: 5, x: 16, y: 32 }],
  ['06 000000 00000003 616263', { type: 'cut-text', text: text('abc') }],
  ['06 000000 00000000', { type: 'cut-text', text: text('') }],
  [
    '06 000000 fffffffa 01000001 0102',
    { type: 'extended-clipboard', flags: 0x0100_0001, data: bytesOf('0102') },
  ],
  [
    '96 01 0000 0000 0320 0258',
    { type: 'enable-continuous-updates', on: true, x: 0, y: 0, width: 800, height: 600 },
  ],
  ['f8 000000 80000001 02 aabb', { type: 'client-fence', flags: 0x8000_0001, payload: bytesOf('aabb') }],
  ['fa 00 01 02', { type: 'xvp', code: 2 }],
  [
    'fb 00 0400 0300 01 00 00000001 0000 0000 0400 0300 00000000',
    {
      type: 'set-desktop-size',
      width: 1024,
      height: 768,
      screens: [{ id: 1, x: 0, y: 0, width: 1024, height: 768, flags: 0 }],
    },
  ],
  ['fd 81 0002 aabb', { type: 'gii', subtype: 1, data: bytesOf('aabb') }],
  ['fd 01 0200 aabb', { type: 'gii', subtype: 1, data: bytesOf('aabb') }],
  ['fe 01 0000 0000001c', { type: 'scan-code', down: true, scancode: 0x1c }],
  ['ff 00 0001 0000ff53 000000cd', { type: 'qemu-key', down: true, keysym: 0xff53, keycode: 0xcd }],
  ['ff 01 0000', { type: 'qemu-audio', operation: 0 }],
  ['ff 01 0002 03 02 0000ac44', { type: 'qemu-audio', operation: 2 }],
];

const everything = concat(...FIXTURES.map(([fixture]) => bytesOf(fixture)));
const expectedAll = FIXTURES.map(([fixture, expected]) => ({ ...expected, bytes: bytesOf(fixture) }));

describe('ClientMessageParser', () => {
  it.each(FIXTURES)('reads %s', (fixture, expected) => {
    expect(parse(bytesOf(fixture))).toEqual([{ ...expected, bytes: bytesOf(fixture) }]);
  });

  it('reads the same whole, byte by byte and cut at random', () => {
    expect(parse(everything)).toEqual(expectedAll);
    expect(parse(everything, Array.from(everything.keys()))).toEqual(expectedAll);
    fc.assert(
      fc.property(fc.array(fc.nat(everything.length), { maxLength: 60 }), (cuts) => {
        expect(parse(everything, cuts)).toEqual(expectedAll);
      }),
    );
  });

  it('reads extended mouse buttons only where they were confirmed', () => {
    const bytes = bytesOf('05 81 0010 0020 03');
    expect(parse(bytes, [], { extendedMouseButtons: true })).toMatchObject([
      { type: 'pointer', buttons: 0x181 },
    ]);
    expect(() => parse(concat(bytes.subarray(0, 6), bytesOf('63')))).toThrow(/unknown-message/);
  });

  it.each([1, 7, 8, 99, 151, 247, 249, 252])('refuses the unknown type %i for good', (type) => {
    const parser = new ClientMessageParser();
    expect(() => [...parser.push(Uint8Array.of(type))]).toThrow(
      expect.objectContaining({ code: 'rfb/unknown-message' }),
    );
    expect(() => [...parser.push(encodeKeyEvent({ down: true, keysym: 1 }))]).toThrow(/unknown-message/);
  });

  it('refuses unknown kinds inside the QEMU message', () => {
    expect(() => parse(bytesOf('ff 02'))).toThrow(/unknown-message/);
    expect(() => parse(bytesOf('ff 01 0003'))).toThrow(/unknown-message/);
  });

  it('gives the messages before a bad one first', () => {
    const parser = new ClientMessageParser();
    const seen: string[] = [];
    expect(() => {
      for (const message of parser.push(
        concat(encodeKeyEvent({ down: true, keysym: 65 }), Uint8Array.of(77)),
      )) {
        seen.push(message.type);
      }
    }).toThrow(/unknown-message/);
    expect(seen).toEqual(['key']);
  });

  it('holds every length against its limit before the bytes come', () => {
    const longest = encodeClientCutText(new Uint8Array(MAX_CUT_TEXT_BYTES));
    expect(parse(longest)).toHaveLength(1);
    expect(() => parse(bytesOf('06 000000 00100001'))).toThrow(/cut-text-too-long/);
    expect(() => parse(bytesOf('06 000000 80000000'))).toThrow(/cut-text-too-long/);
    expect(() => parse(bytesOf('06 000000 fffffffe 0000'))).toThrow(/bad-message/);
    expect(parse(concat(bytesOf('02 00 0400'), new Uint8Array(4 * MAX_ENCODINGS)))).toHaveLength(1);
    expect(() => parse(bytesOf('02 00 0401'))).toThrow(/too-many-encodings/);
    expect(parse(concat(bytesOf('f8 000000 00000000 40'), new Uint8Array(MAX_FENCE_BYTES)))).toHaveLength(1);
    expect(() => parse(bytesOf('f8 000000 00000000 41'))).toThrow(/bad-message/);
  });

  it('reads a long text cut into single bytes without reading it over and over', () => {
    const parser = new ClientMessageParser();
    const long = encodeClientCutText(new Uint8Array(200_000));
    let messages = 0;
    for (const byte of long) for (const _message of parser.push(Uint8Array.of(byte))) messages += 1;
    expect(messages).toBe(1);
    expect(parser.waiting).toBe(0);
  });

  it('never throws anything but its own errors, and never differs by cutting', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.array(fc.nat(400)), (noise, cuts) => {
        const outcome = (places: readonly number[]) => {
          const parser = new ClientMessageParser();
          const seen: string[] = [];
          try {
            for (const part of cutAt(noise, places))
              for (const one of parser.push(part)) seen.push(hex(one.bytes));
          } catch (error) {
            expect(error).toBeInstanceOf(RfbError);
            seen.push(error instanceof RfbError ? error.code : '');
          }
          return seen;
        };
        expect(outcome(cuts)).toEqual(outcome([]));
      }),
      { numRuns: 500 },
    );
  });
});

describe('what the hub writes to a host', () => {
  it('is what its own parser reads', () => {
    const screens = [{ id: 1, x: 0, y: 0, width: 640, height: 480, flags: 0 }];
    const messages = parse(
      concat(
        encodeSetPixelFormat(),
        encodeSetEncodings([7, 5, 0, -223]),
        encodeUpdateRequest({ incremental: false, x: 0, y: 0, width: 640, height: 480 }),
        encodeKeyEvent({ down: true, keysym: 65 }),
        encodePointerEvent({ buttons: 1, x: 2, y: 3 }),
        encodeClientCutText(text('hi')),
        encodeQemuKey({ down: false, keysym: 65, keycode: 30 }),
        encodeSetDesktopSize({ width: 640, height: 480, screens }),
      ),
    );
    const [format] = messages;
    expect(format?.type === 'set-pixel-format' && isHubPixelFormat(format.format)).toBe(true);
    expect(messages.slice(1)).toMatchObject([
      { type: 'set-encodings', encodings: [7, 5, 0, -223] },
      { type: 'update-request', incremental: false, width: 640, height: 480 },
      { type: 'key', down: true, keysym: 65 },
      { type: 'pointer', buttons: 1, x: 2, y: 3 },
      { type: 'cut-text', text: text('hi') },
      { type: 'qemu-key', down: false, keysym: 65, keycode: 30 },
      { type: 'set-desktop-size', width: 640, height: 480, screens },
    ]);
  });

  it('asks for nothing beyond the closed list', () => {
    for (const encoding of [16, 6, -260, 21, 50, -312, -313, -309, -259, -254, 8]) {
      expect(() => encodeSetEncodings([5, encoding])).toThrow(/encoding-not-allowed/);
    }
  });
});
