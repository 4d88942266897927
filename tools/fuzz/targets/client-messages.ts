import {
  type ClientMessage,
  ClientMessageParser,
  encodeClientCutText,
  encodeKeyEvent,
  encodePointerEvent,
  encodeQemuKey,
  encodeSetDesktopSize,
  encodeSetEncodings,
  encodeSetPixelFormat,
  encodeUpdateRequest,
  MAX_CUT_TEXT_BYTES,
  RfbError,
} from '@porthole/rfb';
import { Broken, type FuzzTarget, signOf } from '../fuzz-target.ts';

const area = { x: 0, y: 0, width: 640, height: 480 };
const MESSAGES: readonly Uint8Array[] = [
  encodeSetPixelFormat(),
  encodeSetEncodings([1, 5, 2, 0, -223]),
  encodeUpdateRequest({ incremental: true, ...area }),
  encodeKeyEvent({ down: true, keysym: 0xff0d }),
  encodePointerEvent({ buttons: 1, x: 3, y: 4 }),
  encodeClientCutText(Buffer.from('copied')),
  encodeQemuKey({ down: true, keysym: 0x61, keycode: 30 }),
  encodeSetDesktopSize({ width: 800, height: 600, screens: [{ id: 1, ...area, flags: 0 }] }),
  // Extended clipboard, fence, continuous updates, xvp, gii in both orders, scan code, audio on, off and format.
  Buffer.of(6, 0, 0, 0, 0xff, 0xff, 0xff, 0xfc, 0, 0, 0, 1),
  Buffer.of(248, 0, 0, 0, 0, 0, 0, 1, 2, 9, 9),
  Buffer.of(150, 1, 0, 0, 0, 0, 0, 9, 0, 9),
  Buffer.of(250, 0, 1, 2),
  Buffer.of(253, 0x81, 0, 2, 7, 7),
  Buffer.of(253, 0x01, 2, 0, 7, 7),
  Buffer.of(254, 1, 0, 0, 0, 0, 0, 30),
  Buffer.of(255, 1, 0, 0),
  Buffer.of(255, 1, 0, 2, 3, 2, 0, 0, 0xac, 0x44),
];

/** Everything that a viewer may send after its handshake. */
export const target: FuzzTarget = {
  name: 'client-messages',
  streams: true,
  seeds: [...MESSAGES, Buffer.concat(MESSAGES)],
  words: [...MESSAGES, Buffer.of(0, 0x10, 0, 0), Buffer.of(0, 0x10, 0, 1), Buffer.of(0xff, 0xf0, 0, 0)],
  // The longest message that is waited for: a cut text and its head. Its storage may be twice that.
  bounds: { heldBytes: 8 + MAX_CUT_TEXT_BYTES, toldPerByte: 160, toldAtLeast: 64 },
  isRefusal: (error) => error instanceof RfbError,
  begin: (tell) => {
    const parser = new ClientMessageParser();
    let given = 0;
    let read = 0;
    return {
      get held() {
        return parser.waiting;
      },
      push: (bytes) => {
        given += bytes.length;
        for (const message of parser.push(bytes)) {
          read += message.bytes.length;
          tell(lineOf(message));
        }
      },
      end: () => {
        if (read + parser.waiting !== given)
          throw new Broken(`of ${given} bytes ${read} were read and ${parser.waiting} wait`);
      },
    };
  },
};

function lineOf({ bytes, ...said }: ClientMessage): string {
  return `${said.type} ${signOf(bytes)}`;
}
