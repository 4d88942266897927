import { RfbError } from '@porthole/rfb';
import type { Cancel, Clock } from '../clock.ts';
import { DialError } from '../dial-error.ts';
import { ControlRate } from './control-rate.ts';

/** New sizes of a screen within the window: a machine that starts goes through four or five, a window that is dragged asks twice a second. */
export const MAX_RESIZES = 30;
export const RESIZE_WINDOW_MS = 10_000;
/** Bells that are passed on in a second; the rest says no more than these. */
export const MAX_BELLS_PER_SECOND = 20;
/** How long a message may take from its first byte to its last, in milliseconds, */
export const MESSAGE_PATIENCE_MS = 60_000;
/** … and a second more for each of so many bytes that came of it: an honest host on a poor line is no slower. */
export const LEAST_BYTES_PER_SECOND = 16 * 1024;

export interface HostMannersListener {
  /** Whether the host stands still because of us: a seat that is alone has not taken what it was sent. */
  isHeldBack(): boolean;
  /** The host has begun a message and does not end it. */
  stuck(error: DialError): void;
}

/**
 * What is lawful once and an attack, or a dead line, when it goes on: sizes that change at the rate of a flood, bells,
 * and a message that never ends, behind which every seat would wait without a word.
 */
export class HostManners {
  readonly #clock: Clock;
  readonly #listener: HostMannersListener;
  readonly #resizes = new ControlRate(MAX_RESIZES, RESIZE_WINDOW_MS);
  readonly #bells = new ControlRate(MAX_BELLS_PER_SECOND);
  #begunAt: number | null = null;
  #bytes = 0;
  #cancelLook: Cancel | null = null;

  constructor(clock: Clock, listener: HostMannersListener) {
    this.#clock = clock;
    this.#listener = listener;
  }

  /** @throws RfbError rfb/too-many-resizes */
  resized(): void {
    if (!this.#resizes.allows(this.#clock.now())) throw new RfbError('rfb/too-many-resizes');
  }

  mayRing(): boolean {
    return this.#bells.allows(this.#clock.now());
  }

  messageEnded(): void {
    this.#begunAt = null;
  }

  /** So many bytes came, and behind them the host stands between two messages, or does not. */
  received(bytes: number, atBoundary: boolean): void {
    if (atBoundary) return;
    if (this.#begunAt === null) {
      this.#begunAt = this.#clock.now();
      this.#bytes = 0;
    }
    this.#bytes += bytes;
    this.#cancelLook ??= this.#clock.after(MESSAGE_PATIENCE_MS, () => this.#look());
  }

  cancel(): void {
    this.#cancelLook?.();
    this.#cancelLook = null;
    this.#begunAt = null;
  }

  #look(): void {
    this.#cancelLook = null;
    if (this.#begunAt === null) return;
    const now = this.#clock.now();
    if (this.#listener.isHeldBack()) {
      this.#begunAt = now;
      this.#bytes = 0;
    }
    const allowedMs = MESSAGE_PATIENCE_MS + (this.#bytes / LEAST_BYTES_PER_SECOND) * 1_000;
    const leftMs = this.#begunAt + allowedMs - now;
    if (leftMs <= 0) this.#listener.stuck(new DialError('relay/host-stuck', { bytes: this.#bytes }));
    else this.#cancelLook = this.#clock.after(leftMs, () => this.#look());
  }
}
