import { describe, expect, it } from 'vitest';
import { describeXenError } from './errors/xen-errors.ts';
import { type XenCaller, XenSession } from './xen-session.ts';
import { HostIsSlaveError, XenApiError } from './xenapi-error.ts';

const REF = 'OpaqueRef:5ec7e700-0000-0000-0000-000000000001';
const ACCOUNT = { username: 'root', password: 'hunter2-hunter2', originator: 'test' };

/** A host that answers everything with one error. */
function hostThatSays(error: Error): XenCaller {
  return {
    target: { host: '127.0.0.1', port: 443, pin: { fingerprint256: '', pem: '' } },
    dialect: null,
    call: () => Promise.reject(error),
    close: () => undefined,
  };
}

async function caught(act: Promise<unknown>): Promise<unknown> {
  return act.then(
    () => null,
    (error: unknown) => error,
  );
}

function everythingOf(error: unknown): string {
  return error instanceof XenApiError
    ? JSON.stringify([
        error,
        error.message,
        error.params,
        error.details,
        error.publicMessage,
        String(error.cause),
      ])
    : String(error);
}

describe('an error in which a host repeats our secret', () => {
  it.each([
    ['the password', (secret: string) => new XenApiError('INTERNAL_ERROR', [`bad ${secret}!`, 'kept'], 'm')],
    ['the password as its code', (secret: string) => new XenApiError(secret, ['kept'], 'm')],
    ['the password as the master’s address', (secret: string) => new HostIsSlaveError([secret, 'kept'], 'm')],
    [
      'the password where words quote it',
      (secret: string) => new XenApiError('OPERATION_NOT_ALLOWED', [secret, 'kept'], 'm'),
    ],
  ])('loses %s', async (_what, make) => {
    const error = await caught(XenSession.login(hostThatSays(make(ACCOUNT.password)), ACCOUNT));
    expect(everythingOf(error)).not.toContain('hunter2');
    expect(everythingOf(error)).toContain('kept');
    const session = XenSession.resume(hostThatSays(make(REF)), REF);
    expect(everythingOf(await caught(session.call('VM.start')))).not.toContain('5ec7e7');
  });

  it('loses the session reference that SESSION_INVALID is made of', async () => {
    const session = XenSession.resume(hostThatSays(new XenApiError('SESSION_INVALID', [REF], 'm')), REF);
    expect(everythingOf(await caught(session.call('VM.start')))).not.toContain('5ec7e7');
  });
});

const wordsFor = (code: string, params: readonly string[]) => describeXenError(code, params).words;

describe('words for an error of a pool', () => {
  it('are there for what nobody has heard of', () => {
    expect(wordsFor('INVENTED_IN_2030', ['x'])).toBe('The pool refused this.');
    expect(wordsFor('constructor', [])).toBe('The pool refused this.');
    expect(wordsFor('VM_BAD_POWER_STATE', [])).toBe('The machine is in another state now.');
  });

  it('quote the peer shortly and without control characters', () => {
    const words = wordsFor('OPERATION_NOT_ALLOWED', [`a\u001b[31m\r\n${'b'.repeat(500)}`]);
    expect(words).not.toMatch(/\p{Cc}/u);
    expect(words.length).toBeLessThan(200);
  });
});
