import type { Area } from './messages-to-seat.ts';

/** Side of the squares in which changes are booked, in pixels. */
export const DAMAGE_TILE = 16;

/** Where a picture has changed since it was last asked: cheap to add to, whatever is added. */
export class Damage {
  #width = 0;
  #height = 0;
  #columns = 0;
  #rows = 0;
  #tiles = new Uint8Array(0);
  #empty = true;

  constructor(width: number, height: number) {
    this.resize(width, height);
  }

  get isEmpty(): boolean {
    return this.#empty;
  }

  /** Another size, and nothing changed in it. */
  resize(width: number, height: number): void {
    this.#width = width;
    this.#height = height;
    this.#columns = Math.ceil(width / DAMAGE_TILE);
    this.#rows = Math.ceil(height / DAMAGE_TILE);
    this.#tiles = new Uint8Array(this.#columns * this.#rows);
    this.#empty = true;
  }

  /** @param area inside the picture */
  add({ x, y, width, height }: Area): void {
    if (width === 0 || height === 0) return;
    const first = Math.floor(x / DAMAGE_TILE);
    const end = Math.ceil((x + width) / DAMAGE_TILE);
    const bottom = Math.ceil((y + height) / DAMAGE_TILE);
    for (let row = Math.floor(y / DAMAGE_TILE); row < bottom; row += 1)
      this.#tiles.fill(1, row * this.#columns + first, row * this.#columns + end);
    this.#empty = false;
  }

  /** What has changed, as rectangles that do not overlap; from here on nothing has. */
  take(): Area[] {
    const areas: Area[] = [];
    let above: { first: number; end: number; area: { -readonly [K in keyof Area]: Area[K] } }[] = [];
    for (let row = 0; row < this.#rows; row += 1) {
      const runs: typeof above = [];
      for (const { first, end } of this.#runs(row)) {
        const joined = above.find((run) => run.first === first && run.end === end);
        const height = Math.min(DAMAGE_TILE, this.#height - row * DAMAGE_TILE);
        if (joined !== undefined) {
          joined.area.height += height;
          runs.push(joined);
          continue;
        }
        const x = first * DAMAGE_TILE;
        const width = Math.min(end * DAMAGE_TILE, this.#width) - x;
        const area = { x, y: row * DAMAGE_TILE, width, height };
        areas.push(area);
        runs.push({ first, end, area });
      }
      above = runs;
    }
    this.clear();
    return areas;
  }

  clear(): void {
    this.#tiles.fill(0);
    this.#empty = true;
  }

  #runs(row: number): { first: number; end: number }[] {
    const runs: { first: number; end: number }[] = [];
    const start = row * this.#columns;
    for (let column = 0; column < this.#columns; column += 1) {
      if (this.#tiles[start + column] === 0) continue;
      const first = column;
      while (column < this.#columns && this.#tiles[start + column] === 1) column += 1;
      runs.push({ first, end: column });
    }
    return runs;
  }
}
