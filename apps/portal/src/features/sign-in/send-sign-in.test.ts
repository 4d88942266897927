import { describe, expect, it } from 'vitest';
import { answerOf } from './send-sign-in.ts';

describe('what a sign-in is told', () => {
  it.each([
    [503, '{"error":{"json":{"data":{"code":"auth/busy"}}}}', { kind: 'busy' }],
    [503, 'upstream is away', { kind: 'away' }],
    [429, '{"retryAfterS":42}', { kind: 'wait', seconds: 42 }],
    [401, '{"code":"auth/no-match"}', { kind: 'no-match' }],
  ])('%i %s is %o', (status, body, answer) => {
    expect(answerOf({ ok: false, status, body })).toEqual(answer);
  });

  it('is that nobody answered where no answer came', () => {
    expect(answerOf('away')).toEqual({ kind: 'away' });
  });
});
