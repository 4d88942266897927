import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { offeredProtocols } from '@porthole/relay-contract';
import { describe, expect, it } from 'vitest';
import { checkUpgrade } from './check-upgrade.ts';

const TICKET = 'A'.repeat(43);
const rules = {
  relayId: 'relay-1',
  origins: ['https://porthole.example'],
  binderCookie: '__Host-porthole_bind',
};
const good: Record<string, string> = {
  host: 'porthole.example',
  upgrade: 'websocket',
  connection: 'Upgrade',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-protocol': offeredProtocols(TICKET).join(', '),
  origin: 'https://porthole.example',
  cookie: 'theme=dark; __Host-porthole_bind=abcdefghijklmnopqrstuvwxyz',
  'user-agent': 'A browser',
};

function ask(changes: Record<string, string | undefined> = {}, line = {}) {
  const request = new IncomingMessage(new Socket());
  const headers = Object.entries({ ...good, ...changes }).filter(([, value]) => value !== undefined);
  Object.assign(request, { method: 'GET', url: '/console/ws/relay-1', ...line });
  for (const [name, value] of headers) request.headers[name] = value as string;
  request.rawHeaders = headers.flatMap(([name, value]) => [name, value as string]);
  return checkUpgrade(rules, request);
}

describe('an upgrade', () => {
  it('passes with ticket and binder, which do not print', () => {
    const checked = ask();
    expect(checked).toMatchObject({ ok: true, userAgent: 'A browser' });
    if (!checked.ok) return;
    expect(checked.ticket.reveal()).toBe(TICKET);
    expect(checked.binder?.reveal()).toBe('abcdefghijklmnopqrstuvwxyz');
    expect(JSON.stringify(checked)).not.toContain(TICKET);
  });

  it.each([
    ['another method', {}, { method: 'POST' }],
    ['another path', {}, { url: '/console/ws/relay-2' }],
    ['a query', {}, { url: '/console/ws/relay-1?ticket=1' }],
    ['no upgrade to WebSocket', { upgrade: 'h2c' }, {}],
    ['an old version', { 'sec-websocket-version': '8' }, {}],
    ['a malformed key', { 'sec-websocket-key': 'short' }, {}],
  ])('is no console with %s', (_what, headers, line) => {
    expect(ask(headers, line)).toMatchObject({ ok: false, reason: 'not-a-console' });
  });

  it.each([
    ['no Origin', undefined],
    ['another host', 'https://evil.example'],
    ['another port', 'https://porthole.example:8443'],
    ['another scheme', 'http://porthole.example'],
    ['a longer host', 'https://porthole.example.evil.example'],
    ['two of them', 'https://porthole.example, https://porthole.example'],
    ['null', 'null'],
  ])('is of another site with %s', (_what, origin) => {
    expect(ask({ origin })).toMatchObject({ ok: false, reason: 'other-site' });
  });

  it.each([
    ['none', 'porthole.v1'],
    ['a short one', `porthole.v1, porthole.ticket.${'A'.repeat(42)}`],
    ['two', `porthole.v1, porthole.ticket.${TICKET}, porthole.ticket.${TICKET}`],
    ['the order turned round', `porthole.ticket.${TICKET}, porthole.v1`],
  ])('has a bad ticket with %s', (_what, protocols) => {
    expect(ask({ 'sec-websocket-protocol': protocols })).toMatchObject({ ok: false, reason: 'bad-ticket' });
  });

  it('has no binder where the cookie is absent, doubled or of another shape', () => {
    for (const cookie of [undefined, 'a=b', '__Host-porthole_bind=', '__Host-porthole_bind=a"b;c'])
      expect(ask({ cookie })).toMatchObject({ ok: true, binder: null });
    const value = '__Host-porthole_bind=abcdefghijklmnopqrstuvwxyz';
    expect(ask({ cookie: `${value}; ${value}` })).toMatchObject({ ok: true, binder: null });
  });

  it('counts headers', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`x-${i}`, '1']));
    expect(ask(many)).toMatchObject({ ok: false, reason: 'too-many-headers' });
  });
});
