import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_CONNECT_HEAD_BYTES, readConnectAnswer } from './read-connect-answer.ts';
import { XenTunnelError } from './tunnel-error.ts';

/** Feeds the bytes; what follows the answer is counted as the tunnel's, as the socket would give it. */
function read(bytes: Buffer, cuts: readonly number[] = []) {
  const places = [...new Set([0, ...cuts, bytes.length])]
    .filter((at) => at <= bytes.length)
    .sort((a, b) => a - b);
  const reader = readConnectAnswer();
  for (const [index, end] of places.slice(1).entries()) {
    const answer = reader.push(bytes.subarray(places[index], end));
    if (answer === null) continue;
    const tunnel = Buffer.concat([answer.rest, bytes.subarray(end)]).toString('latin1');
    return {
      status: answer.status,
      reason: answer.reason,
      headers: Object.fromEntries(answer.headers),
      tunnel,
    };
  }
  return null;
}

// The literal bytes of xenapi.md §0.2, with a greeting right behind them.
const XAPI = Buffer.from(
  'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nCache-Control: no-cache, no-store\r\n\r\nRFB 003.008\n\r\n\r\n',
);
const expected = {
  status: 200,
  reason: 'OK',
  headers: { connection: 'keep-alive', 'cache-control': 'no-cache, no-store' },
  tunnel: 'RFB 003.008\n\r\n\r\n',
};

describe('readConnectAnswer', () => {
  it('reads the same whole, byte by byte and cut at random, and loses no byte behind the head', () => {
    expect(read(XAPI)).toEqual(expected);
    expect(read(XAPI, Array.from(XAPI.keys()))).toEqual(expected);
    fc.assert(
      fc.property(fc.array(fc.nat(XAPI.length)), (cuts) => {
        expect(read(XAPI, cuts)).toEqual(expected);
      }),
    );
  });

  it.each([
    ['HTTP/1.0 401 Unauthorised\r\nwww-authenticate:Basic realm="connect_console"\r\n\r\n<html>', 401],
    ['HTTP/1.1 404 Not Found\r\n\r\n', 404],
    ['HTTP/1.0 503 Connection Limit Exceeded\r\ncontent-type:  text/html \r\n\r\n', 503],
    ['HTTP/1.1 200\r\n\r\n', 200],
  ])('reads the status of %j', (text, status) => {
    expect(read(Buffer.from(text))).toMatchObject({ status });
  });

  it.each([
    ['RFB 003.008\n', 'garbage'],
    ['<html>', 'garbage'],
    ['SSH-2.0-x\r\n\r\n', 'garbage'],
    ['HTTP/2 200\r\n\r\n', 'garbage'],
    ['HTTP/1.1  200 OK\r\n\r\n', 'garbage'],
    ['HTTP/1.1 2000 OK\r\n\r\n', 'garbage'],
    ['HTTP/1.1 20 OK\r\n\r\n', 'garbage'],
    ['HTTP/1.1 200 OK\n\r\n\r\n', 'garbage'],
    ['HTTP/1.1 200 OK\r\nno colon\r\n\r\n', 'garbage'],
    ['HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n', 'garbage'],
    [`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(MAX_CONNECT_HEAD_BYTES)}`, 'head-too-large'],
    [`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(MAX_CONNECT_HEAD_BYTES)}\r\n\r\n`, 'head-too-large'],
  ])('refuses %j', (text, what) => {
    const bytes = Buffer.from(text, 'latin1');
    for (const cuts of [[], Array.from(bytes.keys())]) {
      expect(() => read(bytes, cuts)).toThrow(expect.objectContaining({ code: `xenapi/tunnel-${what}` }));
    }
  });

  it('knows garbage by its first byte', () => {
    expect(() => readConnectAnswer().push(Buffer.from('R'))).toThrow(/garbage/);
  });

  it('never throws anything but its own errors, and never differs by cutting', () => {
    const piece = fc.constantFrom(
      'HTTP/1.1 200 OK',
      'HTTP/1.',
      '\r\n',
      '\r\n\r\n',
      'a: b',
      ' ',
      '\0',
      'RFB',
      ':',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.array(fc.nat(80)), (pieces, cuts) => {
        const bytes = Buffer.from(pieces.join(''));
        const outcome = (places: readonly number[]) => {
          try {
            return JSON.stringify(read(bytes, places));
          } catch (error) {
            expect(error).toBeInstanceOf(XenTunnelError);
            return String(error);
          }
        };
        expect(outcome(cuts)).toBe(outcome([]));
      }),
      { numRuns: 500 },
    );
  });
});
