import type { Canvas } from './framebuffer.ts';

/** The pixel at `at` of the wire, in the hub's format; its fourth byte means nothing. */
export function pixelAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
}

/** Fills a part of the canvas; the caller has seen to it that it lies inside. */
export function fill(
  canvas: Canvas,
  x: number,
  y: number,
  width: number,
  height: number,
  pixel: number,
): void {
  const { pixels, width: stride } = canvas;
  let start = y * stride + x;
  for (let row = 0; row < height; row += 1) {
    pixels.fill(pixel, start, start + width);
    start += stride;
  }
}
