import { describe, expect, it } from 'vitest';
import { CLOSE, closeKindOf } from './close-codes.ts';
import {
  MAX_CONTROL_BYTES,
  MAX_KEYBOARD_REASON,
  parseClientMessage,
  parseServerMessage,
  type ServerMessage,
} from './control-messages.ts';
import { LIMITS } from './limits.ts';
import { offeredProtocols, ticketFromProtocols } from './subprotocol.ts';

const ticket = 'A'.repeat(43);

describe('the ticket in the subprotocol header', () => {
  it('comes back as it was offered', () => {
    expect(ticketFromProtocols(offeredProtocols(ticket).join(', '))).toBe(ticket);
  });

  it.each([
    undefined,
    '',
    'porthole.v1',
    `porthole.ticket.${ticket}`,
    `porthole.ticket.${ticket}, porthole.v1`,
    `porthole.v1, porthole.ticket.${ticket}, binary`,
    `porthole.v1, porthole.ticket.${ticket}A`,
    `porthole.v1, porthole.ticket.${ticket.slice(1)}=`,
    `porthole.v2, porthole.ticket.${ticket}`,
  ])('refuses %s', (header) => {
    expect(ticketFromProtocols(header)).toBeNull();
  });
});

describe('close codes', () => {
  it('give their kind back, and none for a code of the network', () => {
    for (const [kind, close] of Object.entries(CLOSE))
      expect(closeKindOf(close.code, close.reason)).toBe(kind);
    expect(closeKindOf(1006, '')).toBeNull();
  });

  it('fit a close frame: an application code and at most 123 bytes of reason (RFC 6455 §5.5, §7.4)', () => {
    for (const close of Object.values(CLOSE)) {
      expect([1000, 1008, 1009].includes(close.code) || (close.code >= 4000 && close.code <= 4999)).toBe(
        true,
      );
      expect(close.reason.length).toBeLessThanOrEqual(123);
    }
  });

  it('are told apart by code and word together', () => {
    const names = Object.values(CLOSE).map((close) => `${close.code} ${close.reason}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('control messages', () => {
  const welcome: ServerMessage = {
    type: 'welcome',
    seatId: '6f1a0a52-5a0c-4b8e-9a77-0d7e7a0d3f11',
    kind: 'screen',
    rights: ['look', 'type'],
    copying: { toGuest: true, fromGuest: true },
    state: 'dialling',
    idleTimeoutMs: 1_800_000,
    maximumTimeMs: 28_800_000,
    endsAt: null,
  };

  it('are read back as written', () => {
    expect(parseServerMessage(JSON.stringify(welcome))).toEqual(welcome);
    expect(parseClientMessage('{"type":"ping","id":3}')).toEqual({ type: 'ping', id: 3 });
  });

  it('are a closed union: unknown types, extra fields and broken JSON are refused', () => {
    for (const text of [
      '',
      '{',
      'null',
      '{"type":"sudo"}',
      '{"type":"stay","now":true}',
      '[{"type":"stay"}]',
      '{"type":"ping"}',
    ]) {
      expect(parseClientMessage(text)).toBeNull();
    }
  });

  it('fit their own limit', () => {
    expect(JSON.stringify(welcome).length).toBeLessThan(MAX_CONTROL_BYTES);
    const { seatId } = welcome;
    const reason = '😀'.repeat(MAX_KEYBOARD_REASON / 2);
    const longest: ServerMessage = {
      type: 'keyboard-state',
      holder: seatId,
      holderIdle: false,
      rule: 'one-person',
      asking: Array.from({ length: LIMITS.seatsPerConsole }, () => ({ seatId, mayTakeInMs: 20_000 })),
      taking: { seatId, name: 'N'.repeat(200), reason, inMs: 5_000 },
    };
    expect(parseServerMessage(JSON.stringify(longest))).toEqual(longest);
    expect(new TextEncoder().encode(JSON.stringify(longest)).length).toBeLessThan(MAX_CONTROL_BYTES);
  });

  it('carry a reason for the keyboard of bounded length', () => {
    const ask = (length: number) =>
      parseClientMessage(JSON.stringify({ type: 'keyboard-ask', reason: 'r'.repeat(length) }));
    expect(ask(MAX_KEYBOARD_REASON)).toMatchObject({ type: 'keyboard-ask' });
    expect(ask(MAX_KEYBOARD_REASON + 1)).toBeNull();
    expect(parseClientMessage('{"type":"keyboard-hand-over","seatId":"me"}')).toBeNull();
  });
});
