import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Framebuffer } from './framebuffer.ts';
import {
  encodeDesktopSize,
  encodeRectangleHead,
  encodeSingleUpdate,
  encodeUpdateHead,
} from './messages-to-seat.ts';
import { ServerStreamWalker } from './server-stream-walker.ts';
import { bytesOf, concat, cutAt } from './test-bytes.ts';
import { playStep, type TestPicture, testStep } from './test-stream.ts';

const SIZE = { width: 53, height: 37 };

function screen(size = SIZE) {
  const framebuffer = new Framebuffer(size.width, size.height);
  const walker = new ServerStreamWalker({ ...size, emit: () => undefined });
  walker.framebuffer = framebuffer;
  return { framebuffer, walker };
}

function colours(framebuffer: Framebuffer): number[] {
  return Array.from(framebuffer.pixels, (pixel) => pixel & 0xffffff);
}

describe('a framebuffer', () => {
  it('holds what an independent decoder paints, whole, byte by byte and cut at random', () => {
    fc.assert(
      fc.property(
        fc.array(testStep, { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(20_000), { maxLength: 12 }),
        fc.boolean(),
        (steps, cuts, fine) => {
          const picture: TestPicture = { ...SIZE, pixels: Array(SIZE.width * SIZE.height).fill(0) };
          const stream = concat(...steps.map((step) => playStep(picture, step)));
          const everywhere = fine ? Array.from(stream, (_byte, index) => index) : cuts;
          for (const places of [[], everywhere]) {
            const { framebuffer, walker } = screen();
            for (const part of cutAt(stream, places)) walker.push(part);
            expect(walker.atBoundary).toBe(true);
            expect(colours(framebuffer)).toEqual(picture.pixels);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is complete when everything was painted by what stands for itself', () => {
    const { framebuffer, walker } = screen({ width: 4, height: 2 });
    const half = (y: number) => encodeSingleUpdate({ x: 0, y, width: 4, height: 1 }, 0, new Uint8Array(16));
    walker.push(half(0));
    expect(framebuffer.complete).toBe(false);
    walker.push(half(1));
    expect(framebuffer.complete).toBe(true);
    walker.push(encodeSingleUpdate({ x: 0, y: 0, width: 2, height: 2 }, 1, bytesOf('0002 0000')));
    expect(framebuffer.complete).toBe(true);
    walker.push(encodeSingleUpdate({ x: 0, y: 0, width: 1, height: 1 }, 7, bytesOf('80 010203')));
    expect(framebuffer.complete).toBe(false);
  });

  it('does not trust a copy of what it never knew', () => {
    const { framebuffer, walker } = screen({ width: 4, height: 2 });
    walker.push(encodeSingleUpdate({ x: 0, y: 0, width: 4, height: 1 }, 0, new Uint8Array(16)));
    walker.push(encodeSingleUpdate({ x: 0, y: 0, width: 4, height: 1 }, 1, bytesOf('0000 0001')));
    walker.push(encodeSingleUpdate({ x: 0, y: 1, width: 4, height: 1 }, 0, new Uint8Array(16)));
    expect(framebuffer.complete).toBe(false);
  });

  it('begins anew with a new size', () => {
    const { framebuffer, walker } = screen({ width: 2, height: 1 });
    walker.push(encodeSingleUpdate({ x: 0, y: 0, width: 2, height: 1 }, 0, new Uint8Array(8)));
    walker.push(encodeDesktopSize(3, 2));
    expect(framebuffer).toMatchObject({ width: 3, height: 2, complete: false });
    walker.push(encodeSingleUpdate({ x: 0, y: 0, width: 3, height: 2 }, 0, new Uint8Array(24).fill(9)));
    expect(colours(framebuffer)).toEqual(Array(6).fill(0x090909));
    expect(framebuffer.complete).toBe(true);
  });

  it('refuses a copy from outside the picture, and RRE that paints over itself without end', () => {
    const copy = screen({ width: 4, height: 4 });
    expect(() =>
      copy.walker.push(encodeSingleUpdate({ x: 0, y: 0, width: 2, height: 2 }, 1, bytesOf('0003 0000'))),
    ).toThrow('rfb/bad-rectangle');
    const over = screen({ width: 4, height: 4 });
    const whole = bytesOf('01020300 0000 0000 0004 0004');
    const flood = concat(
      encodeUpdateHead(1),
      encodeRectangleHead({ x: 0, y: 0, width: 4, height: 4 }, 2),
      bytesOf('0000000a 00000000'),
      ...Array.from({ length: 10 }, () => whole),
    );
    expect(() => over.walker.push(flood)).toThrow('rfb/bad-rectangle');
  });

  it('leaves away what sticks out of its rectangle', () => {
    const { framebuffer, walker } = screen({ width: 4, height: 1 });
    const body = bytesOf('00000001 00000000 01020300 0001 0000 ffff ffff');
    walker.push(encodeSingleUpdate({ x: 0, y: 0, width: 2, height: 1 }, 2, body));
    walker.push(
      encodeSingleUpdate({ x: 2, y: 0, width: 1, height: 1 }, 5, bytesOf('0e 00000000 04050600 01 00 ff')),
    );
    expect(colours(framebuffer)).toEqual([0, 0x030201, 0x060504, 0]);
  });

  it('is known again in the next update, after one came in too many pieces to count', () => {
    const { framebuffer, walker } = screen({ width: 100, height: 100 });
    const dots = Array.from({ length: 2_500 }, (_none, n) =>
      concat(
        encodeRectangleHead({ x: 2 * (n % 50), y: 2 * Math.floor(n / 50), width: 1, height: 1 }, 0),
        new Uint8Array(4),
      ),
    );
    walker.push(concat(encodeUpdateHead(dots.length), ...dots));
    const whole = concat(
      encodeUpdateHead(1),
      encodeRectangleHead({ x: 0, y: 0, width: 100, height: 100 }, 0),
      new Uint8Array(40_000),
    );
    walker.push(whole);
    expect(framebuffer.complete).toBe(true);
  });
});
