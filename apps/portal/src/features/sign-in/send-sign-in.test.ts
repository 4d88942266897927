import { afterEach, describe, expect, it, vi } from 'vitest';
import { sendSignIn } from './send-sign-in.ts';

afterEach(() => vi.unstubAllGlobals());

const answering = (status: number, body: string) =>
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(body, { status })));

describe('what a sign-in is told', () => {
  it.each([
    [503, '{"error":{"json":{"data":{"code":"auth/busy"}}}}', { kind: 'busy' }],
    [503, 'upstream is away', { kind: 'away' }],
    [429, '{"retryAfterS":42}', { kind: 'wait', seconds: 42 }],
    [401, '{"code":"auth/no-match"}', { kind: 'no-match' }],
  ])('%i %s is %o', async (status, body, answer) => {
    answering(status, body);
    expect(await sendSignIn('mira@acme.example', 'x')).toEqual(answer);
  });

  it('is that nobody answered where no answer came', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
    expect(await sendSignIn('mira@acme.example', 'x')).toEqual({ kind: 'away' });
  });
});
