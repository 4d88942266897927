import type { PowerState } from '@porthole/rbac';
import { CONSOLE_KINDS, type ConsoleKind } from '@porthole/relay-contract';
import type { ConsoleChoice, NoConsoleReason } from './machine.ts';

/** What of a machine decides which consoles it offers. */
export interface ConsoleFacts {
  powerState: PowerState;
  screenSwitchedOff: boolean;
  screenConsoleRef: string | null;
  textConsoleRef: string | null;
}

const NOT_RUNNING: Partial<Record<PowerState, NoConsoleReason>> = {
  Halted: 'off',
  Suspended: 'suspended',
  Paused: 'paused',
};

/**
 * Both kinds with the reason why one isn't there. The screen is the better one wherever it exists: it shows what the
 * machine shows from its first second on, and text only what was set up to be printed there.
 */
export function consoleChoices(vm: ConsoleFacts): ConsoleChoice[] {
  const reasons = CONSOLE_KINDS.map((kind) => ({ kind, reason: whyNot(vm, kind) }));
  const best = reasons.find(({ reason }) => reason === null)?.kind;
  return reasons.map(({ kind, reason }) => ({
    kind,
    reason,
    available: reason === null,
    best: kind === best,
  }));
}

function whyNot(vm: ConsoleFacts, kind: ConsoleKind): NoConsoleReason | null {
  const still = NOT_RUNNING[vm.powerState];
  if (still !== undefined) return still;
  // disable_pv_vnc takes the screen away, whatever record the host still lists (xenapi.md §3.2).
  if (kind === 'screen' && vm.screenSwitchedOff) return 'switched-off';
  const reference = kind === 'screen' ? vm.screenConsoleRef : vm.textConsoleRef;
  return reference === null ? 'not-offered' : null;
}
