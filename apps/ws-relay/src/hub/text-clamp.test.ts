import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import {
  MAX_REPORTS_PER_SECOND,
  MAX_SEQUENCE_BYTES,
  MAX_STRING_BYTES,
  MAX_WORK_PER_SECOND,
  TextClamp,
} from './text-clamp.ts';

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
    ['a title', '\x1b]0;web: ~\x07$ '],
    ['a title with a long end', '\x1b]2;Grüße\x1b\\$ '],
    ['a string that is cut off by another sequence', '\x1b]0;a\x1b[1mb'],
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

  it.each([
    ['\x1b]0;', '\x07'],
    ['\x1bP', '\x1b\\'],
    ['\u009d0;', '\u009c'],
  ])('leaves out a string without an end: %j', (start, end) => {
    const text = `a${start}${'x'.repeat(MAX_STRING_BYTES + 1)}${end}b`;
    expect(clamped(text).replace('\x1b\\', '')).toBe('ab');
    expect(clamped(text, byteByByte)).toBe(clamped(text));
    // Nor does one that is never ended collect for ever.
    expect(clamped(`a${start}${'x'.repeat(1_000_000)}`)).toBe('a');
  });

  it('gives up a string where the guest does', () => {
    expect(clamped('a\x1b]0;title\x18b')).toBe('a\x18b'.replace('\x18', ''));
  });

  it.each([
    ['\x1b]10;?\x07', 7],
    ['\x1bP$qm\x1b\\', 7],
    ['\x1bZ', 2],
    ['\x1b[c', 3],
  ])('lets few of the questions %j through', (question, length) => {
    const asked = clamped(question.repeat(1_000)).replaceAll('\x1b\\', '');
    expect(asked.length).toBeLessThanOrEqual(length * MAX_REPORTS_PER_SECOND);
    expect(asked.length).toBeGreaterThan(0);
  });

  it.each(['b', 'S', 'T', 'L', 'M', '@', 'P', 'X', ' @', "'}"])('bounds the work of %j', (final) => {
    const clamp = new TextClamp(new ManualClock());
    const one = `\x1b[999${final}`;
    const most = Math.floor(MAX_WORK_PER_SECOND / 999);
    expect(clamp.push(encoder.encode(one.repeat(1_000)))).toHaveLength(most * one.length);
    expect(clamp.push(encoder.encode('\x1b[5;5H\x1b[31mred'))).toHaveLength(14);
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
      '\u009d',
      '\u009c',
      ']',
      'P',
      '\\',
      '\x07',
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
