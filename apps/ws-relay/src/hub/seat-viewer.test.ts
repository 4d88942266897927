import type { Right } from '@porthole/rbac';
import type { Copying } from '@porthole/relay-contract';
import {
  encodeClientCutText,
  encodeKeyEvent,
  encodePointerEvent,
  encodeQemuKey,
  encodeSetDesktopSize,
  encodeSetEncodings,
  encodeUpdateRequest,
} from '@porthole/rfb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeatViewer } from './seat-viewer.ts';

const MESSAGES = {
  key: encodeKeyEvent({ down: true, keysym: 0xffe1 }),
  pointer: encodePointerEvent({ buttons: 1, x: 1, y: 2 }),
  'cut-text': encodeClientCutText(Buffer.from('text')),
  'qemu-key': encodeQemuKey({ down: true, keysym: 0x61, keycode: 30 }),
  'set-desktop-size': encodeSetDesktopSize({
    width: 10,
    height: 10,
    screens: [{ id: 0, x: 0, y: 0, width: 10, height: 10, flags: 0 }],
  }),
  'set-encodings': encodeSetEncodings([0, 5]),
  'update-request': encodeUpdateRequest({ incremental: true, x: 0, y: 0, width: 9, height: 9 }),
} as const;
type Name = keyof typeof MESSAGES;
const NAMES = Object.keys(MESSAGES) as Name[];
const INPUT: readonly string[] = ['key', 'pointer', 'cut-text', 'qemu-key', 'set-desktop-size'];

/** A viewer behind its handshake, of a seat with these rights; `heard` is what came through. */
function viewerWith(
  rights: readonly Right[],
  host = { isUp: true, qemuKey: true, canResize: true },
  copying: Copying = { toGuest: true, fromGuest: true },
) {
  const heard: string[] = [];
  const counts = { passed: 0, dropped: 0 };
  const seat = {
    mayCopy: (direction: keyof Copying) => rights.includes('clipboard') && copying[direction],
    mayType: rights.includes('type'),
    noteInput: (events: number, passed: boolean) => {
      counts[passed ? 'passed' : 'dropped'] += events;
    },
    send: () => undefined,
  };
  const viewer = new SeatViewer(seat, host, {
    encodings: () => heard.push('set-encodings'),
    credit: () => heard.push('update-request'),
    input: (message) => heard.push(message.type),
  });
  viewer.greet({ version: '3.3', width: 10, height: 10, name: 'x' });
  viewer.push(Buffer.from('RFB 003.003\n\x01'));
  return { viewer, heard, counts };
}

const conversation = fc.record({
  names: fc.array(fc.constantFrom(...NAMES), { maxLength: 30 }),
  cuts: fc.array(fc.nat({ max: 17 }), { minLength: 1, maxLength: 20 }),
});

function say(viewer: SeatViewer, names: readonly Name[], cuts: readonly number[]): void {
  const bytes = Buffer.concat(names.map((name) => MESSAGES[name]));
  let at = 0;
  for (let turn = 0; at < bytes.length; turn += 1) {
    const end = at + (cuts[turn % cuts.length] ?? 0) + 1;
    viewer.push(bytes.subarray(at, end));
    at = end;
  }
}

describe('a viewer’s messages', () => {
  it('are heard all the same however they are split', () => {
    fc.assert(
      fc.property(conversation, ({ names, cuts }) => {
        const { viewer, heard } = viewerWith(['look', 'type', 'clipboard']);
        say(viewer, names, cuts);
        expect(heard).toEqual(names);
      }),
    );
  });

  it('give no input without the right to type, however they are split', () => {
    fc.assert(
      fc.property(conversation, ({ names, cuts }) => {
        const { viewer, heard, counts } = viewerWith(['look', 'clipboard']);
        say(viewer, names, cuts);
        expect(heard).toEqual(names.filter((name) => !INPUT.includes(name)));
        expect(counts).toEqual({ passed: 0, dropped: names.length - heard.length });
      }),
    );
  });

  it('carry no clipboard without its right', () => {
    const { viewer, heard } = viewerWith(['look', 'type']);
    say(viewer, ['key', 'cut-text', 'pointer'], [4]);
    expect(heard).toEqual(['key', 'pointer']);
  });

  it('carry no clipboard where the organisation forbids that direction', () => {
    const host = { isUp: true, qemuKey: true, canResize: true };
    const forbidden = viewerWith(['look', 'type', 'clipboard'], host, { toGuest: false, fromGuest: true });
    say(forbidden.viewer, ['key', 'cut-text', 'pointer'], [4]);
    expect(forbidden.heard).toEqual(['key', 'pointer']);
    const other = viewerWith(['look', 'type', 'clipboard'], host, { toGuest: true, fromGuest: false });
    say(other.viewer, ['cut-text'], [4]);
    expect(other.heard).toEqual(['cut-text']);
  });

  it('mean nothing to a host that has not confirmed them', () => {
    const { viewer, heard } = viewerWith(['look', 'type'], { isUp: true, qemuKey: false, canResize: false });
    say(viewer, ['key', 'qemu-key', 'set-desktop-size'], [11]);
    expect(heard).toEqual(['key']);
  });

  it('are refused where they were never offered, and before the greeting', () => {
    const { viewer } = viewerWith(['look', 'type']);
    expect(() => viewer.push(Buffer.of(250, 0, 1, 2))).toThrow('rfb/bad-message');
    const silent = new SeatViewer(
      { mayCopy: () => true, mayType: true, noteInput: () => undefined, send: () => undefined },
      { isUp: true, qemuKey: true, canResize: true },
      { encodings: () => undefined, credit: () => undefined, input: () => undefined },
    );
    expect(() => silent.push(Buffer.from('RFB 003.008\n'))).toThrow('rfb/bad-message');
  });
});
