import { quote, type XenErrorEntry } from './error-table.ts';

const TOOLS_MISSING = 'The guest tools are missing. Shut it down from inside, or force it.';
const DEVICE = 'A device of this machine prevents it.';
const DEAF = 'The guest didn’t react. Its screen may show why.';
const FULL = 'The storage is full.';

/** Errors about machines, their disks and their operations (xenapi.md §7), with their parameters in order. */
export const MACHINE_ERRORS = {
  VM_BAD_POWER_STATE: {
    // Lower case; `expected` may be a comma list.
    params: ['vm', 'expected', 'actual'],
    topic: 'power.state',
    retry: 'after-refetch',
    words: ({ actual }) => `The machine is ${quote(actual, 'in another state')} now.`,
  },
  OTHER_OPERATION_IN_PROGRESS: {
    // Older hosts send the first two.
    params: ['class', 'object', 'operation', 'task'],
    topic: 'power.busy',
    retry: 'later',
    words: ({ operation }) => `The machine is busy with ${quote(operation, 'another operation')}.`,
  },
  OPERATION_NOT_ALLOWED: {
    params: ['reason'],
    topic: 'power.blocked',
    retry: 'never',
    words: ({ reason }) => `The pool doesn’t allow this: ${quote(reason, 'it gave no reason')}.`,
  },
  OPERATION_BLOCKED: {
    params: ['ref', 'text'],
    topic: 'power.blocked',
    retry: 'never',
    words: ({ text }) => `The pool’s administrator has blocked this: ${quote(text, 'no reason was left')}.`,
  },
  VM_IS_TEMPLATE: {
    params: ['vm', 'operation'],
    topic: 'power.boot',
    retry: 'never',
    words: 'This is a template, not a machine that runs.',
  },
  VM_IS_SNAPSHOT: {
    params: ['vm', 'operation'],
    topic: 'power.boot',
    retry: 'never',
    words: 'This is a snapshot, not a machine that runs.',
  },
  VM_IS_PROTECTED: {
    params: ['vm'],
    topic: 'power.blocked',
    retry: 'never',
    words: 'High availability of the pool would be violated.',
  },
  VM_LACKS_FEATURE: { params: ['vm'], topic: 'power.tools', retry: 'never', words: TOOLS_MISSING },
  VM_MISSING_PV_DRIVERS: { params: ['vm'], topic: 'power.tools', retry: 'never', words: TOOLS_MISSING },
  VM_OLD_PV_DRIVERS: {
    params: ['vm', 'major', 'minor'],
    topic: 'power.tools',
    retry: 'never',
    words: 'The guest tools are too old. Shut it down from inside, or force it.',
  },
  VM_NON_SUSPENDABLE: {
    params: ['vm', 'reason'],
    topic: 'power.device',
    retry: 'never',
    words: ({ reason }) => `The guest can’t be suspended: ${quote(reason, 'it gave no reason')}.`,
  },
  VM_IS_IMMOBILE: { params: ['vm'], topic: 'power.device', retry: 'never', words: DEVICE },
  VM_HAS_PCI_ATTACHED: { params: ['vm'], topic: 'power.device', retry: 'never', words: DEVICE },
  VM_HAS_VGPU: { params: ['vm'], topic: 'power.device', retry: 'never', words: DEVICE },
  VM_HAS_VUSBS: { params: ['vm'], topic: 'power.device', retry: 'never', words: DEVICE },
  VM_SHUTDOWN_TIMEOUT: { params: ['vm', 'timeout'], topic: 'power.deaf', retry: 'never', words: DEAF },
  VM_FAILED_SHUTDOWN_ACKNOWLEDGMENT: { params: ['vm'], topic: 'power.deaf', retry: 'never', words: DEAF },
  VM_HALTED: {
    params: ['vm'],
    topic: 'power.state',
    retry: 'after-refetch',
    words: 'The machine was switched off meanwhile.',
  },
  VM_REBOOTED: {
    params: ['vm'],
    topic: 'power.state',
    retry: 'after-refetch',
    words: 'The machine was restarted meanwhile.',
  },
  VM_CRASHED: {
    params: ['vm'],
    topic: 'power.state',
    retry: 'after-refetch',
    words: 'The machine has crashed.',
  },
  VM_NO_SUSPEND_SR: {
    params: ['vm'],
    topic: 'power.disk',
    retry: 'never',
    words: 'There is no storage for the machine’s memory.',
  },
  SUSPEND_IMAGE_NOT_ACCESSIBLE: {
    params: ['vdi'],
    topic: 'power.disk',
    retry: 'never',
    words: 'The machine’s suspended memory can’t be read.',
  },
  VM_REQUIRES_SR: {
    params: ['vm', 'sr'],
    topic: 'power.disk',
    retry: 'never',
    words: 'A storage of this machine isn’t visible at the host.',
  },
  VM_HVM_REQUIRED: {
    params: ['vm'],
    topic: 'power.boot',
    retry: 'never',
    words: 'The machine can’t boot on this host.',
  },
  BOOTLOADER_FAILED: {
    params: ['vm', 'text'],
    topic: 'power.boot',
    retry: 'never',
    words: ({ text }) => `The machine’s boot loader failed: ${quote(text, 'it gave no reason')}.`,
  },
  DOMAIN_EXISTS: {
    params: ['vm', 'domid'],
    topic: 'power.boot',
    retry: 'never',
    words: 'The machine is already there on the host.',
  },
  SR_FULL: { params: ['requested', 'maximum'], topic: 'power.disk', retry: 'never', words: FULL },
  OUT_OF_SPACE: { params: ['place'], topic: 'power.disk', retry: 'never', words: FULL },
  VDI_MISSING: {
    params: ['sr', 'vdi'],
    topic: 'power.disk',
    retry: 'never',
    words: 'A disk of the machine is missing.',
  },
  VDI_NOT_AVAILABLE: {
    params: ['vdi'],
    topic: 'power.disk',
    retry: 'later',
    words: 'A disk of the machine is not available.',
  },
  REVERT_ONLY_ALLOWED_ON_SNAPSHOT: {
    params: [],
    topic: 'bug',
    retry: 'never',
    words: 'Only a snapshot can be gone back to.',
  },
  TASK_CANCELLED: {
    params: ['task'],
    topic: 'power.unclear',
    retry: 'never',
    words: 'The operation was cancelled.',
  },
} as const satisfies Record<string, XenErrorEntry>;
