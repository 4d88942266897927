import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientHandshake } from './client-handshake.ts';
import { MAX_DESKTOP_SIDE, MAX_NAME_BYTES } from './limits.ts';
import { encodeServerInit } from './messages-to-seat.ts';
import { HUB_PIXEL_FORMAT } from './pixel-format.ts';
import { RfbError } from './rfb-error.ts';
import { serverHandshake } from './server-handshake.ts';
import { concat, cutAt, hex, text } from './test-bytes.ts';
import { type Wire, WireRunner } from './wire.ts';

/** Runs a wire over bytes cut at the given places. */
function run<T>(wire: Wire<T>, bytes: Uint8Array, cuts: readonly number[] = []) {
  const sent: Uint8Array[] = [];
  const runner = new WireRunner(wire, (out) => sent.push(out));
  let value: T | undefined;
  const rest: Uint8Array[] = [];
  for (const part of cutAt(bytes, cuts)) {
    const progress = runner.push(part);
    if (!progress.done) continue;
    value = progress.value;
    rest.push(progress.rest);
  }
  return { value, sent: hex(concat(...sent)), rest: hex(concat(...rest)) };
}

const INIT = encodeServerInit({ width: 800, height: 600, name: 'Käse' });
const HOSTS = {
  '3.3': concat(text('RFB 003.003\n'), Uint8Array.of(0, 0, 0, 1), INIT),
  '3.7': concat(text('RFB 003.007\n'), Uint8Array.of(2, 2, 1), INIT),
  '3.8': concat(text('RFB 003.008\n'), Uint8Array.of(1, 1), Uint8Array.of(0, 0, 0, 0), INIT),
} as const;
const ANSWERS = {
  '3.3': hex(concat(text('RFB 003.003\n'), Uint8Array.of(1))),
  '3.7': hex(concat(text('RFB 003.007\n'), Uint8Array.of(1, 1))),
  '3.8': hex(concat(text('RFB 003.008\n'), Uint8Array.of(1, 1))),
} as const;
const versions = ['3.3', '3.7', '3.8'] as const;

describe('clientHandshake', () => {
  it('trap 24: answers in the version of the server, for vncterm drops whoever says 3.8 to its 3.3', () => {
    for (const version of versions) {
      const { value, sent } = run(clientHandshake(), HOSTS[version], []);
      expect(value).toMatchObject({ version });
      expect(Buffer.from(sent, 'hex').toString('latin1').slice(0, 12)).toBe(
        `RFB 003.00${version.slice(2)}\n`,
      );
    }
  });

  it('trap 25: says shared, for QEMU throws everybody else out for who does not', () => {
    for (const version of versions)
      expect(run(clientHandshake(), HOSTS[version], []).sent.slice(-2)).toBe('01');
  });

  it.each(versions)('mirrors %s, takes None, shares, and leaves what comes behind', (version) => {
    const stream = concat(HOSTS[version], Uint8Array.of(2, 2));
    const greeting = { version, width: 800, height: 600, name: 'Käse', pixelFormat: HUB_PIXEL_FORMAT };
    const everywhere = Array.from(stream.keys());
    for (const cuts of [[], everywhere]) {
      expect(run(clientHandshake(), stream, cuts)).toEqual({
        value: greeting,
        sent: ANSWERS[version],
        rest: '0202',
      });
    }
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length)), (cuts) => {
        expect(run(clientHandshake(), stream, cuts)).toMatchObject({ value: greeting, rest: '0202' });
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['another protocol', text('HTTP/1.1 400'), 'rfb/bad-version'],
    ['a version of its own', text('RFB 003.889\n'), 'rfb/bad-version'],
    ['a repeater', text('RFB 000.000\n'), 'rfb/bad-version'],
    [
      'VNC authentication in 3.3',
      concat(text('RFB 003.003\n'), Uint8Array.of(0, 0, 0, 2)),
      'rfb/bad-security-type',
    ],
    ['no None in 3.8', concat(text('RFB 003.008\n'), Uint8Array.of(2, 2, 19)), 'rfb/bad-security-type'],
  ] as const)('refuses %s', (_name, bytes, code) => {
    expect(() => run(clientHandshake(), bytes)).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    [
      '3.3',
      concat(text('RFB 003.003\n'), Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 4), text('busy')),
      'rfb/refused-by-server',
    ],
    [
      '3.8',
      concat(text('RFB 003.008\n'), Uint8Array.of(0, 0, 0, 0, 4), text('busy')),
      'rfb/refused-by-server',
    ],
    [
      '3.8 after None',
      concat(text('RFB 003.008\n'), Uint8Array.of(1, 1, 0, 0, 0, 1, 0, 0, 0, 4), text('busy')),
      'rfb/security-failed',
    ],
  ] as const)('keeps the words of a refusal in %s for the log', (_version, bytes, code) => {
    expect(() => run(clientHandshake(), bytes)).toThrow(
      expect.objectContaining({ code, details: expect.objectContaining({ reason: 'busy' }) }),
    );
  });

  it('refuses a desktop and a name beyond their limits before they come', () => {
    const init = encodeServerInit({ width: MAX_DESKTOP_SIDE + 1, height: 1, name: '' });
    const head = concat(text('RFB 003.003\n'), Uint8Array.of(0, 0, 0, 1));
    expect(() => run(clientHandshake(), concat(head, init))).toThrow(/desktop-too-large/);
    const wide = encodeServerInit({ width: 8192, height: 8192, name: '' });
    expect(() => run(clientHandshake(), concat(head, wide))).toThrow(/desktop-too-large/);
    const named = encodeServerInit({ width: 1, height: 1, name: 'x'.repeat(MAX_NAME_BYTES + 1) }).subarray(
      0,
      24,
    );
    expect(() => run(clientHandshake(), concat(head, named))).toThrow(/name-too-long/);
  });

  it('never throws anything but its own errors', () => {
    fc.assert(
      fc.property(fc.constantFrom(...versions), fc.uint8Array({ maxLength: 200 }), (version, noise) => {
        try {
          run(clientHandshake(), concat(HOSTS[version].subarray(0, 12), noise));
        } catch (error) {
          expect(error).toBeInstanceOf(RfbError);
        }
      }),
    );
  });
});

