import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAMAGE_TILE, Damage } from './damage.ts';
import type { Area } from './messages-to-seat.ts';

const SIZE = { width: 100, height: 70 };
const area = fc
  .record({
    x: fc.nat(SIZE.width - 1),
    y: fc.nat(SIZE.height - 1),
    across: fc.nat(200),
    down: fc.nat(200),
  })
  .map(({ x, y, across, down }) => ({
    x,
    y,
    width: 1 + (across % (SIZE.width - x)),
    height: 1 + (down % (SIZE.height - y)),
  }));

describe('damage', () => {
  it('gives back all that was added, inside the picture, no pixel twice, and no farther than a tile', () => {
    fc.assert(
      fc.property(fc.array(area, { maxLength: 8 }), (added) => {
        const damage = new Damage(SIZE.width, SIZE.height);
        for (const one of added) damage.add(one);
        expect(damage.isEmpty).toBe(added.length === 0);
        const taken = damage.take();
        expect(damage.isEmpty).toBe(true);
        expect(damage.take()).toEqual([]);
        const within = (x: number, y: number, one: Area, grow: number) =>
          x >= one.x - grow &&
          x < one.x + one.width + grow &&
          y >= one.y - grow &&
          y < one.y + one.height + grow;
        const count = (x: number, y: number, areas: readonly Area[], grow = 0) =>
          areas.filter((one) => within(x, y, one, grow)).length;
        const wrong: string[] = [];
        for (let y = 0; y < SIZE.height; y += 1)
          for (let x = 0; x < SIZE.width; x += 1) {
            const times = count(x, y, taken);
            if (times > 1) wrong.push(`${x},${y} twice`);
            if (times === 0 && count(x, y, added) > 0) wrong.push(`${x},${y} left out`);
            if (times > 0 && count(x, y, added, DAMAGE_TILE) === 0) wrong.push(`${x},${y} too far`);
          }
        expect(wrong).toEqual([]);
        for (const one of taken) {
          expect(one.x + one.width).toBeLessThanOrEqual(SIZE.width);
          expect(one.y + one.height).toBeLessThanOrEqual(SIZE.height);
        }
      }),
      { numRuns: 30 },
    );
  });
});
