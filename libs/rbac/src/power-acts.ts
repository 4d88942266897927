import type { Right } from './rights.ts';

/** What may be asked of a machine's power, by the names of XenAPI's operations (xenapi.md §6). */
export const POWER_ACTS = [
  'start',
  'resume',
  'unpause',
  'clean_shutdown',
  'clean_reboot',
  'pause',
  'suspend',
  'hard_shutdown',
  'hard_reboot',
] as const;
export type PowerAct = (typeof POWER_ACTS)[number];

export const POWER_STATES = ['Running', 'Halted', 'Paused', 'Suspended'] as const;
export type PowerState = (typeof POWER_STATES)[number];

interface ActRule {
  readonly right: Extract<Right, 'power' | 'force-power'>;
  /** States from which the pool takes it (xenapi.md §6, the table of operations). */
  readonly from: readonly PowerState[];
  /** Where it leads. A reboot leads to where it began. */
  readonly to: PowerState;
}

/** Who may ask for what, from where it goes and where it leads: readable as documentation. */
export const ACT_RULES: Record<PowerAct, ActRule> = {
  start: { right: 'power', from: ['Halted'], to: 'Running' },
  resume: { right: 'power', from: ['Suspended'], to: 'Running' },
  unpause: { right: 'power', from: ['Paused'], to: 'Running' },
  clean_shutdown: { right: 'power', from: ['Running'], to: 'Halted' },
  clean_reboot: { right: 'power', from: ['Running'], to: 'Running' },
  pause: { right: 'power', from: ['Running'], to: 'Paused' },
  suspend: { right: 'power', from: ['Running'], to: 'Suspended' },
  hard_shutdown: { right: 'force-power', from: ['Running', 'Paused', 'Suspended'], to: 'Halted' },
  hard_reboot: { right: 'force-power', from: ['Running', 'Paused'], to: 'Running' },
};

/** What may stand in the way of one, as pages tell it: the rows `power.*` of design.md §7, and what is ours. */
export const POWER_FAILURES = [
  'state',
  'busy',
  'blocked',
  'tools',
  'deaf',
  'device',
  'room',
  'disk',
  'boot',
  'pool',
  'later',
  'unclear',
  'cancelled',
  'gone',
  'refused',
] as const;
/** Of rows with several sentences: the row, and behind the dash which of them; without a dash it is the last. */
export const POWER_CAUSES = [
  'state-changed',
  'blocked-host',
  'blocked-kept',
  'disk-full',
  'disk-place',
  'disk-saved',
  'pool-edition',
  'pool-upgrade',
] as const;
export type PowerFailure = (typeof POWER_FAILURES)[number] | (typeof POWER_CAUSES)[number];

/** How long a request waits for a pool that is away or busy before it ends without effect, in milliseconds. */
export const WAIT_FOR_POOL_MS = 10 * 60_000;

/** Whether it pulls the plug: what the guest has not saved is lost. */
export function isForce(act: PowerAct): boolean {
  return ACT_RULES[act].right === 'force-power';
}

/** Whether nobody can tell from the machine's state if it was done. */
export function isReboot(act: PowerAct): boolean {
  return act === 'clean_reboot' || act === 'hard_reboot';
}
