import type { EncodingName } from '@porthole/rfb';

/** What goes to a seat as a whole or not at all: rectangles that stand for one moment of the screen. */
export interface ScreenUnit {
  /** With their heads; shared between seats, never written to. */
  readonly rectangles: readonly Uint8Array[];
  readonly encoding: EncodingName;
  readonly bytes: number;
  readonly pixels: number;
  /** A new size ends its update: what follows is told in the next one (RFC 6143 §7.8.2). */
  readonly endsUpdate: boolean;
}

const UPDATE_HEAD_BYTES = 4;

/** The one rectangle of an update that tells something, as a unit. */
export function tellingUnit(update: Uint8Array, encoding: EncodingName, endsUpdate = false): ScreenUnit {
  const rectangle = update.subarray(UPDATE_HEAD_BYTES);
  return { rectangles: [rectangle], encoding, bytes: rectangle.length, pixels: 0, endsUpdate };
}
