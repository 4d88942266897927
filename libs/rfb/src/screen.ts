/** One screen of a desktop (rfb.md §2). */
export interface Screen {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly flags: number;
}

export const SCREEN_BYTES = 16;

export function screensBytes(screens: readonly Screen[]): number {
  return screens.length * SCREEN_BYTES;
}

export function writeScreens(view: DataView, at: number, screens: readonly Screen[]): void {
  for (const [index, screen] of screens.entries()) {
    const start = at + index * SCREEN_BYTES;
    view.setUint32(start, screen.id);
    view.setUint16(start + 4, screen.x);
    view.setUint16(start + 6, screen.y);
    view.setUint16(start + 8, screen.width);
    view.setUint16(start + 10, screen.height);
    view.setUint32(start + 12, screen.flags);
  }
}

export function readScreens(view: DataView, at: number, count: number): Screen[] {
  return Array.from({ length: count }, (_none, index) => {
    const start = at + index * SCREEN_BYTES;
    return {
      id: view.getUint32(start),
      x: view.getUint16(start + 4),
      y: view.getUint16(start + 6),
      width: view.getUint16(start + 8),
      height: view.getUint16(start + 10),
      flags: view.getUint32(start + 12),
    };
  });
}
