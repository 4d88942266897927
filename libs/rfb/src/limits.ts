import { RfbError } from './rfb-error.ts';

// Lengths from a peer are hostile; each is checked against one of these before anything is allocated (security.md §9).

/** Longest side of a desktop, in pixels. */
export const MAX_DESKTOP_SIDE = 8_192;
/** Largest desktop, in pixels. */
export const MAX_DESKTOP_PIXELS = 34_000_000;
/** Longest desktop name and longest reason for a refusal, in bytes. */
export const MAX_NAME_BYTES = 4 * 1024;
/** Longest clipboard text that is passed on, in bytes, each way. */
export const MAX_CUT_TEXT_BYTES = 1024 * 1024;
/** Longest clipboard text of a host that is walked over without being kept, in bytes. */
export const MAX_SKIPPED_CUT_TEXT_BYTES = 64 * 1024 * 1024;
/** Most numbers in one SetEncodings. */
export const MAX_ENCODINGS = 1_024;
/** Longest payload of a fence, in bytes (rfb.md §2). */
export const MAX_FENCE_BYTES = 64;
/** Longest side of a pointer's picture, in pixels. */
export const MAX_CURSOR_SIDE = 1_024;
/** How often the subrectangles of one RRE rectangle may paint over it; an honest host paints each pixel once at most. */
export const MAX_RRE_OVERPAINT = 4;
/** Most rectangles of one update; a count of 65535 means "until LastRect", which some host might never send (rfb.md §7.8). */
export const MAX_UPDATE_RECTANGLES = 65_534;
/** How often one update may paint over the whole desktop; an honest host paints each pixel once, and moves some. */
export const MAX_UPDATE_OVERPAINT = 16;
/** Pixels that any update may paint, however small the desktop: many small changes may be told as one. */
export const LEAST_UPDATE_PIXELS = MAX_DESKTOP_PIXELS;
/** Widest rectangle in Tight, in pixels (rfb.md §4). */
export const MAX_TIGHT_WIDTH = 2_048;

/** @throws RfbError rfb/desktop-too-large */
export function assertDesktopSize(width: number, height: number): void {
  if (width > MAX_DESKTOP_SIDE || height > MAX_DESKTOP_SIDE || width * height > MAX_DESKTOP_PIXELS) {
    throw new RfbError('rfb/desktop-too-large', { width, height });
  }
}
