import { createTranslator } from 'use-intl/core';
import { describe, expect, it } from 'vitest';
import words from '../../words/en.json' with { type: 'json' };
import { poolTrouble } from './pool-reason.ts';

const t = createTranslator({ locale: 'en', messages: words });
const titleOf = (code: string) => poolTrouble(code, { address: 'xen-1', account: 'console' }, t).title;

describe('why a pool is not connected', () => {
  it.each([
    ['egress/refused', 'Nothing answers at xen-1'],
    ['xenapi/no-member', 'Nothing answers at xen-1'],
    ['xenapi/error-page', 'xen-1 isn’t ready'],
    ['xenapi/host-still-booting', 'xen-1 isn’t ready'],
    ['xenapi/another-pool', 'Another pool answers'],
    ['xenapi/not-xenapi', 'xen-1 isn’t a XenServer or XCP-ng host'],
    ['xenapi/bad-xml', 'xen-1 isn’t a XenServer or XCP-ng host'],
    ['xenapi/message-method-unknown', 'This host is too old'],
    ['xenapi/host-is-slave', 'xen-1 is a member, not the coordinator'],
    ['xenapi/session-authentication-failed', 'The pool didn’t accept console'],
    ['xenapi/session-authorization-failed', 'console has no role here'],
    ['xenapi/rbac-permission-denied', 'console has no role here'],
    ['xenapi/auth-service-error', 'The pool’s directory doesn’t answer'],
    ['egress/certificate-changed', 'Another certificate'],
    ['vault/wrong-key', 'The password has to be given again'],
    ['something/new', 'The last try didn’t work'],
  ])('%s says: %s', (code, title) => {
    expect(titleOf(code)).toBe(title);
  });

  it('names the coordinator where a member did', () => {
    const said = (coordinator: string | null) =>
      poolTrouble('xenapi/host-is-slave', { address: 'xen-2', coordinator }, t).sentence;
    expect(said('10.0.0.1')).toMatch(/^The coordinator is 10\.0\.0\.1\. /);
    expect(said(null)).toMatch(/^Give the coordinator’s address\. /);
  });
});
