import { EgressError } from '@porthole/egress';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HostIsSlaveError, XenApiError, XenTransportError, xenErrorParams } from '../xenapi-error.ts';
import { transportFailureOf } from './transport-failure.ts';
import { describeXenError, isXenErrorCode, XEN_ERRORS } from './xen-errors.ts';

/** The codes of xenapi.md §7, written off the paper, with the parameters that it names. */
const PAPER: Record<string, number> = {
  SESSION_AUTHENTICATION_FAILED: 2,
  SESSION_AUTHORIZATION_FAILED: 2,
  SESSION_INVALID: 0,
  SESSION_NOT_REGISTERED: 1,
  HOST_IS_SLAVE: 1,
  HOST_STILL_BOOTING: 0,
  HOST_OFFLINE: 1,
  HOST_DISABLED: 1,
  HOST_NOT_LIVE: 0,
  HOST_UNKNOWN_TO_MASTER: 1,
  HOST_IN_EMERGENCY_MODE: 0,
  HOST_NOT_ENOUGH_FREE_MEMORY: 2,
  NO_HOSTS_AVAILABLE: 1,
  RBAC_PERMISSION_DENIED: 2,
  PERMISSION_DENIED: 1,
  AUTH_SERVICE_ERROR: 1,
  AUTH_IS_DISABLED: 0,
  AUTH_UNKNOWN_TYPE: 1,
  CHANGE_PASSWORD_REJECTED: 1,
  USER_IS_NOT_LOCAL_SUPERUSER: 1,
  LICENCE_RESTRICTION: 1,
  LICENSE_EXPIRED: 0,
  FEATURE_RESTRICTED: 0,
  HANDLE_INVALID: 2,
  UUID_INVALID: 2,
  MESSAGE_METHOD_UNKNOWN: 1,
  MESSAGE_REMOVED: 1,
  MESSAGE_PARAMETER_COUNT_MISMATCH: 3,
  FIELD_TYPE_ERROR: 1,
  INVALID_VALUE: 2,
  VALUE_NOT_SUPPORTED: 3,
  MAP_DUPLICATE_KEY: 4,
  INTERNAL_ERROR: 1,
  NOT_IMPLEMENTED: 1,
  VM_BAD_POWER_STATE: 3,
  OTHER_OPERATION_IN_PROGRESS: 4,
  OPERATION_NOT_ALLOWED: 1,
  OPERATION_BLOCKED: 2,
  VM_IS_TEMPLATE: 2,
  VM_IS_SNAPSHOT: 2,
  VM_IS_PROTECTED: 1,
  VM_LACKS_FEATURE: 1,
  VM_MISSING_PV_DRIVERS: 1,
  VM_OLD_PV_DRIVERS: 3,
  VM_NON_SUSPENDABLE: 2,
  VM_IS_IMMOBILE: 1,
  VM_HAS_PCI_ATTACHED: 1,
  VM_HAS_VGPU: 1,
  VM_HAS_VUSBS: 1,
  VM_SHUTDOWN_TIMEOUT: 2,
  VM_FAILED_SHUTDOWN_ACKNOWLEDGMENT: 1,
  VM_HALTED: 1,
  VM_REBOOTED: 1,
  VM_CRASHED: 1,
  VM_NO_SUSPEND_SR: 1,
  SUSPEND_IMAGE_NOT_ACCESSIBLE: 1,
  VM_REQUIRES_SR: 2,
  VM_HVM_REQUIRED: 1,
  BOOTLOADER_FAILED: 2,
  DOMAIN_EXISTS: 2,
  SR_FULL: 2,
  OUT_OF_SPACE: 1,
  VDI_MISSING: 2,
  VDI_NOT_AVAILABLE: 1,
  REVERT_ONLY_ALLOWED_ON_SNAPSHOT: 0,
  TASK_CANCELLED: 1,
  TOO_BUSY: 0,
  TOO_MANY_PENDING_TASKS: 0,
  NOT_SUPPORTED_DURING_UPGRADE: 0,
  EVENTS_LOST: 0,
  EVENT_FROM_TOKEN_PARSE_FAILURE: 1,
  XENAPI_PLUGIN_FAILURE: 3,
  XENAPI_MISSING_PLUGIN: 1,
};
const FALLBACK = describeXenError('INVENTED_IN_2030', []).words;

