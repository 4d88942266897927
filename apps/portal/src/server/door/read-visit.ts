import { LinkOverError } from '@porthole/auth';
import type { ConsoleKind } from '@porthole/relay-contract';
import type { Deps } from '../deps-type.ts';
import { isWaiting } from '../guests/guest-row.ts';
import { consoleChoices } from '../machines/console-choices.ts';
import type { VmRow } from '../machines/machine-row.ts';
import type { RequestFacts } from '../request-facts.ts';
import { findVisit, type Standing, standingOf, type VisitKey, visitOf } from './visit.ts';

/** Where a visit stands, in the order in which it goes. */
export type DoorStep = 'prove' | 'knock' | 'waiting' | 'unanswered' | 'refused' | 'inside' | 'over';

/** What the page of a guest shows. Before the address is proved it names nobody and nothing. */
export type DoorState =
  | { step: 'prove'; email: string }
  | {
      step: Exclude<DoorStep, 'prove'>;
      guest: string;
      inviter: string;
      org: string;
      machine: string;
      /** Whether somebody has to let the guest in. */
      door: boolean;
      mayType: boolean;
      /** The best console of the machine now; null while it offers none. */
      kind: ConsoleKind | null;
      /** When the guest knocked. */
      knockedAt: Date | null;
      /** When it ended, for `over`. */
      endedAt: Date | null;
      endsAt: Date;
    };

/**
 * Where the visit of this browser stands.
 *
 * @throws LinkOverError `auth/link-over`
 */
export async function readVisit(
  deps: Pick<Deps, 'db'>,
  request: Pick<RequestFacts, 'guest'>,
): Promise<DoorState> {
  const key = await visitOf(deps, request);
  return deps.db.withTenant(key.tenantId, async (tx) => {
    const standing = await standingOf(tx, key);
    return describeVisit(standing, await findVisit(tx, key), key);
  });
}

type Visit = Awaited<ReturnType<typeof findVisit>>;

/** @throws LinkOverError `auth/link-over` for who has proved nothing, on a link that is not good */
export function describeVisit(standing: Standing, visit: Visit, _key: VisitKey): DoorState {
  const { link, facts, vm } = standing;
  if (visit.provedAt === null) {
    assertOpenTo(standing, visit);
    return { step: 'prove', email: masked(link.email) };
  }
  const step = stepOf(standing, visit);
  return {
    step,
    guest: link.guestName,
    inviter: link.createdName,
    org: link.tenant.name,
    machine: link.vmName,
    door: link.door,
    mayType: link.rights.includes('type'),
    kind: vm === null || ENDS.includes(step) ? null : kindOf(vm),
    knockedAt: visit.knockedAt,
    endedAt: step === 'over' ? endOf(standing, visit, facts.now) : null,
    endsAt: visit.enteredAt === null ? link.endsAt : visit.expiresAt,
  };
}

/** Who was let in no more, or never, reads no longer how the machine is. */
const ENDS: readonly DoorStep[] = ['refused', 'over'];

function kindOf(vm: VmRow): ConsoleKind | null {
  return consoleChoices(vm).find(({ best }) => best)?.kind ?? null;
}

function stepOf(standing: Standing, visit: Visit): Exclude<DoorStep, 'prove'> {
  const { now } = standing.facts;
  if (visit.refusedAt !== null) return 'refused';
  if (visit.leftAt !== null || visit.expiresAt <= now || !standing.isGood) return 'over';
  if (visit.enteredAt !== null) return 'inside';
  if (standing.link.visitedAt !== null) return 'over';
  if (visit.knockedAt === null) return 'knock';
  return isWaiting(visit.knockedAt, now) ? 'waiting' : 'unanswered';
}

function endOf({ link }: Standing, visit: Visit, now: Date): Date {
  const ends = [link.endedAt, visit.leftAt, visit.expiresAt, link.endsAt, link.visitedAt, now];
  return ends.flatMap((end) => (end === null || end > now ? [] : [end])).reduce((a, b) => (a < b ? a : b));
}

/** @throws LinkOverError `auth/link-over` */
export function assertOpenTo(
  { link, facts, isGood }: Standing,
  visit: Pick<Visit, 'expiresAt'> | null,
): void {
  const isSpent = link.visitedAt !== null || (visit !== null && visit.expiresAt <= facts.now);
  if (!isGood || isSpent) throw new LinkOverError({ why: isSpent ? 'spent' : 'not good', linkId: link.id });
}

/** `n…@example.org`: enough for who has the mailbox to know it, and little for who has not. */
export function masked(email: string): string {
  const at = email.lastIndexOf('@');
  return `${email.slice(0, 1)}…${email.slice(at)}`;
}
