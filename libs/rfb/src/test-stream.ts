import fc from 'fast-check';
import { encodeRectangleHead, encodeUpdateHead } from './messages-to-seat.ts';
import { concat } from './test-bytes.ts';

// Streams of updates for tests, with the picture that they must leave: painted here pixel by pixel, by the letter of
// RFC 6143, sharing nothing with the painters.

export interface TestPicture {
  readonly width: number;
  readonly height: number;
  /** 24 bits a pixel. */
  readonly pixels: number[];
}

export interface TestStep {
  readonly kind: 'raw' | 'copyRect' | 'rre' | 'hextile';
  readonly at: readonly [number, number, number, number];
  readonly seed: readonly number[];
}

export const testStep: fc.Arbitrary<TestStep> = fc.record({
  kind: fc.constantFrom('raw', 'copyRect', 'rre', 'hextile'),
  at: fc.tuple(fc.nat(1_000), fc.nat(1_000), fc.nat(1_000), fc.nat(1_000)),
  seed: fc.array(fc.nat(255), { minLength: 16, maxLength: 16 }),
});

/** Random numbers from a seed: the same again for the same. */
function dice(seed: readonly number[]): (sides: number) => number {
  let state = seed.reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7);
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

function pixelBytes(colour: number): number[] {
  return [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255, 0xee];
}

/** Paints one step into the picture and gives the bytes that say so: an update of one rectangle. */
export function playStep(picture: TestPicture, { kind, at, seed }: TestStep): Uint8Array {
  const x = at[0] % picture.width;
  const y = at[1] % picture.height;
  const width = 1 + (at[2] % (picture.width - x));
  const height = 1 + (at[3] % (picture.height - y));
  const area = { x, y, width, height };
  const roll = dice(seed);
  const set = (px: number, py: number, colour: number) => {
    picture.pixels[(y + py) * picture.width + x + px] = colour;
  };
  const block = (left: number, top: number, across: number, down: number, colour: number) => {
    for (let py = top; py < top + down; py += 1)
      for (let px = left; px < left + across; px += 1) set(px, py, colour);
  };
  const body: number[] = [];
  let encoding = 0;
  if (kind === 'raw') {
    for (let py = 0; py < height; py += 1)
      for (let px = 0; px < width; px += 1) {
        const colour = roll(0x1000000);
        set(px, py, colour);
        body.push(...pixelBytes(colour));
      }
  } else if (kind === 'copyRect') {
    encoding = 1;
    const fromX = roll(picture.width - width + 1);
    const fromY = roll(picture.height - height + 1);
    const before = [...picture.pixels];
    for (let py = 0; py < height; py += 1)
      for (let px = 0; px < width; px += 1)
        set(px, py, before[(fromY + py) * picture.width + fromX + px] ?? 0);
    body.push(fromX >> 8, fromX & 255, fromY >> 8, fromY & 255);
  } else if (kind === 'rre') {
    encoding = 2;
    const background = roll(0x1000000);
    const count = Math.min(roll(6), width * height, 3);
    body.push(0, 0, 0, count, ...pixelBytes(background));
    block(0, 0, width, height, background);
    for (let n = 0; n < count; n += 1) {
      const [left, top] = [roll(width), roll(height)];
      const [across, down] = [1 + roll(width - left), 1 + roll(height - top)];
      const colour = roll(0x1000000);
      block(left, top, across, down, colour);
      body.push(...pixelBytes(colour));
      for (const number of [left, top, across, down]) body.push(number >> 8, number & 255);
    }
  } else {
    encoding = 5;
    let [background, foreground] = [0, 0];
    let begun = false;
    for (let top = 0; top < height; top += 16)
      for (let left = 0; left < width; left += 16) {
        const [across, down] = [Math.min(16, width - left), Math.min(16, height - top)];
        let mask = roll(32);
        if (!begun) mask |= 2 | 4;
        if ((mask & 1) !== 0) {
          body.push(mask);
          for (let py = 0; py < down; py += 1)
            for (let px = 0; px < across; px += 1) {
              const colour = roll(0x1000000);
              set(left + px, top + py, colour);
              body.push(...pixelBytes(colour));
            }
          continue;
        }
        begun = true;
        body.push(mask);
        if ((mask & 2) !== 0) {
          background = roll(0x1000000);
          body.push(...pixelBytes(background));
        }
        if ((mask & 4) !== 0) {
          foreground = roll(0x1000000);
          body.push(...pixelBytes(foreground));
        }
        block(left, top, across, down, background);
        if ((mask & 8) === 0) continue;
        const count = roll(256);
        body.push(count);
        for (let n = 0; n < count; n += 1) {
          const [sx, sy] = [roll(across), roll(down)];
          const [sw, sh] = [1 + roll(across - sx), 1 + roll(down - sy)];
          let colour = foreground;
          if ((mask & 16) !== 0) {
            colour = roll(0x1000000);
            body.push(...pixelBytes(colour));
          }
          body.push((sx << 4) | sy, ((sw - 1) << 4) | (sh - 1));
          block(left + sx, top + sy, sw, sh, colour);
        }
      }
  }
  return concat(encodeUpdateHead(1), encodeRectangleHead(area, encoding), Uint8Array.from(body));
}
