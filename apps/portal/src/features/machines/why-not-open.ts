import type { Right } from '@porthole/rbac';
import type { Words } from '../../words/use-words.ts';
import type { MachineCondition } from './machine-state.ts';

interface Openable extends MachineCondition {
  name: string;
  rights: readonly Right[];
  isLocked: boolean;
  screen: boolean;
  text: boolean;
}

/** Why no console can be opened now, in words; null where one can be tried. */
export function whyNotOpen(machine: Openable, t: Words): string | null {
  if (machine.isLocked) return t('machines.locked', { machine: machine.name });
  if (!machine.rights.includes('look')) return t('machines.noLook', { machine: machine.name });
  // What isn't heard of may be running: trying costs nothing and the relay tells the truth.
  if (machine.unknownSince !== null) return null;
  if (machine.screen || machine.text) return null;
  if (machine.powerState === 'Halted') return t('machines.noConsole', { machine: machine.name });
  if (machine.powerState === 'Suspended') return t('machines.suspendedReason', { machine: machine.name });
  if (machine.powerState === 'Paused') return t('machines.pausedReason', { machine: machine.name });
  return t('machines.noConsoleListed', { machine: machine.name });
}
