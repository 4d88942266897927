import { checkConsoleLocation } from '@porthole/xenapi';
import { Broken, type FuzzTarget } from '../fuzz-target.ts';

const POOL = ['192.0.2.10', '192.0.2.11:8443', '2001:db8::10', 'host.example'];
const RESIDENT = '192.0.2.10';
const UUID = '9b2d0a7c-1f3e-4c5d-8e9f-0a1b2c3d4e5f';
const REF = 'OpaqueRef:9b2d0a7c-1f3e-4c5d-8e9f-0a1b2c3d4e5f';

/** The `location` of a console record: hostile, and never dialled (security.md §4.5). */
export const target: FuzzTarget = {
  name: 'console-location',
  streams: false,
  seeds: [
    '',
    `https://192.0.2.10/console?uuid=${UUID}`,
    `https://192.0.2.10/console?ref=${REF}`,
    `https://192.0.2.11:8443/console?ref=${REF}`,
    `https://[2001:db8::10]/console?uuid=${UUID}`,
    `https://host.example/console?ref=${REF}`,
    `https:///console?ref=${REF}`,
    `https://203.0.113.9/console?ref=${REF}`,
    `https://192.0.2.10@203.0.113.9/console?ref=${REF}`,
  ].map((text) => Buffer.from(text)),
  words: [
    'https://',
    '@',
    '/',
    '?',
    '#',
    '\\',
    '%2f',
    ':443',
    ':80',
    '[',
    ']',
    '0x',
    '/console?ref=',
    REF,
    UUID,
    '\u202e',
    '..',
  ]
    .concat(POOL)
    .map((text) => Buffer.from(text)),
  bounds: { heldBytes: 0, toldPerByte: 0, toldAtLeast: 64 },
  isRefusal: () => false,
  begin: (tell) => {
    let location = '';
    return {
      push: (bytes) => {
        location = Buffer.from(bytes).toString('utf8');
      },
      end: () => {
        const verdict = checkConsoleLocation(location, POOL, RESIDENT);
        tell(`location ${verdict}`);
        if (verdict !== 'rejected' && location !== '') assertOurs(location);
      },
    };
  },
};

/** Judged here by what a URL parser makes of it, which is what any client would dial. */
function assertOurs(location: string): void {
  if (location.startsWith('https:///console?')) return;
  // Hosts name IPv6 addresses without brackets (xenapi.md §2.1).
  const bracketed = location.replace('https://2001:db8::10/', 'https://[2001:db8::10]/');
  const url = URL.canParse(bracketed) ? new URL(bracketed) : null;
  if (url === null || url.protocol !== 'https:')
    throw new Broken('a location was taken that is no https address');
  const ours = POOL.map(
    (address) => new URL(`https://${address.includes('::') ? `[${address}]` : address}`).host,
  );
  if (!ours.includes(url.host) || url.username !== '' || url.password !== '')
    throw new Broken(`a location on ${url.host} was taken`);
  if (url.pathname !== '/console' || url.hash !== '')
    throw new Broken(`a location at ${url.pathname} was taken`);
}
