import type { ConsoleChannel } from './console-channel.ts';
import { GuardedRfb } from './guarded-rfb.ts';
import type { ScreenKey } from './screen-keys.ts';

/** Text of the machine beyond this many characters is left there (security.md §9). */
export const MAX_CLIPBOARD_CHARACTERS = 1024 * 1024;

export interface ScreenViewerEvents {
  onUp(): void;
  onSize(width: number, height: number): void;
  /** The machine offers text; only ever used while copying is turned on. */
  onClipboard(text: string): void;
}

/** noVNC on a channel of ours, behind the few things that the page asks of it. Loaded on intent alone. */
export class ScreenViewer {
  readonly #rfb: GuardedRfb;
  readonly #host: HTMLElement;

  constructor(host: HTMLElement, channel: ConsoleChannel, events: ScreenViewerEvents) {
    this.#host = host;
    this.#rfb = new GuardedRfb(host, channel, { shared: true });
    this.#rfb.background = 'transparent';
    this.#rfb.scaleViewport = true;
    this.#rfb.focusOnClick = true;
    this.#rfb.onSize = events.onSize;
    this.#rfb.addEventListener('connect', () => events.onUp());
    this.#rfb.addEventListener('clipboard', ({ detail }) => events.onClipboard(detail.text));
  }

  /** A courtesy: the relay drops what may not be sent. */
  set viewOnly(viewOnly: boolean) {
    this.#rfb.viewOnly = viewOnly;
    this.#rfb.focusOnClick = !viewOnly;
  }

  /** `fit` scales to the window, else a pixel is a pixel. */
  set fit(fit: boolean) {
    this.#rfb.scaleViewport = fit;
  }

  get canvas(): HTMLCanvasElement | null {
    return this.#host.querySelector('canvas');
  }

  focus(): void {
    this.#rfb.focus({ preventScroll: true });
  }

  blur(): void {
    this.#rfb.blur();
  }

  releaseKeys(): void {
    this.#rfb.releaseKeys();
  }

  sendCtrlAltDel(): void {
    this.#rfb.sendCtrlAltDel();
  }

  /** Presses the keys in order and lets them go in reverse. */
  sendKeys(keys: readonly ScreenKey[]): void {
    for (const { keysym, code } of keys) this.#rfb.sendKey(keysym, code, true);
    for (const { keysym, code } of [...keys].reverse()) this.#rfb.sendKey(keysym, code, false);
  }

  /** The picture as it is, as a PNG. */
  picture(): Promise<Blob | null> {
    return new Promise((resolve) => this.#rfb.toBlob(resolve, 'image/png'));
  }

  /** A copy of the picture, for the time without a line. */
  snapshot(): string | null {
    const { canvas } = this;
    return canvas === null || canvas.width === 0 ? null : canvas.toDataURL('image/png');
  }

  close(): void {
    this.#rfb.disconnect();
  }
}
