import type { EncodingName } from './encodings.ts';
import type { Screen } from './screen.ts';

export type ServerMessageName = 'update' | 'bell' | 'cut-text';

/** Rectangles of one encoding in an update. */
export interface PaintedSum {
  readonly encoding: EncodingName;
  readonly rectangles: number;
  /** Painted ones; 0 for what only tells something. */
  readonly pixels: number;
}

/** What one FramebufferUpdate held. */
export interface UpdateSummary {
  /** Rectangles of every kind, the telling ones included. */
  readonly rectangles: number;
  /** By encoding, in the order in which they first came. */
  readonly painted: readonly PaintedSum[];
}

/** What the walker has seen. Offsets count the bytes of the stream since the walker began. */
export type WalkerEvent =
  /** The type byte stands at `offset`. */
  | { readonly type: 'message-start'; readonly message: ServerMessageName; readonly offset: number }
  /** `end` is the offset behind the last byte: here another message may be put in. */
  | {
      readonly type: 'message-end';
      readonly message: ServerMessageName;
      readonly start: number;
      readonly end: number;
      readonly update: UpdateSummary | null;
    }
  /** Only where `tellsRectangles` is on. */
  | {
      readonly type: 'rectangle';
      readonly encoding: EncodingName;
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      /** Painted ones; 0 for what only tells something. */
      readonly pixels: number;
      /** Offset of the rectangle's head. */
      readonly start: number;
      readonly end: number;
    }
  | {
      readonly type: 'desktop-size';
      readonly width: number;
      readonly height: number;
      /** Of ExtendedDesktopSize; empty else. */
      readonly screens: readonly Screen[];
      /** 0 server, 1 this client, 2 other client (rfb.md §4.1). */
      readonly reason: number;
      /** 0 ok; else the size has not changed. */
      readonly status: number;
    }
  /** This control byte is the first that uses the stream: a kept viewer needs the reset bit `1 << stream` in it. */
  | { readonly type: 'tight-stream-start'; readonly stream: number; readonly offset: number }
  /** The pointer's picture: `x`, `y` are its hot spot; pixels, then a mask. */
  | {
      readonly type: 'cursor';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly body: Uint8Array;
    }
  /** Untrusted text. */
  | { readonly type: 'desktop-name'; readonly name: string }
  /** Bit 0 scroll, 1 num, 2 caps. */
  | { readonly type: 'led-state'; readonly state: number }
  /** QEMU key events are understood. */
  | { readonly type: 'qemu-key' }
  /** `text` is null if it is longer than the clipboard may carry; Latin-1. */
  | { readonly type: 'cut-text'; readonly text: Uint8Array | null; readonly length: number };
