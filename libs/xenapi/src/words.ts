/** What people are told for each error of a pool (xenapi.md §7). Parameters are read defensively: counts vary by version. */
const WORDS: Record<string, string | ((params: readonly string[]) => string)> = {
  SESSION_AUTHENTICATION_FAILED: 'The user name or the password of the pool’s account is wrong.',
  SESSION_AUTHORIZATION_FAILED: 'The account has no role in this pool, or it is suspended.',
  SESSION_INVALID: 'The session with the pool has ended.',
  HOST_IS_SLAVE: 'This host is a member of a pool. Use the address of the pool’s master.',
  HOST_STILL_BOOTING: 'The host is starting. Try again in a few minutes.',
  HOST_OFFLINE: 'The host is switched off.',
  HOST_DISABLED: 'The host is in maintenance.',
  HOST_NOT_LIVE: 'The host doesn’t answer its pool.',
  HOST_UNKNOWN_TO_MASTER: 'The host’s membership in its pool is broken. Ask the pool’s administrator.',
  HOST_IN_EMERGENCY_MODE: 'The host has lost its pool’s master.',
  HOST_NOT_ENOUGH_FREE_MEMORY: 'The host hasn’t enough free memory.',
  NO_HOSTS_AVAILABLE: 'No host can run this machine now.',
  RBAC_PERMISSION_DENIED: (params) =>
    `The pool’s account lacks a role: ${quote(params[0], 'a permission is missing')}.`,
  PERMISSION_DENIED: 'The pool doesn’t allow this.',
  AUTH_SERVICE_ERROR: 'The pool’s directory service has a problem.',
  AUTH_IS_DISABLED: 'Directory sign-in is switched off at the pool.',
  AUTH_UNKNOWN_TYPE: 'The pool’s directory service has a problem.',
  LICENCE_RESTRICTION: 'The pool’s edition doesn’t include this.',
  LICENSE_EXPIRED: 'The pool’s licence has expired.',
  FEATURE_RESTRICTED: 'The pool’s edition doesn’t include this.',
  HANDLE_INVALID: 'This no longer exists at the pool.',
  UUID_INVALID: 'The machine was deleted, or it is in another pool.',
  MESSAGE_METHOD_UNKNOWN: 'The host’s version is too old for this.',
  MESSAGE_REMOVED: 'The host’s version no longer offers this.',
  INTERNAL_ERROR: 'The hypervisor reports an internal error.',
  NOT_IMPLEMENTED: 'The host doesn’t offer this.',
  VM_BAD_POWER_STATE: (params) => `The machine is ${quote(params[2], 'in another state')} now.`,
  OTHER_OPERATION_IN_PROGRESS: 'The machine is busy with another operation.',
  OPERATION_NOT_ALLOWED: (params) => `The pool doesn’t allow this: ${quote(params[0], 'it gave no reason')}.`,
  OPERATION_BLOCKED: 'The pool’s administrator has blocked this.',
  VM_IS_TEMPLATE: 'This is a template, not a machine that runs.',
  VM_IS_SNAPSHOT: 'This is a snapshot, not a machine that runs.',
  VM_IS_PROTECTED: 'High availability of the pool would be violated.',
  VM_LACKS_FEATURE: 'The guest tools are missing. Use the forced variant.',
  VM_MISSING_PV_DRIVERS: 'The guest tools are missing. Use the forced variant.',
  VM_OLD_PV_DRIVERS: 'The guest tools are too old. Use the forced variant.',
  VM_NON_SUSPENDABLE: 'The guest can’t be suspended.',
  VM_IS_IMMOBILE: 'A device of this machine prevents it.',
  VM_HAS_PCI_ATTACHED: 'A device of this machine prevents it.',
  VM_HAS_VGPU: 'A device of this machine prevents it.',
  VM_HAS_VUSBS: 'A device of this machine prevents it.',
  VM_SHUTDOWN_TIMEOUT: 'The guest didn’t react.',
  VM_FAILED_SHUTDOWN_ACKNOWLEDGMENT: 'The guest didn’t react.',
  VM_HALTED: 'The machine was switched off meanwhile.',
  VM_REBOOTED: 'The machine was restarted meanwhile.',
  VM_CRASHED: 'The machine has crashed.',
  VM_NO_SUSPEND_SR: 'There is no storage for the machine’s memory.',
  SUSPEND_IMAGE_NOT_ACCESSIBLE: 'The machine’s suspended memory can’t be read.',
  VM_REQUIRES_SR: 'A storage of this machine isn’t visible at the host.',
  VM_HVM_REQUIRED: 'The machine can’t boot on this host.',
  BOOTLOADER_FAILED: 'The machine’s boot loader failed.',
  DOMAIN_EXISTS: 'The machine is already there on the host.',
  SR_FULL: 'The storage is full.',
  OUT_OF_SPACE: 'The storage is full.',
  VDI_MISSING: 'A disk of the machine is missing.',
  VDI_NOT_AVAILABLE: 'A disk of the machine is not available.',
  TASK_CANCELLED: 'The operation was cancelled.',
  TOO_BUSY: 'The pool is busy. Try again later.',
  TOO_MANY_PENDING_TASKS: 'The pool is busy. Try again later.',
  NOT_SUPPORTED_DURING_UPGRADE: 'The pool is being upgraded. Try again later.',
};

const FALLBACK = 'The pool refused this.';
const MAX_QUOTED = 120;

/** A sentence for a person; texts of the peer appear only where a rule of the table quotes them, shortened. */
export function wordsFor(xenCode: string, params: readonly string[]): string {
  const words = Object.hasOwn(WORDS, xenCode) ? WORDS[xenCode] : undefined;
  if (words === undefined) return FALLBACK;
  return typeof words === 'string' ? words : words(params);
}

function quote(text: string | undefined, otherwise: string): string {
  const plain = (text ?? '').replace(/[\p{C}\s]+/gu, ' ').trim();
  return plain === '' ? otherwise : plain.slice(0, MAX_QUOTED);
}
