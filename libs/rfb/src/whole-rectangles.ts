import { ENCODING, type EncodingName } from './encodings.ts';
import { wholeHextileEnd } from './hextile-walker.ts';
import { BYTES_PER_PIXEL } from './pixel-format.ts';
import type { TightWalker } from './tight-walker.ts';
import type { UpdateTally } from './update-tally.ts';

const HEAD_BYTES = 12;
/** Head and body of the shortest rectangles; with less than this ahead nothing is looked at. */
const LEAST_AHEAD_BYTES = HEAD_BYTES + 4;
const NAMES: Readonly<Record<number, EncodingName>> = {
  [ENCODING.raw]: 'raw',
  [ENCODING.copyRect]: 'copyRect',
  [ENCODING.hextile]: 'hextile',
  [ENCODING.tight]: 'tight',
};

/** What of a walker the fast way needs. */
export interface WholeRectangles {
  readonly width: number;
  readonly height: number;
  readonly tally: UpdateTally;
  readonly tight: TightWalker;
}

/**
 * The fast way over pictures that nobody wants to be told of one by one: a screen of text is thousands of rectangles of a
 * few dozen bytes. Walks those that stand whole in `bytes` and are beyond all doubt; the first one that is not (cut off,
 * out of bounds, telling something, using a zlib stream anew) is left to the slow way, which knows what to make of it.
 * @returns where the first rectangle begins that was not walked
 */
export function walkWholeRectangles(
  bytes: Uint8Array,
  start: number,
  { width, height, tally, tight }: WholeRectangles,
): number {
  const lastHead = bytes.length - LEAST_AHEAD_BYTES;
  let { room, patience } = tally;
  let position = start;
  let encoding = -1;
  let count = 0;
  let pixels = 0;
  while (position <= lastHead && room > 0) {
    if (((bytes[position + 8] ?? 0) | (bytes[position + 9] ?? 0) | (bytes[position + 10] ?? 0)) !== 0) break;
    const kind = bytes[position + 11] ?? 0;
    const x = ((bytes[position] ?? 0) << 8) | (bytes[position + 1] ?? 0);
    const y = ((bytes[position + 2] ?? 0) << 8) | (bytes[position + 3] ?? 0);
    const across = ((bytes[position + 4] ?? 0) << 8) | (bytes[position + 5] ?? 0);
    const down = ((bytes[position + 6] ?? 0) << 8) | (bytes[position + 7] ?? 0);
    const area = across * down;
    patience -= area;
    if (x + across > width || y + down > height || patience < 0) break;
    const body = position + HEAD_BYTES;
    let end = -1;
    if (kind === ENCODING.tight) end = tight.wholeEnd(bytes, body, across, down);
    else if (kind === ENCODING.hextile) end = wholeHextileEnd(bytes, body, across, down);
    else if (kind === ENCODING.raw) end = body + area * BYTES_PER_PIXEL;
    else if (kind === ENCODING.copyRect) end = body + 4;
    if (end < 0 || end > bytes.length) break;
    if (kind !== encoding) {
      book(tally, encoding, count, pixels);
      encoding = kind;
      count = 0;
      pixels = 0;
    }
    count += 1;
    pixels += area;
    room -= 1;
    position = end;
  }
  book(tally, encoding, count, pixels);
  return position;
}

function book(tally: UpdateTally, encoding: number, count: number, pixels: number): void {
  const name = NAMES[encoding];
  if (name !== undefined && count > 0) tally.addAll(name, count, pixels);
}
