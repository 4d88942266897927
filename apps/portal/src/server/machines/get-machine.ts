import type { Tx } from '@porthole/db';
import { can, canInTenant, type Facts, type Right, type VmFacts, type VmRole } from '@porthole/rbac';
import { type ConsoleKind, type Receipt, receiptSchema } from '@porthole/relay-contract';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { loadMachine } from '../authority/load-machine.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { type LockHere, lockOfMachine } from '../locks/list-locks.ts';
import { consoleChoices } from './console-choices.ts';
import { findSharers } from './find-sharers.ts';
import { loadSurroundings } from './load-surroundings.ts';
import type { ConsoleChoice, MachineRow } from './machine.ts';
import { toMachineRow } from './machine-row.ts';

export const getMachineInput = z.strictObject({ ...inOrg, id: z.uuid() });

/** How many of the last consoles a machine's page lists. */
const RECENT_SEATS = 20;

export interface RecentSeat {
  id: string;
  personName: string;
  kind: ConsoleKind;
  openedAt: Date;
  /** Null while it is open. */
  closedAt: Date | null;
  closeReason: string | null;
  /** Had the right to type when that was last known. */
  mayType: boolean;
  /** Somebody has asked for its end, and it is about to close. */
  closing: boolean;
  receipt: Receipt | null;
}

export interface Machine extends MachineRow {
  description: string;
  memoryBytes: number | null;
  vcpus: number | null;
  consoles: ConsoleChoice[];
  access: {
    /** `role` by the person's place in the organisation, `grant` by what was shared, `support` by the organisation's grant; null where there is no right. */
    because: 'role' | 'grant' | 'support' | null;
    /** The role of the grant that lasts longest, where a grant gives it. */
    grantRole: VmRole | null;
    endsAt: Date | null;
    rights: Right[];
    /** Names of people who can share this machine. */
    sharers: string[];
  };
  recentSeats: RecentSeat[];
  /** The pool whose manager this person is, so that they may check this machine's console; null for everybody else. */
  checkPoolId: string | null;
  /** What keeps its consoles closed, where a lock does. */
  lock: LockHere | null;
}

/**
 * One machine with all that its page says.
 *
 * @throws NotFoundError `vm/not-found`
 */
export async function getMachine(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  input: z.infer<typeof getMachineInput>,
): Promise<Machine> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const { vm, facts } = await loadMachine(tx, actor, input.id);
    const row = toMachineRow(vm, facts, await loadSurroundings(tx, actor.tenantId));
    const more = await tx.vm.findFirst({
      where: { tenantId: actor.tenantId, id: vm.id },
      select: { description: true, memoryBytes: true, vcpus: true, poolTenantId: true, poolId: true },
    });
    const ownsPool = more?.poolTenantId === actor.tenantId;
    return {
      ...row,
      checkPoolId: ownsPool && canInTenant(facts, 'pools.manage').allowed ? more.poolId : null,
      description: more?.description ?? '',
      memoryBytes: more?.memoryBytes == null ? null : Number(more.memoryBytes),
      vcpus: more?.vcpus ?? null,
      consoles: consoleChoices(vm),
      access: {
        ...standing(facts, vm),
        rights: row.rights,
        // Who belongs to the organisation is none of support's affair.
        sharers: facts.role === null ? [] : await findSharers(tx, actor.tenantId, vm, facts.now),
      },
      lock: row.isLocked ? await lockOfMachine(tx, actor, facts, vm, row.poolName) : null,
      recentSeats: facts.role === null ? [] : await recentSeats(tx, actor.tenantId, vm.id),
    };
  });
}

function standing(facts: Facts, vm: VmFacts): Pick<Machine['access'], 'because' | 'grantRole' | 'endsAt'> {
  const decision = can(facts, 'look', vm);
  if (!decision.allowed) return { because: null, grantRole: null, endsAt: null };
  if (decision.because.kind === 'support')
    return { because: 'support', grantRole: null, endsAt: decision.because.endsAt };
  if (decision.because.kind !== 'grant') return { because: 'role', grantRole: null, endsAt: null };
  const { grantId, endsAt } = decision.because;
  const grant = facts.grants.find((one) => one.id === grantId);
  return { because: 'grant', grantRole: grant?.role ?? null, endsAt };
}

async function recentSeats(tx: Tx, tenantId: string, vmId: string): Promise<RecentSeat[]> {
  const seats = await tx.consoleSeat.findMany({
    where: { tenantId, vmId },
    select: {
      id: true,
      personName: true,
      kind: true,
      openedAt: true,
      closedAt: true,
      closeReason: true,
      rights: true,
      closeAskedAt: true,
      receipt: true,
    },
    orderBy: { openedAt: 'desc' },
    take: RECENT_SEATS,
  });
  return seats.map(({ receipt, rights, closeAskedAt, ...seat }) => ({
    ...seat,
    mayType: rights.includes('type'),
    closing: seat.closedAt === null && closeAskedAt !== null,
    receipt: receiptSchema.safeParse(receipt).data ?? null,
  }));
}
