import { AppError } from '@porthole/errors';
import type { Right, VmRole } from '@porthole/rbac';
import type { ConsoleKind, Receipt } from '@porthole/relay-contract';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps.ts';
import { inOrg } from '../inputs.ts';
import type { ConsoleChoice, MachineRow } from './machine.ts';

export const getMachineInput = z.strictObject({ ...inOrg, id: z.uuid() });

export interface RecentSeat {
  id: string;
  personName: string;
  kind: ConsoleKind;
  openedAt: Date;
  /** Null while it is open. */
  closedAt: Date | null;
  closeReason: string | null;
  receipt: Receipt | null;
}

export interface Machine extends MachineRow {
  description: string;
  memoryBytes: number | null;
  vcpus: number | null;
  consoles: ConsoleChoice[];
  access: {
    /** `role` by the person's place in the organisation, `grant` by what was shared; null where there is no right. */
    because: 'role' | 'grant' | null;
    /** The widest role among the grants that bear on it. */
    grantRole: VmRole | null;
    endsAt: Date | null;
    rights: Right[];
    /** Names of people who can share this machine. */
    sharers: string[];
  };
  recentSeats: RecentSeat[];
}

export async function getMachine(
  _deps: Deps,
  _actor: Actor,
  _input: z.infer<typeof getMachineInput>,
): Promise<Machine> {
  throw new AppError({ code: 'portal/not-built' });
}
