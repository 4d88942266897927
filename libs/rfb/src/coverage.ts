import type { Area } from './messages-to-seat.ts';

/** Above it the update is taken as not covering: patience for a hostile host, not for a real one. */
export const MAX_UNCOVERED_PIECES = 1_024;

/** Tells, exactly, when rectangles have covered a desktop: keeps what is still bare as a list of rectangles. */
export class Coverage {
  #bare: Area[] = [];
  #givenUp = false;

  begin(width: number, height: number): void {
    this.#bare = width > 0 && height > 0 ? [{ x: 0, y: 0, width, height }] : [];
    this.#givenUp = false;
  }

  get complete(): boolean {
    return !this.#givenUp && this.#bare.length === 0;
  }

  /** There were too many pieces to go on counting. */
  get givenUp(): boolean {
    return this.#givenUp;
  }

  cover(area: Area): void {
    if (this.#givenUp || this.#bare.length === 0) return;
    this.#bare = this.#bare.flatMap((piece) => without(piece, area));
    this.#givenUp = this.#bare.length > MAX_UNCOVERED_PIECES;
  }
}

/** What is left of a piece: at most a strip above, below, left and right of the hole. */
function without(piece: Area, hole: Area): Area[] {
  const left = Math.max(piece.x, hole.x);
  const top = Math.max(piece.y, hole.y);
  const right = Math.min(piece.x + piece.width, hole.x + hole.width);
  const bottom = Math.min(piece.y + piece.height, hole.y + hole.height);
  if (left >= right || top >= bottom) return [piece];
  return [
    { x: piece.x, y: piece.y, width: piece.width, height: top - piece.y },
    { x: piece.x, y: bottom, width: piece.width, height: piece.y + piece.height - bottom },
    { x: piece.x, y: top, width: left - piece.x, height: bottom - top },
    { x: right, y: top, width: piece.x + piece.width - right, height: bottom - top },
  ].filter((rest) => rest.width > 0 && rest.height > 0);
}
