import RFB from '@novnc/novnc';
import { mendResets } from './whole-resets.ts';

/** Largest picture that is drawn (security.md §9); the relay refuses larger ones before. */
export const MAX_PICTURE_SIDE = 8192;
export const MAX_PICTURE_PIXELS = 34_000_000;

/** Whether a picture of that size may be given memory. */
export function pictureFits(width: number, height: number): boolean {
  return width <= MAX_PICTURE_SIDE && height <= MAX_PICTURE_SIDE && width * height <= MAX_PICTURE_PIXELS;
}

/** RFC 6143 does not list it; rfbproto: 7. */
const TIGHT = 7;

/** noVNC with a bound on the picture's size, a way to let go of all keys, and streams that can begin anew. */
export class GuardedRfb extends RFB {
  #onSize: (width: number, height: number) => void = () => undefined;

  constructor(...args: ConstructorParameters<typeof RFB>) {
    super(...args);
    const tight = this._decoders[TIGHT];
    if (tight !== undefined) mendResets(tight);
  }

  set onSize(listener: (width: number, height: number) => void) {
    this.#onSize = listener;
  }

  /** Sends key-up for everything that is held: noVNC does it when its keyboard is let go. */
  releaseKeys(): void {
    if (this._rfbConnectionState !== 'connected' || this._viewOnly) return;
    this._keyboard.ungrab();
    this._keyboard.grab();
  }

  protected override _resize(width: number, height: number): void {
    if (!pictureFits(width, height)) {
      this._fail(`a picture of ${width} by ${height} is not drawn`);
      return;
    }
    super._resize(width, height);
    this.#onSize(width, height);
  }
}
