import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { consoleSocketPath, offeredProtocols } from '@porthole/relay-contract';
import { checkUpgrade } from '../../../apps/ws-relay/src/upgrade/check-upgrade.ts';
import { Broken, type FuzzTarget } from '../fuzz-target.ts';

const RULES = {
  relayId: 'relay-1',
  origins: ['https://porthole.example'],
  binderCookie: '__Host-porthole_bind',
};
const TICKET = 'Zm9ydHktdGhyZWUtY2hhcmFjdGVycy1vZi1iYXNlNjQ';
const BINDER = 'YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXo';
const GOOD: Readonly<Record<string, string>> = {
  'sec-websocket-protocol': offeredProtocols(TICKET).join(', '),
  origin: 'https://porthole.example',
  cookie: `theme=dark; ${RULES.binderCookie}=${BINDER}`,
};
const socket = new Socket();

/** The input is the value of one header, or of three, a line each. */
function headersOf(input: Uint8Array): Record<string, string> {
  const lines = Buffer.from(input).toString('latin1').split('\n');
  if (lines.length === 1) return { ...GOOD, 'sec-websocket-protocol': lines[0] ?? '' };
  const [protocols = '', origin = '', cookie = ''] = lines;
  return { 'sec-websocket-protocol': protocols, origin, cookie };
}

/** What an upgrade may say about itself before the database is asked (security.md §2.5). */
export const target: FuzzTarget = {
  name: 'ticket-header',
  streams: false,
  seeds: [Object.values(GOOD).join('\n'), GOOD['sec-websocket-protocol'] ?? '', 'porthole.v1', ''].map(
    (text) => Buffer.from(text),
  ),
  words: [
    'porthole.v1',
    ', ',
    'porthole.ticket.',
    TICKET,
    '\n',
    '; ',
    `${RULES.binderCookie}=`,
    'https://',
    BINDER,
  ].map((text) => Buffer.from(text)),
  bounds: { heldBytes: 0, toldPerByte: 2, toldAtLeast: 256 },
  isRefusal: () => false,
  begin: (tell) => {
    let headers = headersOf(new Uint8Array(0));
    return {
      push: (bytes) => {
        headers = headersOf(bytes);
      },
      end: () => {
        const request = new IncomingMessage(socket);
        Object.assign(request, { method: 'GET', url: consoleSocketPath(RULES.relayId) });
        Object.assign(request.headers, {
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
          ...headers,
        });
        const checked = checkUpgrade(RULES, request);
        tell(checked.ok ? `passes ${checked.binder !== null}` : `refused ${checked.reason}`);
        if (!checked.ok) return;
        const protocols = headers['sec-websocket-protocol'] ?? '';
        if (headers.origin !== RULES.origins[0]) throw new Broken('another site came in');
        if (!/^\s*porthole\.v1\s*,\s*porthole\.ticket\.[\w-]{43}\s*$/.test(protocols))
          throw new Broken('a pass of another form was taken');
        if (!protocols.includes(checked.ticket.reveal()))
          throw new Broken('a pass was taken that nobody showed');
        if (checked.binder !== null && !/^[\w-]{16,128}$/.test(checked.binder.reveal()))
          throw new Broken('a binder of another form was taken');
      },
    };
  },
};
