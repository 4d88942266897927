import { quote, size, type XenErrorEntry } from './error-table.ts';

const DIRECTORY = 'The pool’s directory service has a problem. Try a local account.';
const EDITION = 'The pool’s edition doesn’t include this.';
const BUSY = 'The pool is busy. Try again later.';
const OUR_FAULT = 'Porthole asked the host for something in a way that it doesn’t understand.';

/** Errors about sessions, hosts, rights and the call itself (xenapi.md §7), with their parameters in order. */
export const HOST_ERRORS = {
  SESSION_AUTHENTICATION_FAILED: {
    params: ['user', 'text'],
    topic: 'pool.sign-in',
    retry: 'never',
    words: 'The user name or the password of the pool’s account is wrong.',
  },
  SESSION_AUTHORIZATION_FAILED: {
    params: ['user', 'text'],
    topic: 'pool.sign-in',
    retry: 'never',
    words: 'The account has no role in this pool, or it is suspended.',
  },
  // Its parameter is the session reference, a bearer secret: it is never kept (xenapi.md §2.1).
  SESSION_INVALID: {
    params: [],
    topic: 'silent',
    retry: 'after-sign-in',
    words: 'The session with the pool has ended.',
  },
  SESSION_NOT_REGISTERED: {
    params: ['handle'],
    topic: 'silent',
    retry: 'after-refetch',
    words: 'The pool has forgotten what Porthole watches.',
  },
  HOST_IS_SLAVE: {
    params: ['coordinator'],
    topic: 'pool.member',
    retry: 'never',
    words: 'This host is a member of a pool. Use the address of the pool’s coordinator.',
  },
  HOST_STILL_BOOTING: {
    params: [],
    topic: 'power.later',
    retry: 'later',
    words: 'The host is starting. Try again in a few minutes.',
  },
  HOST_OFFLINE: { params: ['host'], topic: 'power.room', retry: 'later', words: 'The host is switched off.' },
  HOST_DISABLED: {
    params: ['host'],
    topic: 'power.room',
    retry: 'later',
    words: 'The host is in maintenance.',
  },
  HOST_NOT_LIVE: {
    params: [],
    topic: 'power.room',
    retry: 'later',
    words: 'The host doesn’t answer its pool.',
  },
  HOST_UNKNOWN_TO_MASTER: {
    params: ['host'],
    topic: 'pool.not-xen',
    retry: 'never',
    words: 'The host’s membership in its pool is broken. Ask the pool’s administrator.',
  },
  HOST_IN_EMERGENCY_MODE: {
    params: [],
    topic: 'pool.not-xen',
    retry: 'later',
    words: 'The host has lost its pool’s coordinator.',
  },
  HOST_NOT_ENOUGH_FREE_MEMORY: {
    params: ['neededBytes', 'availableBytes'],
    topic: 'power.room',
    retry: 'later',
    words: ({ neededBytes, availableBytes }) => {
      const [needed, available] = [size(neededBytes), size(availableBytes)];
      if (needed === null) return 'The host hasn’t enough free memory.';
      return available === null
        ? `The host hasn’t enough free memory: ${needed} are needed.`
        : `The host hasn’t enough free memory: ${needed} are needed, ${available} are free.`;
    },
  },
  NO_HOSTS_AVAILABLE: {
    params: ['detail'],
    topic: 'power.room',
    retry: 'later',
    words: 'No host can run this machine now.',
  },
  RBAC_PERMISSION_DENIED: {
    params: ['permission', 'text'],
    topic: 'power.pool',
    retry: 'never',
    words: ({ permission }) =>
      `The pool’s account lacks a role: ${quote(permission, 'a permission is missing')}.`,
  },
  PERMISSION_DENIED: {
    params: ['text'],
    topic: 'power.pool',
    retry: 'never',
    words: 'The pool doesn’t allow this.',
  },
  AUTH_SERVICE_ERROR: { params: ['text'], topic: 'pool.sign-in', retry: 'later', words: DIRECTORY },
  AUTH_IS_DISABLED: {
    params: [],
    topic: 'pool.sign-in',
    retry: 'never',
    words: 'Directory sign-in is switched off at the pool.',
  },
  AUTH_UNKNOWN_TYPE: { params: ['type'], topic: 'pool.sign-in', retry: 'never', words: DIRECTORY },
  CHANGE_PASSWORD_REJECTED: {
    params: ['text'],
    topic: 'pool.sign-in',
    retry: 'never',
    words: ({ text }) => `The host didn’t take the new password: ${quote(text, 'it gave no reason')}.`,
  },
  USER_IS_NOT_LOCAL_SUPERUSER: {
    params: ['text'],
    topic: 'pool.sign-in',
    retry: 'never',
    words: 'Only the host’s local root account may do this.',
  },
  LICENCE_RESTRICTION: { params: ['feature'], topic: 'power.pool', retry: 'never', words: EDITION },
  LICENSE_EXPIRED: {
    params: [],
    topic: 'power.pool',
    retry: 'never',
    words: 'The pool’s licence has expired.',
  },
  FEATURE_RESTRICTED: { params: [], topic: 'power.pool', retry: 'never', words: EDITION },
  HANDLE_INVALID: {
    params: ['class', 'ref'],
    topic: 'power.unclear',
    retry: 'after-refetch',
    words: 'This no longer exists at the pool.',
  },
  UUID_INVALID: {
    params: ['class', 'uuid'],
    topic: 'power.unclear',
    retry: 'after-refetch',
    words: 'The machine was deleted, or it is in another pool.',
  },
  MESSAGE_METHOD_UNKNOWN: {
    params: ['method'],
    topic: 'pool.not-xen',
    retry: 'never',
    words: ({ method }) =>
      `The host’s version is too old for this: it doesn’t know ${quote(method, 'the call')}.`,
  },
  MESSAGE_REMOVED: {
    params: ['method'],
    topic: 'pool.not-xen',
    retry: 'never',
    words: 'The host’s version no longer offers this.',
  },
  MESSAGE_PARAMETER_COUNT_MISMATCH: {
    params: ['method', 'expected', 'received'],
    topic: 'bug',
    retry: 'never',
    words: OUR_FAULT,
  },
  FIELD_TYPE_ERROR: { params: ['field'], topic: 'bug', retry: 'never', words: OUR_FAULT },
  INVALID_VALUE: {
    params: ['field', 'value'],
    topic: 'bug',
    retry: 'never',
    words: ({ field }) =>
      `The host doesn’t take this value${field === undefined ? '' : ` for ${quote(field, '')}`}.`,
  },
  VALUE_NOT_SUPPORTED: {
    params: ['field', 'value', 'reason'],
    topic: 'bug',
    retry: 'never',
    words: ({ reason }) => `The host doesn’t take this value: ${quote(reason, 'it gave no reason')}.`,
  },
  MAP_DUPLICATE_KEY: {
    params: ['type', 'name', 'uuid', 'key'],
    topic: 'silent',
    retry: 'after-removing',
    words: 'This is set at the pool already.',
  },
  INTERNAL_ERROR: {
    params: ['text'],
    topic: 'power.unclear',
    retry: 'later',
    words: 'The hypervisor reports an internal error.',
  },
  NOT_IMPLEMENTED: {
    params: ['function'],
    topic: 'pool.not-xen',
    retry: 'never',
    words: 'The host doesn’t offer this.',
  },
  TOO_BUSY: { params: [], topic: 'power.later', retry: 'later', words: BUSY },
  TOO_MANY_PENDING_TASKS: { params: [], topic: 'power.later', retry: 'later', words: BUSY },
  NOT_SUPPORTED_DURING_UPGRADE: {
    params: [],
    topic: 'power.pool',
    retry: 'later',
    words: 'The pool is being upgraded. Try again later.',
  },
  EVENTS_LOST: {
    params: [],
    topic: 'silent',
    retry: 'after-refetch',
    words: 'The pool’s changes came too fast; everything is read again.',
  },
  EVENT_FROM_TOKEN_PARSE_FAILURE: {
    params: ['token'],
    topic: 'silent',
    retry: 'after-refetch',
    words: 'The pool has lost our place in its changes; everything is read again.',
  },
  EVENT_SUBSCRIPTION_PARSE_FAILURE: {
    params: ['subscription'],
    topic: 'bug',
    retry: 'never',
    words: OUR_FAULT,
  },
  XENAPI_PLUGIN_FAILURE: {
    params: ['status', 'out', 'err'],
    topic: 'power.unclear',
    retry: 'never',
    words: 'A plug-in of the host failed.',
  },
  XENAPI_MISSING_PLUGIN: {
    params: ['name'],
    topic: 'pool.not-xen',
    retry: 'never',
    words: 'The host lacks a plug-in.',
  },
} as const satisfies Record<string, XenErrorEntry>;
