import { describe, expect, it } from 'vitest';
import { jsonRpc2 } from './json-rpc.ts';

function decode(answer: unknown) {
  const body = Buffer.from(JSON.stringify(answer));
  return jsonRpc2.decode(
    { status: 200, contentType: 'application/json', body, keepAlive: true },
    'VM.start',
    7,
  );
}

describe('a refusal over JSON-RPC', () => {
  it.each([
    [
      'as 2.0 writes it',
      { jsonrpc: '2.0', error: { code: 1, message: 'HANDLE_INVALID', data: ['VM', 'x'] }, id: 7 },
    ],
    ['as 1.0 writes it', { result: null, error: ['HANDLE_INVALID', 'VM', 'x'], id: 7 }],
    ['as 2.0 without an object', { jsonrpc: '2.0', error: ['HANDLE_INVALID', 'VM', 'x'], id: 7 }],
    // Written where the call was not dispatched at all, as in emergency mode: nobody looked at its number.
    ['under no number of ours', { result: null, error: ['HANDLE_INVALID', 'VM', 'x'], id: 0 }],
  ])('is read %s', (_form, answer) => {
    expect(decode(answer)).toMatchObject({
      ok: false,
      error: { xenCode: 'HANDLE_INVALID', params: ['VM', 'x'] },
    });
  });

  it('is read without parameters, listed or not', () => {
    for (const error of [
      { code: 1, message: 'TOO_BUSY', data: [] },
      { code: 1, message: 'TOO_BUSY' },
    ])
      expect(decode({ jsonrpc: '2.0', error, id: 7 })).toMatchObject({
        ok: false,
        error: { xenCode: 'TOO_BUSY', params: [] },
      });
  });

  it('but a result under another number is nobody’s', () => {
    expect(() => decode({ jsonrpc: '2.0', result: 'Running', id: 8 })).toThrow('xenapi/not-xenapi');
  });
});