describe('serverHandshake', () => {
  const desktop = { width: 800, height: 600, name: 'Käse' };
  const seats = {
    '3.3': concat(text('RFB 003.003\n'), Uint8Array.of(0)),
    '3.7': concat(text('RFB 003.007\n'), Uint8Array.of(1, 1)),
    '3.8': concat(text('RFB 003.008\n'), Uint8Array.of(1, 1)),
  } as const;

  it.each(versions)('greets a seat that speaks %s', (version) => {
    const stream = concat(seats[version], Uint8Array.of(7));
    for (const cuts of [[], Array.from(stream.keys())]) {
      const ran = run(serverHandshake({ version, ...desktop }), stream, cuts);
      expect(ran).toEqual({
        value: { version, shared: version !== '3.3' },
        sent: hex(saidByHub(version)),
        rest: '07',
      });
    }
  });

  it('lets a seat speak an older version than the host', () => {
    const ran = run(serverHandshake({ version: '3.8', ...desktop }), seats['3.3']);
    expect(ran.value).toEqual({ version: '3.3', shared: false });
  });

  it('refuses a newer version than it offered, and any security but None', () => {
    expect(() => run(serverHandshake({ version: '3.3', ...desktop }), seats['3.8'])).toThrow(/bad-version/);
    const other = concat(text('RFB 003.008\n'), Uint8Array.of(2));
    expect(() => run(serverHandshake({ version: '3.8', ...desktop }), other)).toThrow(/bad-security-type/);
  });

  it('understands itself', () => {
    const toHost: Uint8Array[] = [];
    const toSeat: Uint8Array[] = [];
    const server = new WireRunner(serverHandshake({ version: '3.8', ...desktop }), (bytes) =>
      toSeat.push(bytes),
    );
    const client = new WireRunner(clientHandshake(), (bytes) => toHost.push(bytes));
    let greeting: unknown;
    for (let round = 0; round < 10 && greeting === undefined; round += 1) {
      for (const bytes of toSeat.splice(0)) {
        const progress = client.push(bytes);
        if (progress.done) greeting = progress.value;
      }
      for (const bytes of toHost.splice(0)) server.push(bytes);
    }
    expect(greeting).toMatchObject({ version: '3.8', ...desktop });
  });

  /** What the hub says: the host's side, with a list of one in 3.7. */
  function saidByHub(version: (typeof versions)[number]): Uint8Array {
    return version === '3.7' ? concat(text('RFB 003.007\n'), Uint8Array.of(1, 1), INIT) : HOSTS[version];
  }
});
