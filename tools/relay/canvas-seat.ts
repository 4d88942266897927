import { CanvasViewer } from './canvas-viewer.ts';
import type { GuestScreen } from './guest-screen.ts';
import type { TestBrowser } from './test-browser.ts';
import type { TestAsk, TestRelay } from './test-relay.ts';

/** A person at a screen, as far as the relay can tell: a WebSocket, and noVNC's decoders painting what comes. */
export interface CanvasSeat {
  readonly browser: TestBrowser;
  readonly viewer: CanvasViewer;
}

/** Opens a console and paints; resolves when the first update is painted. */
export async function openCanvasSeat(
  relay: TestRelay,
  ask: TestAsk = {},
  encodings?: readonly number[],
): Promise<CanvasSeat> {
  const browser = await relay.open(ask);
  const viewer = await CanvasViewer.open((bytes) => browser.send(bytes), encodings);
  browser.onBytes((bytes) => viewer.feed(bytes));
  await browser.until(() => viewer.updates > 0, 'a first update');
  return { browser, viewer };
}

/** Whether what the person sees is what the guest shows, to the pixel. */
export function seesExactly({ viewer }: CanvasSeat, screen: GuestScreen): boolean {
  return sameColours(viewer, screen.size, screen.colours());
}

export function sameColours(
  { canvas }: CanvasViewer,
  size: { readonly width: number; readonly height: number },
  colours: Uint32Array,
): boolean {
  if (canvas.size.width !== size.width || canvas.size.height !== size.height) return false;
  return Buffer.from(canvas.colours.buffer).equals(Buffer.from(colours.buffer));
}

export async function leaveSeat({ browser }: CanvasSeat): Promise<void> {
  browser.control({ type: 'leave' });
  await browser.closed;
}
