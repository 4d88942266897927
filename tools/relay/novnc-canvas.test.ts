import { promisify } from 'node:util';
import { constants, deflate } from 'node:zlib';
import { ENCODING, encodeTight, Framebuffer } from '@porthole/rfb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NovncCanvas } from './novnc-canvas.ts';

const compress = promisify(deflate);
const flushed = (bytes: Uint8Array) => compress(bytes, { level: 1, finishFlush: constants.Z_SYNC_FLUSH });
const whole = (bytes: Uint8Array) => compress(bytes, { level: 1 });

const WIDTH = 70;
const HEIGHT = 50;
const HEAD_BYTES = 12;

const part = fc
  .record({
    at: fc.tuple(fc.nat(WIDTH - 1), fc.nat(HEIGHT - 1), fc.nat(500), fc.nat(500)),
    colours: fc.constantFrom(1, 2, 3, 16, 250, 5_000),
    seed: fc.nat(),
  })
  .map(({ at: [x, y, w, h], colours, seed }) => ({
    area: { x, y, width: 1 + (w % (WIDTH - x)), height: 1 + (h % (HEIGHT - y)) },
    colours,
    seed,
  }));

describe('noVNC’s own decoder', () => {
  it.each([
    ['a stream that was flushed', flushed],
    ['a stream that has ended', whole],
  ])('paints exactly what the hub encodes, one rectangle after the other: %s', async (_what, zlib) => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 8 }), async (parts) => {
        const framebuffer = new Framebuffer(WIDTH, HEIGHT);
        const canvas = await NovncCanvas.open(WIDTH, HEIGHT);
        for (const { area, colours, seed } of parts) {
          for (let y = area.y; y < area.y + area.height; y += 1)
            for (let x = area.x; x < area.x + area.width; x += 1) {
              const nth = (Math.imul(x + seed, 31) ^ Math.imul(y, 7_919)) >>> 0;
              framebuffer.pixels[y * WIDTH + x] = Math.imul((nth % colours) + seed, 0x9e3779b1) >>> 0;
            }
          const { rectangles } = await encodeTight(framebuffer, [area], zlib);
          for (const rectangle of rectangles) {
            const view = new DataView(rectangle.buffer, rectangle.byteOffset, rectangle.length);
            const [x, y, width, height] = [0, 2, 4, 6].map((at) => view.getUint16(at));
            canvas.decode(
              ENCODING.tight,
              { x: x ?? 0, y: y ?? 0, width: width ?? 0, height: height ?? 0 },
              rectangle,
              HEAD_BYTES,
            );
          }
          expect(canvas.colours).toEqual(framebuffer.pixels.map((pixel) => pixel & 0xffffff));
        }
      }),
      { numRuns: 40 },
    );
  });
});
