import { AppError } from '@porthole/errors';
import type { ConsoleKind } from '@porthole/relay-contract';
import type { NoConsoleReason } from '../machines/machine.ts';

const CODES: Record<NoConsoleReason, string> = {
  off: 'vm/off',
  suspended: 'vm/suspended',
  paused: 'vm/paused',
  'switched-off': 'vm/switched-off',
  'not-offered': 'vm/no-console',
};

/** The machine is as it is, and has no such console now. */
export class NoConsoleError extends AppError {
  constructor(reason: NoConsoleReason, vm: { id: string; name: string }, kind: ConsoleKind) {
    super({
      code: CODES[reason],
      publicMessage: words(reason, vm.name, kind),
      details: { vmId: vm.id, kind },
    });
  }
}

function words(reason: NoConsoleReason, name: string, kind: ConsoleKind): string {
  switch (reason) {
    case 'off':
      return `${name} is off. There is no screen until it starts.`;
    case 'suspended':
      return `${name} is suspended. Its memory is on disk; resume it to get the screen back.`;
    case 'paused':
      return `${name} is paused. It stands still, and no new console opens until it goes on.`;
    case 'switched-off':
      return `The screen is switched off. A setting of ${name} says so; a change counts from its next start.`;
    case 'not-offered':
      return kind === 'screen'
        ? `${name} has no screen that its host offers. In the first seconds after a start that is normal.`
        : `${name} has no text console that its host offers.`;
  }
}
