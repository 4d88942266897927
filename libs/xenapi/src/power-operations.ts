import type { PowerState } from './records.ts';

/** What a person has to be told before an operation, beyond that the machine stops. */
export type PowerWarning = 'unsaved-work' | 'memory-discarded';

export interface PowerOperation {
  /** Of the data model, without `Async.`. */
  readonly method: string;
  /** States from which the host takes it (xenapi.md §6); the host decides, this is for what is offered. */
  readonly from: readonly PowerState[];
  /** Parameters after the VM's reference. */
  readonly params: readonly unknown[];
  /** The state to which it leads. */
  readonly to: PowerState;
  readonly warning: (state: PowerState) => PowerWarning | null;
}

const none = () => null;
const cuts = (state: PowerState): PowerWarning =>
  // A suspended machine's memory is its suspend image, and that is destroyed (xenapi.md §10.32).
  state === 'Suspended' ? 'memory-discarded' : 'unsaved-work';

/**
 * The power operations of xenapi.md §6 that may be offered. `VM.shutdown` is not among them: it may end up hard without
 * anybody having said so (xenapi.md §10.32).
 */
export const POWER_OPERATIONS = {
  start: { method: 'VM.start', from: ['Halted'], params: [false, false], to: 'Running', warning: none },
  cleanShutdown: {
    method: 'VM.clean_shutdown',
    from: ['Running'],
    params: [],
    to: 'Halted',
    warning: none,
  },
  cleanReboot: { method: 'VM.clean_reboot', from: ['Running'], params: [], to: 'Running', warning: none },
  hardShutdown: {
    method: 'VM.hard_shutdown',
    from: ['Running', 'Paused', 'Suspended'],
    params: [],
    to: 'Halted',
    warning: cuts,
  },
  hardReboot: {
    method: 'VM.hard_reboot',
    from: ['Running', 'Paused'],
    params: [],
    to: 'Running',
    warning: cuts,
  },
  pause: { method: 'VM.pause', from: ['Running'], params: [], to: 'Paused', warning: none },
  unpause: { method: 'VM.unpause', from: ['Paused'], params: [], to: 'Running', warning: none },
  suspend: { method: 'VM.suspend', from: ['Running'], params: [], to: 'Suspended', warning: none },
  resume: { method: 'VM.resume', from: ['Suspended'], params: [false, false], to: 'Running', warning: none },
} as const satisfies Record<string, PowerOperation>;

export type PowerOperationName = keyof typeof POWER_OPERATIONS;
