import type { PowerState, Right } from '@porthole/rbac';
import type { ConsoleKind } from '@porthole/relay-contract';

/** One machine as a list shows it. */
export interface MachineRow {
  id: string;
  /** Its own at its pool, by which administrators there know it. */
  uuid: string;
  name: string;
  powerState: PowerState;
  /** What its host is doing with it now, such as `clean_reboot`; null while nothing is under way. */
  operation: string | null;
  /** When it went off by itself and nobody has started it since. */
  crashedAt: Date | null;
  startedAt: Date | null;
  tags: string[];
  addresses: string[];
  osName: string | null;
  isControlDomain: boolean;
  rights: Right[];
  /** An emergency lock is in the way of all of them. */
  isLocked: boolean;
  poolName: string;
  /** Since when its pool doesn't answer, so that the state is the last known one; null while it is fresh. */
  unknownSince: Date | null;
  here: { personId: string; name: string; typing: boolean }[];
  screen: boolean;
  text: boolean;
}

/** Why a kind of console isn't there, in the order in which they are looked for. */
export type NoConsoleReason = 'off' | 'suspended' | 'paused' | 'switched-off' | 'not-offered';

export interface ConsoleChoice {
  kind: ConsoleKind;
  available: boolean;
  reason: NoConsoleReason | null;
  best: boolean;
}
