import { describe, expect, it } from 'vitest';
import { encodeRaw, encodeTight, MAX_RECTANGLE_BYTES } from './encode-picture.ts';
import { Framebuffer } from './framebuffer.ts';
import { encodeUpdateHead } from './messages-to-seat.ts';
import { ServerStreamWalker } from './server-stream-walker.ts';
import { concat, hex } from './test-bytes.ts';
import type { WalkerEvent } from './walker-event.ts';

/** A picture painted by a rule, its fourth bytes of no meaning, as hosts leave them. */
function picture(width: number, height: number, colour: (x: number, y: number) => number): Framebuffer {
  const framebuffer = new Framebuffer(width, height);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      framebuffer.pixels[y * width + x] = (colour(x, y) | ((x * 7) << 24)) >>> 0;
  return framebuffer;
}

const whole = ({ width, height }: Framebuffer) => ({ x: 0, y: 0, width, height });
const noise = (x: number, y: number) => Math.imul(x * 7_919 + y * 104_729 + 1, 0x9e3779b1) >>> 8;

/** Encodes with nothing compressed and tells what was to be. */
async function encoded(framebuffer: Framebuffer, areas = [whole(framebuffer)]) {
  const deflated: number[] = [];
  const { rectangles, pixels } = await encodeTight(framebuffer, areas, async (bytes) => {
    deflated.push(bytes.length);
    return bytes;
  });
  const times = new Uint8Array(framebuffer.width * framebuffer.height);
  const paint = (event: WalkerEvent) => {
    if (event.type !== 'rectangle') return;
    const { x, y, width, height } = event;
    for (let row = y; row < y + height; row += 1)
      for (let column = x; column < x + width; column += 1) {
        const at = row * framebuffer.width + column;
        times[at] = (times[at] ?? 0) + 1;
      }
  };
  const walker = new ServerStreamWalker({ ...whole(framebuffer), emit: paint });
  const bytes = concat(encodeUpdateHead(rectangles.length), ...rectangles);
  walker.push(bytes);
  return { bytes, deflated, pixels, rectangles, times };
}

describe('a picture in Tight', () => {
  it('says one colour in fifteen bytes', async () => {
    const { bytes, deflated } = await encoded(picture(40, 30, () => 0x030201));
    expect(hex(bytes)).toBe('00000001 0000 0000 0028 001e 00000007 80 010203'.replaceAll(' ', ''));
    expect(deflated).toEqual([]);
  });

  it('says two colours in a bit a pixel, and little of it without compression', async () => {
    const { bytes, deflated } = await encoded(picture(8, 2, (x) => (x < 4 ? 0x000000 : 0xffffff)));
    expect(hex(bytes.subarray(16))).toBe('41 01 01 000000 ffffff 0f 0f'.replaceAll(' ', ''));
    expect(deflated).toEqual([]);
    expect((await encoded(picture(64, 8, (x) => x & 1))).deflated).toEqual([64]);
  });

  it('says up to 256 colours in a byte a pixel, more in three', async () => {
    const few = await encoded(picture(64, 64, (x, y) => (x + y * 64) % 256));
    expect(few.deflated).toEqual([64 * 64]);
    const many = await encoded(picture(64, 64, noise));
    expect(many.deflated).toEqual([64 * 64 * 3]);
  });

  it.each([
    ['noise', noise],
    ['text', (x: number, y: number) => (x * y) % 7],
  ])('covers a large picture without memory, in parts within the limits: %s', async (_what, colour) => {
    const framebuffer = picture(2_100, 300, colour);
    const { rectangles, times, deflated, pixels } = await encoded(framebuffer);
    expect(times.every((time) => time === 1)).toBe(true);
    for (const rectangle of rectangles) {
      const control = rectangle[12] ?? 0;
      const stream = (control >> 4) & 3;
      expect(control >> 4 === 8 || (control & (1 << stream)) !== 0, 'resets the stream that it uses').toBe(
        true,
      );
    }
    expect(pixels).toBe(2_100 * 300);
    for (const bytes of deflated) expect(bytes).toBeLessThanOrEqual(MAX_RECTANGLE_BYTES);
  });

  it('is read before anything waits: what is painted afterwards does not show', async () => {
    const framebuffer = picture(8, 8, noise);
    const before = (await encoded(framebuffer)).bytes;
    const late = encoded(framebuffer);
    framebuffer.pixels.fill(0);
    expect((await late).bytes).toEqual(before);
  });
});

describe('a picture in Raw', () => {
  it('covers what was asked, pixel by pixel', () => {
    const framebuffer = picture(300, 200, noise);
    const { rectangles, bytes } = encodeRaw(framebuffer, [{ x: 10, y: 20, width: 290, height: 180 }]);
    const copy = new Framebuffer(300, 200);
    const walker = new ServerStreamWalker({ ...whole(copy), emit: () => undefined });
    walker.framebuffer = copy;
    walker.push(concat(encodeUpdateHead(rectangles.length), ...rectangles));
    expect(bytes).toBe(rectangles.reduce((sum, one) => sum + one.length, 0));
    expect(copy.pixels.subarray(20 * 300 + 10, 21 * 300)).toEqual(
      framebuffer.pixels.subarray(20 * 300 + 10, 21 * 300),
    );
    expect(copy.pixels.at(-1)).toBe(framebuffer.pixels.at(-1));
    expect(copy.pixels[0]).toBe(0);
  });
});
