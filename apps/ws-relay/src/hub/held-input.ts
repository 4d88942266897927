import { type ClientMessage, encodeKeyEvent, encodePointerEvent, encodeQemuKey } from '@porthole/rfb';

/** Most keys that are remembered as held down; no hand has more, and a script does not grow us. */
export const MAX_HELD_KEYS = 256;

/**
 * What the guest believes to be held down. Whoever types next, or nobody, must not find a Ctrl that its holder never let
 * go (rfb.md §7.12).
 */
export class HeldInput {
  /** The message that lets each key go. */
  readonly #releases = new Map<string, Uint8Array>();
  #pointer: { readonly x: number; readonly y: number } | null = null;

  /** Notes a message that went to the host. */
  note(message: ClientMessage): void {
    if (message.type === 'key')
      this.#noteKey(`keysym ${message.keysym}`, message.down, () =>
        encodeKeyEvent({ down: false, keysym: message.keysym }),
      );
    else if (message.type === 'qemu-key')
      this.#noteKey(`keycode ${message.keycode}`, message.down, () =>
        encodeQemuKey({ down: false, keysym: message.keysym, keycode: message.keycode }),
      );
    else if (message.type === 'pointer') this.#pointer = message.buttons === 0 ? null : message;
  }

  /** @returns the messages that let everything go; from here on nothing is held */
  letGo(): Uint8Array[] {
    const messages = [...this.#releases.values()];
    if (this.#pointer !== null)
      messages.push(encodePointerEvent({ buttons: 0, x: this.#pointer.x, y: this.#pointer.y }));
    this.#releases.clear();
    this.#pointer = null;
    return messages;
  }

  #noteKey(key: string, down: boolean, release: () => Uint8Array): void {
    if (!down) this.#releases.delete(key);
    else if (this.#releases.size < MAX_HELD_KEYS) this.#releases.set(key, release());
  }
}
