import type { UpdateSummary } from '@porthole/rfb';
import type { Seat } from './seat.ts';

/** What the protocol of a console tells its hub. */
export interface ConsoleLineListener {
  /** The host speaks as it should: seats may begin. */
  ready(): void;
  /** A seat got its first picture, or its first text. */
  picture(seat: Seat): void;
  /** A seat broke the protocol; it alone is ended. */
  seatFault(seat: Seat, error: unknown): void;
  /** The host ended an update, told once however many look at it. */
  updated(update: UpdateSummary): void;
  toHost(messages: readonly Uint8Array[]): void;
  /** The relay has no memory for another picture. */
  noRoom(): void;
  /** The console cannot go on, for a reason of ours. */
  failed(error: unknown): void;
}

/** The protocol between a host and the seats of one hub: one form for screens, one for text. */
export interface ConsoleLine {
  /** Whether the host has said anything of its own: an end before that is a silence, after it a loss. */
  readonly hostHasSpoken: boolean;
  /** Whether what the host says goes straight to the one seat there is, which then holds the host back if it is slow. */
  readonly passesThrough: boolean;
  start(): void;
  /**
   * Bytes of the host, in any split.
   * @throws RfbError where the host breaks the protocol
   */
  fromHost(chunk: Uint8Array): void;
  /** Whether something of the host's bytes that stands in this memory has yet to go to a seat. */
  keeps(memory: ArrayBufferLike): boolean;
  /** Bytes of a seat, in any split. */
  fromSeat(seat: Seat, chunk: Uint8Array): void;
  seatJoined(seat: Seat): void;
  seatLeft(seat: Seat): void;
  /** The browser has taken all that waited for it. */
  seatDrained(seat: Seat): void;
  /** Lets go whatever the guest believes to be held down. */
  letGo(): void;
  /**
   * The tunnel has ended and another is to come: the seats keep their viewers, what they say meanwhile reaches nobody,
   * and what is half is brought to an end. The next bytes of a host are those of a new connection.
   */
  hostLeft(): void;
  /** The line is over: nothing is sent any more. */
  close(): void;
}
