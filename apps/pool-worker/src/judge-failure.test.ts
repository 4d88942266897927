import { DbError } from '@porthole/db';
import { EgressError } from '@porthole/egress';
import { VaultError } from '@porthole/vault';
import { HostIsSlaveError, XenApiError, XenTransportError } from '@porthole/xenapi';
import { describe, expect, it } from 'vitest';
import { isSessionGone, judgeFailure } from './judge-failure.ts';
import { PinMismatchError, WorkerError } from './worker-error.ts';

const xen = (code: string) => new XenApiError(code, ['x'], 'session.login_with_password');

describe('a failure of a pool', () => {
  it.each([
    ['a wrong password', xen('SESSION_AUTHENTICATION_FAILED'), 'xenapi/session-authentication-failed'],
    ['an account without a role', xen('RBAC_PERMISSION_DENIED'), 'xenapi/rbac-permission-denied'],
    [
      'a password for another pin',
      new WorkerError('credential/bound-elsewhere'),
      'credential/bound-elsewhere',
    ],
    ['a missing vault key', new VaultError('vault/wrong-key'), 'vault/wrong-key'],
    ['no password', new WorkerError('credential/missing'), 'credential/missing'],
  ])('that is %s waits for somebody to change it', (_what, error, reason) => {
    expect(judgeFailure(error)).toEqual({ state: 'refused', reason, retry: 'change' });
  });

  it.each([
    ['a host that is booting', xen('HOST_STILL_BOOTING'), 'xenapi/host-still-booting'],
    ['a refused connection', new EgressError('egress/refused'), 'egress/refused'],
    ['a web server', new XenTransportError('xenapi/not-xenapi'), 'xenapi/not-xenapi'],
    ['our own mistake', new TypeError('x'), 'worker/unexpected'],
  ])('that is %s is tried again by itself', (_what, error, reason) => {
    expect(judgeFailure(error)).toEqual({ state: 'unreachable', reason, retry: 'back-off' });
  });

  it('that is a pool member is refused, and tried again: it may become coordinator', () => {
    expect(judgeFailure(new HostIsSlaveError(['192.0.2.1'], 'session.login'))).toEqual({
      state: 'refused',
      reason: 'xenapi/host-is-slave',
      detail: '192.0.2.1',
      retry: 'back-off',
    });
  });

  it.each([
    ['before the sign-in', new PinMismatchError('AA', 'BB')],
    [
      'on a live connection',
      new EgressError('egress/certificate-changed', { details: { pinned: 'AA', seen: 'BB' } }),
    ],
  ])('that is another certificate %s ends trust', (_when, error) => {
    expect(judgeFailure(error)).toEqual({
      state: 'untrusted',
      reason: 'pool/certificate-changed',
      retry: 'back-off',
      mismatch: { pinned: 'AA', seen: 'BB' },
    });
  });

  it('is not the pool’s while our own database is away', () => {
    expect(judgeFailure(new DbError('db/away', null, {}))).toBeNull();
  });

  it('that ends a session is told from the others', () => {
    expect(isSessionGone(xen('SESSION_INVALID'))).toBe(true);
    expect(isSessionGone(xen('HANDLE_INVALID'))).toBe(false);
  });
});
