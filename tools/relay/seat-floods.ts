import { setImmediate as turn } from 'node:timers/promises';
import {
  MAX_CLIENT_MESSAGE_BYTES,
  MAX_CONTROL_BYTES,
  MAX_CONTROL_PER_SECOND,
} from '@porthole/relay-contract';
import { MAX_MESSAGES_AFTER_CLOSE, MAX_PINGS_PER_SECOND } from '../../apps/ws-relay/src/hub/seat-socket.ts';
import { MAX_BUFFERED_CHUNKS, MAX_FRAGMENTS } from '../../apps/ws-relay/src/server.ts';
import { frame, OPCODE, type RawBrowser } from './raw-browser.ts';

const json = (value: unknown) => Buffer.from(JSON.stringify(value));

export interface SeatFlood {
  send(browser: RawBrowser): void | Promise<void>;
  /** The close code that it ends with. */
  readonly code: number;
}

/** What somebody with a good pass may try, and the code that each ends its seat with (security.md §9). */
export const FLOODS: Readonly<Record<string, SeatFlood>> = {
  'a message in too many fragments': {
    send: (browser) => {
      browser.write(frame(OPCODE.binary, Buffer.of(1), { fin: false }));
      for (let n = 0; n <= MAX_FRAGMENTS; n += 1)
        browser.write(frame(OPCODE.continuation, Buffer.of(1), { fin: false }));
    },
    code: 1008,
  },
  'a message in crumbs': {
    // One byte a turn, so that each is read by itself; many more, since a busy relay reads several at once.
    send: async (browser) => {
      browser.write(frame(OPCODE.binary, Buffer.alloc(0), { announced: MAX_CLIENT_MESSAGE_BYTES }));
      for (let n = 0; n < 32 * MAX_BUFFERED_CHUNKS && browser.closeCode === null; n += 1) {
        browser.write(Buffer.of(1));
        await turn();
      }
    },
    code: 1008,
  },
  'a message that is too large': {
    send: (browser) =>
      browser.write(frame(OPCODE.binary, Buffer.alloc(100), { announced: MAX_CLIENT_MESSAGE_BYTES + 1 })),
    code: 1009,
  },
  'a message of terabytes': {
    send: (browser) => browser.write(frame(OPCODE.binary, Buffer.alloc(100), { announced: 2 ** 40 })),
    code: 1009,
  },
  'a flood of pings': {
    send: (browser) =>
      browser.write(repeat(frame(OPCODE.ping, Buffer.alloc(125)), 50 * MAX_PINGS_PER_SECOND)),
    code: 1008,
  },
  'a flood of pongs': {
    send: (browser) => browser.write(repeat(frame(OPCODE.pong), 50 * MAX_PINGS_PER_SECOND)),
    code: 1008,
  },
  'a flood of control messages': {
    send: (browser) =>
      browser.write(repeat(frame(OPCODE.text, json({ type: 'ping', id: 1 })), 50 * MAX_CONTROL_PER_SECOND)),
    code: 1008,
  },
  'a control message that is too long': {
    send: (browser) => browser.write(frame(OPCODE.text, Buffer.alloc(MAX_CONTROL_BYTES + 1, 0x20))),
    code: 1008,
  },
  'a frame of an unknown kind': { send: (browser) => browser.write(frame(5)), code: 1002 },
  'a ping in fragments': {
    send: (browser) => browser.write(frame(OPCODE.ping, Buffer.of(1), { fin: false })),
    code: 1002,
  },
  'bytes for ever after its close': {
    send: (browser) => {
      browser.write(frame(OPCODE.text, json({ type: 'leave' })));
      browser.write(repeat(frame(OPCODE.binary, Buffer.of(1)), 3 * MAX_MESSAGES_AFTER_CLOSE));
    },
    code: 1000,
  },
};

function repeat(bytes: Uint8Array, times: number): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => bytes));
}
