import { describe, expect, it } from 'vitest';
import { judgeFailure } from './judge-failure.ts';

describe('a mail that did not go', () => {
  it.each([
    [{ code: 'EENVELOPE', responseCode: 550, command: 'RCPT TO' }, 'mail/refused', true],
    [{ code: 'EENVELOPE', responseCode: 451, command: 'RCPT TO' }, 'mail/put-off', false],
    [{ code: 'EMESSAGE', responseCode: 554, command: 'DATA' }, 'mail/refused', true],
    [{ code: 'EENVELOPE' }, 'mail/refused', true],
    [{ code: 'EAUTH', responseCode: 535, command: 'AUTH PLAIN' }, 'mail/sign-in', false],
    [{ code: 'ETLS' }, 'mail/not-secure', false],
    [{ code: 'ESOCKET' }, 'mail/unreachable', false],
    [{ code: 'ETIMEDOUT', command: 'CONN' }, 'mail/unreachable', false],
    [new TypeError('a file is missing'), 'mail/unreachable', false],
    [null, 'mail/unreachable', false],
  ])('%o is %s, for ever: %s', (error, failure, isFinal) => {
    expect(judgeFailure(error)).toEqual({ failure, isFinal });
  });
});
