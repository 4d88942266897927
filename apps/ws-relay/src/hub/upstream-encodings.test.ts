import { ENCODING } from '@porthole/rfb';
import { describe, expect, it } from 'vitest';
import { sharedEncodings, upstreamEncodings } from './upstream-encodings.ts';

/** What noVNC 1.7 asks (rfb.md §5). */
const NOVNC = [
  1,
  50,
  7,
  -260,
  16,
  21,
  5,
  2,
  6,
  0,
  -32 + 6,
  -256 + 2,
  -223,
  -224,
  -258,
  -261,
  -308,
  -309,
  -312,
  -313,
];

describe('what the hub asks of a host', () => {
  it('is the closed list, in the hub’s order, whatever the seat asks', () => {
    expect(upstreamEncodings(new Set([...NOVNC, -307, 0xc0a1e5ce | 0, -316, -239]))).toEqual([
      ENCODING.copyRect,
      ENCODING.tight,
      ENCODING.hextile,
      ENCODING.rre,
      ENCODING.raw,
      ENCODING.desktopSize,
      ENCODING.extendedDesktopSize,
      ENCODING.lastRect,
      ENCODING.cursor,
      ENCODING.desktopName,
      ENCODING.qemuKey,
      ENCODING.qemuLed,
    ]);
  });

  it('has nothing that the seat did not ask, but Raw', () => {
    expect(upstreamEncodings(new Set([ENCODING.hextile, ENCODING.desktopSize]))).toEqual([
      ENCODING.hextile,
      ENCODING.raw,
      ENCODING.desktopSize,
    ]);
    expect(upstreamEncodings(new Set())).toEqual([ENCODING.raw]);
  });
});

describe('what the hub asks of a host for several seats', () => {
  it('is pictures without memory, and what any seat understands', () => {
    expect(
      sharedEncodings([
        new Set(NOVNC),
        new Set([ENCODING.hextile, ENCODING.desktopName, ENCODING.desktopSize]),
      ]),
    ).toEqual([
      ENCODING.copyRect,
      ENCODING.hextile,
      ENCODING.rre,
      ENCODING.raw,
      ENCODING.desktopSize,
      ENCODING.extendedDesktopSize,
      ENCODING.lastRect,
      ENCODING.desktopName,
      ENCODING.qemuKey,
      ENCODING.qemuLed,
    ]);
  });

  it('has the pointer’s picture only where all seats understand it', () => {
    const [withCursor, without] = [new Set([ENCODING.cursor]), new Set<number>()];
    expect(sharedEncodings([withCursor, withCursor])).toContain(ENCODING.cursor);
    expect(sharedEncodings([withCursor, without])).not.toContain(ENCODING.cursor);
  });
});
