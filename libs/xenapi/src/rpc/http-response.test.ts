import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { XenTransportError } from '../xenapi-error.ts';
import { HttpResponseReader, MAX_RESPONSE_HEAD_BYTES } from './http-response.ts';

function read(parts: readonly Uint8Array[], limit = 1_000) {
  const reader = new HttpResponseReader(limit);
  for (const part of parts) {
    const response = reader.push(part);
    if (response !== null) return { ...response, body: Buffer.from(response.body).toString() };
  }
  return null;
}

function cut(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set([0, ...cuts, bytes.length])]
    .filter((at) => at <= bytes.length)
    .sort((a, b) => a - b);
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

const answer = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Type:application/json\r\ncontent-length:   7\r\nconnection: keep-alive\r\n\r\n{"a":1}',
);
const whole = { status: 200, contentType: 'application/json', keepAlive: true, body: '{"a":1}' };

describe('HttpResponseReader', () => {
  it('reads the same whole, byte by byte and cut at random', () => {
    expect(read([answer])).toEqual(whole);
    expect(read(cut(answer, Array.from(answer.keys())))).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.nat(answer.length)), (cuts) => {
        expect(read(cut(answer, cuts))).toEqual(whole);
      }),
    );
  });

  it('takes a body without a length up to the end of the stream', () => {
    const reader = new HttpResponseReader(100);
    expect(reader.push(Buffer.from('HTTP/1.0 500 Internal Error\r\n\r\n<html>'))).toBeNull();
    expect(reader.end()).toMatchObject({ status: 500, keepAlive: false });
  });

  it('says when the peer left early, and whether anything had come', () => {
    expect(() => new HttpResponseReader(1).end()).toThrow(
      expect.objectContaining({ code: 'xenapi/connection-lost', details: { untouched: true } }),
    );
    const reader = new HttpResponseReader(100);
    reader.push(answer.subarray(0, -1));
    expect(() => reader.end()).toThrow(expect.objectContaining({ details: { untouched: false } }));
  });

  it.each([
    ['SSH-2.0-OpenSSH', 'xenapi/not-http'],
    ['HTTP/2.0 200 OK\r\n\r\n', 'xenapi/not-http'],
    ['HTTP/1.1 0200 OK\r\n\r\n', 'xenapi/not-http'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 'xenapi/not-http'],
    ['HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n', 'xenapi/not-http'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 'xenapi/not-http'],
    ['HTTP/1.1 200 OK\r\nX : y\r\n\r\n', 'xenapi/not-http'],
    ['HTTP/1.1 200 OK\r\nX: y\r\n folded\r\n\r\n', 'xenapi/not-http'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab', 'xenapi/not-http'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n', 'xenapi/body-too-large'],
    [`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(1_001)}`, 'xenapi/body-too-large'],
    [`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(MAX_RESPONSE_HEAD_BYTES)}`, 'xenapi/not-http'],
  ])('refuses %j', (text, code) => {
    expect(() => read([Buffer.from(text)])).toThrow(expect.objectContaining({ code }));
  });

  it('never throws anything but its own errors', () => {
    const piece = fc.oneof(
      fc.constantFrom('HTTP/1.1 200 OK', '\r\n', 'Content-Length: 3', ':', ' '),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        try {
          read(pieces.map((text) => Buffer.from(text)));
        } catch (error) {
          expect(error).toBeInstanceOf(XenTransportError);
        }
      }),
    );
  });
});
