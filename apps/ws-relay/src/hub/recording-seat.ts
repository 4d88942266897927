import type { Right } from '@porthole/rbac';
import type { ServerMessage } from '@porthole/relay-contract';
import { ManualClock } from '../manual-clock.ts';
import { Seat } from './seat.ts';
import type { SeatSocketListener } from './seat-socket.ts';

/** A real seat over a socket that only records, on a clock that tests move. */
export class RecordingSeat {
  readonly clock = new ManualClock();
  readonly said: ServerMessage[] = [];
  readonly seat: Seat;
  /** How much waits for the browser, as tests have it. */
  queuedBytes = 0;
  #bytes: Uint8Array[] = [];
  #browser: SeatSocketListener | null = null;

  constructor(rights: readonly Right[] = ['look', 'type', 'clipboard'], personId = 'mira') {
    const queue = () => this.queuedBytes;
    this.seat = new Seat(
      {
        id: '00000000-0000-4000-8000-000000000001',
        personId,
        personName: 'Mira',
        kind: 'screen',
        rights,
        copying: { toGuest: true, fromGuest: true },
        keyboardRule: 'free',
        times: { idleTimeoutMs: 1_800_000, maximumTimeMs: 28_800_000 },
        askedAt: 0,
        endsAt: null,
      },
      {
        get queuedBytes() {
          return queue();
        },
        listen: (listener) => {
          this.#browser = listener;
        },
        sendControl: (message) => this.said.push(message),
        sendBytes: (bytes) => this.#bytes.push(bytes),
        pauseReading: () => undefined,
        resumeReading: () => undefined,
        close: (_kind, last) => this.said.push(last),
      },
      this.clock,
    );
    this.seat.holdKeyboard(true);
  }

  /** The browser at the other end. */
  get browser(): SeatSocketListener {
    if (this.#browser === null) throw new Error('nobody listens to this browser');
    return this.#browser;
  }

  /** What was sent since this was last asked. */
  taken(): Buffer {
    const bytes = Buffer.concat(this.#bytes);
    this.#bytes = [];
    return bytes;
  }
}
