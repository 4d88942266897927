import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Coverage, MAX_UNCOVERED_PIECES } from './coverage.ts';

const [WIDTH, HEIGHT] = [12, 9];

const area = fc
  .tuple(fc.nat(WIDTH - 1), fc.nat(HEIGHT - 1), fc.nat(WIDTH), fc.nat(HEIGHT))
  .map(([x, y, width, height]) => ({
    x,
    y,
    width: Math.min(width, WIDTH - x),
    height: Math.min(height, HEIGHT - y),
  }));

describe('Coverage', () => {
  it('knows exactly what a grid of pixels knows', () => {
    fc.assert(
      fc.property(fc.array(area, { maxLength: 14 }), (areas) => {
        const coverage = new Coverage();
        coverage.begin(WIDTH, HEIGHT);
        const painted = new Set<number>();
        for (const one of areas) {
          coverage.cover(one);
          for (let y = one.y; y < one.y + one.height; y += 1) {
            for (let x = one.x; x < one.x + one.width; x += 1) painted.add(y * WIDTH + x);
          }
          expect(coverage.complete).toBe(painted.size === WIDTH * HEIGHT);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('gives up on a host that paints single pixels, rather than count for ever', () => {
    const coverage = new Coverage();
    coverage.begin(8_192, 4_096);
    for (let i = 0; i < MAX_UNCOVERED_PIECES; i += 1)
      coverage.cover({ x: 2 * i, y: 2 * i, width: 1, height: 1 });
    coverage.cover({ x: 0, y: 0, width: 8_192, height: 4_096 });
    expect(coverage.complete).toBe(false);
  });
});
