/** What the page uses of a WebSocket; tests give their own. */
export interface SocketLike {
  /** As in the WebSocket API: 1 while bytes can be sent. */
  readonly readyState: number;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

const OPEN = 1;

/**
 * The bytes of one console, shaped like a WebSocket because noVNC takes one ready-made: control messages never pass
 * here. What comes before a viewer listens is kept for it.
 */
export class ConsoleChannel {
  binaryType = 'arraybuffer';
  readonly protocol = '';
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  /** Runs before the viewer learns of the end: the last moment to copy its picture. */
  onending: (() => void) | null = null;
  /** What comes next was printed while its reader was away. */
  onaway: (() => void) | null = null;
  bytesIn = 0;
  bytesOut = 0;
  readonly #socket: SocketLike;
  readonly #onViewerGaveUp: () => void;
  #listener: ((event: { data: ArrayBuffer }) => void) | null = null;
  #early: (ArrayBuffer | 'away')[] = [];
  #closed = false;

  /** @param onViewerGaveUp the viewer closed the channel by itself: it can't go on with these bytes */
  constructor(socket: SocketLike, onViewerGaveUp: () => void) {
    this.#socket = socket;
    this.#onViewerGaveUp = onViewerGaveUp;
  }

  get readyState(): number {
    return this.#closed ? 3 : this.#socket.readyState;
  }

  get onmessage(): ((event: { data: ArrayBuffer }) => void) | null {
    return this.#listener;
  }

  set onmessage(listener: ((event: { data: ArrayBuffer }) => void) | null) {
    this.#listener = listener;
    if (listener === null) return;
    // Not within the setter: noVNC sets it before it is ready to read.
    queueMicrotask(() => {
      const early = this.#early;
      this.#early = [];
      for (const one of early) this.#hand(one);
    });
  }

  /** Bytes for the machine; dropped while there is no line, for nothing typed is kept or replayed. */
  send(data: Uint8Array<ArrayBuffer>): void {
    if (this.#closed || this.#socket.readyState !== OPEN) return;
    this.bytesOut += data.byteLength;
    this.#socket.send(data);
  }

  /** Called by the viewer. */
  close(): void {
    if (!this.#closed) this.#onViewerGaveUp();
  }

  /** A binary frame of the relay. */
  deliver(data: ArrayBuffer): void {
    this.bytesIn += data.byteLength;
    this.#queue(data);
  }

  /** A word of the relay that belongs to this place in its bytes. */
  markAway(): void {
    this.#queue('away');
  }

  #queue(one: ArrayBuffer | 'away'): void {
    if (this.#listener === null || this.#early.length > 0) this.#early.push(one);
    else this.#hand(one);
  }

  #hand(one: ArrayBuffer | 'away'): void {
    if (one === 'away') this.onaway?.();
    else this.#listener?.({ data: one });
  }

  /** The socket ended; the viewer learns it once. */
  end(event: { code: number; reason: string }): void {
    if (this.#closed) return;
    this.onending?.();
    this.#closed = true;
    this.onclose?.(event);
  }
}
