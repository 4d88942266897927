import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { MAX_REPORTS_PER_SECOND, MAX_SEQUENCE_BYTES, TextClamp } from './text-clamp.ts';

const encoder = new TextEncoder();

function clamped(text: string, split: (bytes: Uint8Array) => Uint8Array[] = (bytes) => [bytes]): string {
  const clamp = new TextClamp(new ManualClock());
  const parts = split(encoder.encode(text)).map((part) => Buffer.from(clamp.push(part)));
  return Buffer.concat(parts).toString('utf8');
}

const byteByByte = (bytes: Uint8Array) => [...bytes].map((byte) => Uint8Array.of(byte));

describe('text on its way to a browser', () => {
  it.each([
    ['plain text and umlauts', 'Grüße © ¡hola!\r\n'],
    ['colours', '\x1b[1;38;5;200mred\x1b[0m'],
    ['private modes', '\x1b[?1049h\x1b[?2004h\x1b[?2026l'],
    ['an escape that is no sequence', '\x1b7\x1bM\x1b(B'],
    ['a line break inside a sequence', '\x1b[2\n;3H'],
  ])('passes %s', (_what, text) => {
    const moved = text.replace('\x1b[2\n;3H', '\n\x1b[2;3H');
    expect(clamped(text)).toBe(moved);
    expect(clamped(text, byteByByte)).toBe(moved);
  });

  it.each([
    ['\x1b[2000000000b', '\x1b[999b'],
    ['\x1b[99999999999999999999S', '\x1b[999S'],
    ['\x1b[9999;9999H', '\x1b[999;999H'],
    ['\x1b[?99999999h', '\x1b[?65535h'],
    ['\u009b5000b', '\x1b[999b'],
    [`\x1b[${'1;'.repeat(60)}m`, `\x1b[${'1;'.repeat(60)}m`.slice(0, 2 + 32 * 2 - 1).concat('m')],
  ])('bounds %j', (text, expected) => {
    expect(clamped(text)).toBe(expected);
    expect(clamped(text, byteByByte)).toBe(expected);
  });

  it('leaves out a sequence without an end', () => {
    const text = `a\x1b[${'0'.repeat(MAX_SEQUENCE_BYTES + 1)}mb`;
    expect(clamped(text)).toBe('ab');
  });

  it('lets few questions to the terminal through each second', () => {
    const clock = new ManualClock();
    const clamp = new TextClamp(clock);
    const storm = encoder.encode('\x1b[6n'.repeat(1_000));
    expect(clamp.push(storm)).toHaveLength(4 * MAX_REPORTS_PER_SECOND);
    clock.advance(1_000);
    expect(clamp.push(storm)).toHaveLength(4 * MAX_REPORTS_PER_SECOND);
  });

  it('says the same however the bytes are split', () => {
    const pieces = fc.constantFrom(
      '\x1b',
      '[',
      '?',
      ';',
      '9',
      '42',
      'b',
      'm',
      'H',
      'x',
      '\n',
      'é',
      '\u009b',
      '\x18',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        const text = parts.join('');
        expect(clamped(text, byteByByte)).toBe(clamped(text));
      }),
    );
  });
});
