import type { PixelFormat } from './pixel-format.ts';
import type { Screen } from './screen.ts';

interface Raw {
  /** The whole message as it came. */
  readonly bytes: Uint8Array;
}

interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Everything that a viewer may say (rfb.md §2): a closed list. */
export type ClientMessage = Raw &
  (
    | { readonly type: 'set-pixel-format'; readonly format: PixelFormat }
    | { readonly type: 'set-encodings'; readonly encodings: readonly number[] }
    | ({ readonly type: 'update-request'; readonly incremental: boolean } & Region)
    | { readonly type: 'key'; readonly down: boolean; readonly keysym: number }
    | { readonly type: 'pointer'; readonly buttons: number; readonly x: number; readonly y: number }
    /** Latin-1. */
    | { readonly type: 'cut-text'; readonly text: Uint8Array }
    | { readonly type: 'extended-clipboard'; readonly flags: number; readonly data: Uint8Array }
    | ({ readonly type: 'enable-continuous-updates'; readonly on: boolean } & Region)
    | { readonly type: 'client-fence'; readonly flags: number; readonly payload: Uint8Array }
    /** 2 shutdown, 3 reboot, 4 reset. */
    | { readonly type: 'xvp'; readonly code: number }
    | {
        readonly type: 'set-desktop-size';
        readonly width: number;
        readonly height: number;
        readonly screens: readonly Screen[];
      }
    | { readonly type: 'gii'; readonly subtype: number; readonly data: Uint8Array }
    | { readonly type: 'scan-code'; readonly down: boolean; readonly scancode: number }
    | { readonly type: 'qemu-key'; readonly down: boolean; readonly keysym: number; readonly keycode: number }
    /** 0 on, 1 off, 2 format. */
    | { readonly type: 'qemu-audio'; readonly operation: number }
  );

export type ClientMessageType = ClientMessage['type'];
