import { HttpResponseReader } from '../../../libs/xenapi/src/rpc/http-response.ts';
import { jsonRpc2 } from '../../../libs/xenapi/src/rpc/json-rpc.ts';
import { XenApiError, XenTransportError } from '../../../libs/xenapi/src/xenapi-error.ts';
import { Broken, type FuzzTarget, signOf } from '../fuzz-target.ts';

/** As security.md §4.7 has it. */
const DEEPEST = 64;
const MAX_BODY_BYTES = 2_048;

function answer(body: string, more = ''): string {
  const length = Buffer.byteLength(body);
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${more}content-length: ${length}\r\n\r\n${body}`;
}

const ANSWERS = [
  answer('{"jsonrpc":"2.0","result":"OpaqueRef:0c2a","id":1}'),
  answer(
    '{"jsonrpc":"2.0","result":{"OpaqueRef:a":{"name_label":"web","memory":NaN,"x":[1,-Infinity,"é"]}},"id":1}',
  ),
  answer('{"jsonrpc":"2.0","error":{"code":1,"message":"HOST_IS_SLAVE","data":["192.0.2.1"]},"id":1}'),
  answer('{"jsonrpc":"2.0","error":["SESSION_INVALID","OpaqueRef:1"],"id":1}'),
  answer('{"__proto__":{"x":1},"result":{"constructor":2,"prototype":3},"id":1}'),
  answer(`{"result":${'['.repeat(64)}${']'.repeat(64)},"id":1}`, 'connection: close\r\n'),
  'HTTP/1.0 200 OK\r\ncontent-type: text/html\r\n\r\n<html>',
];

/** What a pool answers to a call: HTTP, then JSON, then the shape of JSON-RPC. */
export const target: FuzzTarget = {
  name: 'json-answer',
  streams: true,
  seeds: ANSWERS.map((text) => Buffer.from(text)),
  words: [
    '{',
    '}',
    '[',
    ']',
    '"',
    '\\',
    ',',
    ':',
    'NaN',
    '-Infinity',
    '\\u0000',
    '"__proto__":',
    'null',
    '1e999',
    '\r\n\r\n',
  ]
    .concat(['['.repeat(70), 'content-length: 5\r\n', 'transfer-encoding: chunked\r\n', '\u{1f600}'])
    .map((text) => Buffer.from(text)),
  bounds: { heldBytes: 0, toldPerByte: 8, toldAtLeast: 256 },
  isRefusal: (error) => error instanceof XenTransportError || error instanceof XenApiError,
  begin: (tell) => {
    const reader = new HttpResponseReader(MAX_BODY_BYTES);
    const pieces: Uint8Array[] = [];
    return {
      push: (bytes) => {
        pieces.push(bytes);
      },
      // A call has one answer: bytes behind it are a fault wherever they are cut, so it is judged when all is there.
      end: () => {
        let response = null;
        for (const bytes of pieces) response = reader.push(bytes) ?? response;
        response ??= reader.end();
        tell(`status ${response.status} ${response.keepAlive}`);
        if (response.body.length > MAX_BODY_BYTES) throw new Broken('a body above its limit was taken');
        const answer = jsonRpc2.decode(response, 'test', 1);
        if (!answer.ok) throw answer.error;
        const result = answer.value;
        assertPlain(result, 0);
        tell(`result ${signOf(Buffer.from(JSON.stringify(result)))}`);
      },
    };
  },
};

/** No prototype, none of the keys that reach one, and no deeper than was promised. */
function assertPlain(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > DEEPEST) throw new Broken('an answer deeper than its limit was taken');
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== null)
    throw new Broken('an object of a host has a prototype');
  for (const [key, member] of Object.entries(value)) {
    if (['__proto__', 'constructor', 'prototype'].includes(key)) throw new Broken(`a host set ${key}`);
    assertPlain(member, depth + 1);
  }
}
