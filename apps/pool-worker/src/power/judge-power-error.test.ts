import { XenApiError } from '@porthole/xenapi';
import { describe, expect, it } from 'vitest';
import { judgePowerError } from './judge-power-error.ts';

const judge = (code: string, params: string[], isOwners: boolean) =>
  judgePowerError(XenApiError.of(code, params, 'VM.start'), isOwners);

describe('what a pool’s refusal means', () => {
  it.each([
    ['VM_BAD_POWER_STATE', 'state'],
    ['VM_HALTED', 'state-changed'],
    ['OPERATION_NOT_ALLOWED', 'blocked-host'],
    ['VM_IS_PROTECTED', 'blocked-kept'],
    ['SR_FULL', 'disk-full'],
    ['VM_NO_SUSPEND_SR', 'disk-place'],
    ['SUSPEND_IMAGE_NOT_ACCESSIBLE', 'disk-saved'],
    ['VDI_MISSING', 'disk'],
    ['LICENCE_RESTRICTION', 'pool-edition'],
    ['NOT_SUPPORTED_DURING_UPGRADE', 'pool-upgrade'],
    ['RBAC_PERMISSION_DENIED', 'pool'],
    ['SOMETHING_NEW', 'refused'],
  ])('%s is %s', (code, failure) => {
    expect(judge(code, [], false)).toMatchObject({ step: 'failed', failure });
  });

  it('keeps what an administrator wrote for everybody, and a host’s other words for the pool’s owner', () => {
    expect(judge('OPERATION_BLOCKED', ['vm', 'ask Olga first'], false).text).toBe('ask Olga first');
    expect(judge('VM_NON_SUSPENDABLE', ['vm', 'PCI 0000:03'], false).text).toBeNull();
    expect(judge('VM_NON_SUSPENDABLE', ['vm', 'PCI 0000:03'], true).text).toBe('PCI 0000:03');
  });
});