describe('an error of a pool', () => {
  it.each(Object.entries(PAPER))(
    '%s is known, with its %i parameters and words of its own',
    (code, count) => {
      expect(isXenErrorCode(code) && XEN_ERRORS[code].params).toHaveLength(count);
      const { words } = describeXenError(code, []);
      expect(words).not.toBe(FALLBACK);
      expect(words).toMatch(/^[A-Z].*\.$/);
    },
  );

  it('is read by position, whatever count of parameters a version sends', () => {
    const error = (params: string[]) => new XenApiError('OTHER_OPERATION_IN_PROGRESS', params, 'VM.start');
    const all = ['VM', 'OpaqueRef:1', 'clean_reboot', 'OpaqueRef:2'];
    expect(xenErrorParams(error([...all, 'more']), 'OTHER_OPERATION_IN_PROGRESS')).toEqual({
      class: 'VM',
      object: 'OpaqueRef:1',
      operation: 'clean_reboot',
      task: 'OpaqueRef:2',
    });
    expect(xenErrorParams(error(all.slice(0, 2)), 'OTHER_OPERATION_IN_PROGRESS')?.operation).toBeUndefined();
    expect(error(all.slice(0, 2)).publicMessage).toBe('The machine is busy with another operation.');
    expect(xenErrorParams(error(all), 'TOO_BUSY')).toBeNull();
  });

  it('says how much memory is missing, if the host did', () => {
    const words = (params: string[]) => describeXenError('HOST_NOT_ENOUGH_FREE_MEMORY', params).words;
    expect(words(['4294967296', '536870912'])).toBe(
      'The host hasn’t enough free memory: 4.0 GiB are needed, 512 MiB are free.',
    );
    expect(words(['4294967296'])).toContain('4.0 GiB are needed.');
    expect(words(['lots'])).toBe('The host hasn’t enough free memory.');
  });

  it('has short words on one line whatever the host put into it', () => {
    const codes = fc.constantFrom(...Object.keys(XEN_ERRORS), 'constructor', '__proto__', 'OTHER');
    fc.assert(
      fc.property(
        codes,
        fc.array(fc.string({ unit: 'binary', maxLength: 400 }), { maxLength: 6 }),
        (code, params) => {
          const { words } = describeXenError(code, params);
          expect(words).not.toMatch(/\p{Cc}/u);
          expect(words.length).toBeLessThan(300);
        },
      ),
    );
  });

  it('has a class of its own where a member answers', () => {
    const error = XenApiError.of('HOST_IS_SLAVE', [], 'session.login_with_password');
    expect(error).toBeInstanceOf(HostIsSlaveError);
    expect(error).toMatchObject({ masterAddress: null, topic: 'pool.member' });
  });
});

describe('a failure before there was an answer', () => {
  it.each([
    [new EgressError('egress/name-not-found'), 'name-not-found'],
    [new EgressError('egress/refused'), 'refused'],
    [new EgressError('egress/timeout'), 'timeout'],
    [new XenTransportError('xenapi/timeout'), 'timeout'],
    [new EgressError('egress/tls-failed'), 'tls'],
    [new EgressError('egress/certificate-changed'), 'certificate-changed'],
    [new XenTransportError('xenapi/not-http'), 'not-http'],
    [new XenTransportError('xenapi/not-xenapi'), 'not-xenapi'],
    [new XenTransportError('xenapi/error-page'), 'error-page'],
    [new XenApiError('TOO_BUSY', [], 'm'), null],
    [new XenTransportError('xenapi/aborted'), null],
    [new Error('toString'), null],
  ])('%s is %s', (error, failure) => {
    expect(transportFailureOf(error)).toBe(failure);
  });
});
