import { describe, expect, it } from 'vitest';
import { type Area, encodeHextile, encodeRaw, type Picture } from './encode-rectangle.ts';
import { NATIVE_FORMAT, paletteBytes, parsePixelFormat } from './pixel-format.ts';

const WIDTH = 100;
const HEIGHT = 60;
const colours = paletteBytes(NATIVE_FORMAT);

function pictureOf(paint: (x: number, y: number) => number): Picture {
  const pixels = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, at) =>
    paint(at % WIDTH, Math.floor(at / WIDTH)),
  );
  return { pixels, width: WIDTH, colours };
}

/** Hextile as rfb.md §4 describes it, decoded into 32-bit pixels. Written apart from the encoder. */
function decodeHextile(bytes: Buffer, area: Area): { pixels: number[]; used: number } {
  const pixels: number[] = new Array(area.w * area.h).fill(-1);
  let at = 0;
  let background = -1;
  let foreground = -1;
  const pixel = () => {
    at += 4;
    return bytes.readUInt32LE(at - 4);
  };
  const fill = (x0: number, y0: number, w: number, h: number, colour: number) => {
    for (let y = y0; y < y0 + h; y++) for (let x = x0; x < x0 + w; x++) pixels[y * area.w + x] = colour;
  };
  for (let ty = 0; ty < area.h; ty += 16) {
    for (let tx = 0; tx < area.w; tx += 16) {
      const tw = Math.min(16, area.w - tx);
      const th = Math.min(16, area.h - ty);
      const mask = bytes.readUInt8(at++);
      if (mask & 1) {
        for (let y = 0; y < th; y++) for (let x = 0; x < tw; x++) fill(tx + x, ty + y, 1, 1, pixel());
        continue;
      }
      if (mask & 2) background = pixel();
      if (mask & 4) foreground = pixel();
      fill(tx, ty, tw, th, background);
      for (let left = mask & 8 ? bytes.readUInt8(at++) : 0; left > 0; left--) {
        const colour = mask & 16 ? pixel() : foreground;
        const place = bytes.readUInt8(at++);
        const size = bytes.readUInt8(at++);
        fill(tx + (place >> 4), ty + (place & 15), (size >> 4) + 1, (size & 15) + 1, colour);
      }
    }
  }
  return { pixels, used: at };
}

function expected(picture: Picture, area: Area): number[] {
  const raw = encodeRaw(picture, area);
  return Array.from({ length: area.w * area.h }, (_, at) => raw.readUInt32LE(at * 4));
}

describe('encodeHextile', () => {
  const pictures: Record<string, (x: number, y: number) => number> = {
    'one colour': () => 3,
    'two colours': (x, y) => ((x ^ y) & 4 ? 7 : 0),
    'some colours': (x, y) => (x % 17 === 3 ? 12 : y % 9 === 2 ? 5 : 0),
    noise: (x, y) => ((x * 7919 + y * 104729 + x * y * 31) >> 3) & 15,
    'noise beside calm': (x, y) => (x < 40 ? ((x * 7919 + y * 104729) >> 2) & 15 : 1),
  };
  const areas: Area[] = [
    { x: 0, y: 0, w: WIDTH, h: HEIGHT },
    { x: 3, y: 5, w: 33, h: 17 },
    { x: 99, y: 59, w: 1, h: 1 },
  ];

  it.each(Object.keys(pictures))('gives back a picture of %s, whole and in parts', (name) => {
    const picture = pictureOf(pictures[name] ?? (() => 0));
    for (const area of areas) {
      const bytes = encodeHextile(picture, area);
      const { pixels, used } = decodeHextile(bytes, area);
      expect(pixels).toEqual(expected(picture, area));
      expect(used).toBe(bytes.length);
    }
  });

  it('is small for text and never much larger than Raw', () => {
    const text = pictureOf((x, y) => (x % 9 === 2 && y % 16 < 10 ? 7 : 0));
    const whole = { x: 0, y: 0, w: WIDTH, h: HEIGHT };
    expect(encodeHextile(text, whole).length).toBeLessThan((WIDTH * HEIGHT * 4) / 10);
    const noise = pictureOf(pictures.noise ?? (() => 0));
    expect(encodeHextile(noise, whole).length).toBeLessThanOrEqual(WIDTH * HEIGHT * 4 + 28);
  });
});

describe('paletteBytes', () => {
  it('writes colours in the format that a client sets', () => {
    const format = (bytes: number[]) => {
      const parsed = parsePixelFormat(Buffer.from(bytes));
      if (!parsed) throw new Error('refused');
      return paletteBytes(parsed);
    };
    const rgb565 = format([16, 16, 1, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0, 0, 0, 0]);
    expect(rgb565[15]?.toString('hex')).toBe('ffff');
    expect(rgb565[1]?.toString('hex')).toBe('a800');
    const bgr233 = format([8, 8, 0, 1, 0, 7, 0, 7, 0, 3, 0, 3, 6, 0, 0, 0]);
    expect(bgr233[15]?.toString('hex')).toBe('ff');
    expect(colours[4]?.toString('hex')).toBe('aa000000');
  });

  it('draws in no colour map and in no odd depth', () => {
    expect(parsePixelFormat(Buffer.from([8, 8, 0, 0, 0, 7, 0, 7, 0, 3, 0, 3, 6, 0, 0, 0]))).toBeNull();
    expect(
      parsePixelFormat(Buffer.from([24, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16, 0, 0, 0])),
    ).toBeNull();
  });
});
