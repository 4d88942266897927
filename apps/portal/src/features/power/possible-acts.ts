import { ACT_RULES, POWER_ACTS, type PowerAct, type PowerState, type Right } from '@porthole/rbac';
import type { Words } from '../../words/use-words.ts';

/** What of a machine decides what may be asked of its power. */
export interface Powered {
  name: string;
  powerState: PowerState;
  isControlDomain: boolean;
  rights: readonly Right[];
}

/** What leads somewhere from the machine's state, whoever asks, in the order of the menu. */
export function actsFrom(state: PowerState): PowerAct[] {
  return POWER_ACTS.filter((act) => ACT_RULES[act].from.includes(state));
}

/** Whether it can be asked now, as far as the page knows. */
export function canAsk(machine: Powered, act: PowerAct): boolean {
  const { right, from } = ACT_RULES[act];
  return !machine.isControlDomain && machine.rights.includes(right) && from.includes(machine.powerState);
}

/** What brings a machine to where a console opens, from each state that has none. */
const TOWARDS_RUNNING: Partial<Record<PowerState, PowerAct>> = {
  Halted: 'start',
  Paused: 'unpause',
  Suspended: 'resume',
};

/** What makes a console possible, for who may ask for it; null where the machine runs, or is on its way already. */
export function actToRun(machine: Powered & { operation: string | null }): PowerAct | null {
  const act = TOWARDS_RUNNING[machine.powerState];
  return act !== undefined && machine.operation === null && canAsk(machine, act) ? act : null;
}

/** Why not, for who reads it on the item; null where it can be asked. */
export function whyNotAsk(machine: Powered, act: PowerAct, t: Words): string | null {
  if (machine.isControlDomain) return t('power.hostItself', { machine: machine.name });
  const { right } = ACT_RULES[act];
  if (machine.rights.includes(right)) return null;
  return t(right === 'power' ? 'power.noRight' : 'power.noForce', { machine: machine.name });
}

/** Asked for first: it cuts people off or loses something (design §4). */
export function asksFirst(act: PowerAct): boolean {
  return act !== 'start' && act !== 'resume' && act !== 'unpause';
}
