import type { BodyWalker } from './body-walker.ts';
import { ENCODING, type EncodingName } from './encodings.ts';
import { encodeRectangleHead } from './messages-to-seat.ts';
import type { UpdateTally } from './update-tally.ts';

/** Bodies that zeros bring to an end, however far they have come: a viewer may be given any part of them. */
const FLOWING: ReadonlySet<EncodingName> = new Set<EncodingName>(['raw', 'rre', 'hextile']);
const ZEROS = new Uint8Array(64 * 1024);
const NOTHING = { x: 0, y: 0, width: 0, height: 0 };

export function isFlowing(encoding: EncodingName): boolean {
  return FLOWING.has(encoding);
}

/**
 * What ends an update for a viewer that was given the part of it that could be passed on.
 * @param body of the rectangle that the viewer has begun; it is walked to its end
 * @param knowsLastRect whether the viewer asked for LastRect
 */
export function endOfUpdate(
  body: BodyWalker | null,
  update: Pick<UpdateTally, 'owed' | 'endsWithLastRect'>,
  knowsLastRect: boolean,
): Uint8Array[] {
  const ends: Uint8Array[] = [];
  while (body !== null && !body.done) ends.push(ZEROS.subarray(0, body.walk(ZEROS, 0)));
  const owed = body === null ? update.owed : update.owed - 1;
  if (owed === 0 && !update.endsWithLastRect) return ends;
  if (knowsLastRect) return [...ends, encodeRectangleHead(NOTHING, ENCODING.lastRect)];
  const empty = encodeRectangleHead(NOTHING, ENCODING.raw);
  return [...ends, ...Array.from({ length: owed }, () => empty)];
}
