import {
  type ClientMessage,
  ClientMessageParser,
  encodeKeyEvent,
  encodePointerEvent,
  encodeQemuKey,
} from '@porthole/rfb';
import { describe, expect, it } from 'vitest';
import { HeldInput, MAX_HELD_KEYS } from './held-input.ts';

const CTRL = 0xffe3;

function note(held: HeldInput, ...bytes: Uint8Array[]): void {
  for (const message of new ClientMessageParser().push(Buffer.concat(bytes)) as Iterable<ClientMessage>)
    held.note(message);
}

describe('held input', () => {
  it('is let go: keys of both kinds and the buttons, where the pointer was last', () => {
    const held = new HeldInput();
    note(
      held,
      encodeKeyEvent({ down: true, keysym: CTRL }),
      encodeKeyEvent({ down: true, keysym: 0x61 }),
      encodeKeyEvent({ down: false, keysym: 0x61 }),
      encodeQemuKey({ down: true, keysym: 0x62, keycode: 48 }),
      encodePointerEvent({ buttons: 1, x: 3, y: 4 }),
      encodePointerEvent({ buttons: 1, x: 5, y: 6 }),
    );
    expect(held.letGo()).toEqual([
      encodeKeyEvent({ down: false, keysym: CTRL }),
      encodeQemuKey({ down: false, keysym: 0x62, keycode: 48 }),
      encodePointerEvent({ buttons: 0, x: 5, y: 6 }),
    ]);
    expect(held.letGo()).toEqual([]);
  });

  it('is nothing where everything was let go', () => {
    const held = new HeldInput();
    note(
      held,
      encodePointerEvent({ buttons: 4, x: 3, y: 4 }),
      encodePointerEvent({ buttons: 0, x: 3, y: 4 }),
    );
    expect(held.letGo()).toEqual([]);
  });

  it('is bounded, whoever holds down whatever', () => {
    const held = new HeldInput();
    for (let keysym = 0; keysym < 2 * MAX_HELD_KEYS; keysym += 1)
      note(held, encodeKeyEvent({ down: true, keysym }));
    expect(held.letGo()).toHaveLength(MAX_HELD_KEYS);
  });
});
