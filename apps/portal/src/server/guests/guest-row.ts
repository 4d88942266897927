import type { Tx } from '@porthole/db';
import { type Facts, GUEST_RIGHTS, isLocked, type Right } from '@porthole/rbac';
import type { Actor } from '../actor.ts';
import type { VmRow } from '../machines/machine-row.ts';
import { DOOR_ANSWER_MS, RESTORE_WITHIN_MS } from './guest-limits.ts';
import { guestLinkFields, mayEndLink } from './may-handle-guests.ts';

/** A guest link, as the people of the organisation see it. */
export interface GuestLinkRow {
  id: string;
  guest: string;
  email: string;
  machine: { id: string; name: string; isHere: boolean };
  rights: Right[];
  oneVisit: boolean;
  door: boolean;
  reason: string;
  createdAt: Date;
  by: string;
  endsAt: Date;
  /** `used`: its one visit is over. */
  state: 'open' | 'inside' | 'waiting' | 'used' | 'ended' | 'over';
  endedAt: Date | null;
  endedBy: string | null;
  /** What became of its newest mail, and when. */
  mail: { state: 'waiting' | 'sent' | 'unsent'; at: Date } | null;
  mayEnd: boolean;
  mayRestore: boolean;
}

/** What a row is made of. */
export const guestRowFields = {
  ...guestLinkFields,
  token: {
    select: {
      mails: {
        select: { createdAt: true, sentAt: true, failedAt: true },
        orderBy: { createdAt: 'desc' },
        take: 1,
      },
    },
  },
  visits: {
    where: { leftAt: null, refusedAt: null },
    select: { knockedAt: true, enteredAt: true, expiresAt: true },
  },
} as const;

type Found = Awaited<ReturnType<typeof findRows>>[number];

/** The links of an organisation or of one machine, the newest first: those that stand, and what ended lately. */
export function findRows(
  tx: Tx,
  tenantId: string,
  where: { vmId?: string; id?: string; createdBy?: string },
) {
  return tx.guestLink.findMany({
    where: { tenantId, ...where },
    select: guestRowFields,
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    take: 500,
  });
}

export function describeLink(
  facts: Facts,
  actor: Pick<Actor, 'personId'>,
  link: Found,
  vm: VmRow | null,
): GuestLinkRow {
  const state = stateOf(link, facts.now);
  const mayEnd = mayEndLink(facts, actor, link, vm);
  return {
    id: link.id,
    guest: link.guestName,
    email: link.email,
    machine: { id: link.vmId, name: link.vmName, isHere: vm !== null },
    rights: GUEST_RIGHTS.filter((right) => link.rights.includes(right)),
    oneVisit: link.oneVisit,
    door: link.door,
    reason: link.reason,
    createdAt: link.createdAt,
    by: link.createdName,
    endsAt: link.endsAt,
    state,
    endedAt: link.endedAt,
    endedBy: link.endedName,
    mail: mailOf(link.token?.mails[0]),
    mayEnd: mayEnd && (state === 'open' || state === 'inside' || state === 'waiting'),
    mayRestore: mayEnd && !isLocked(facts) && isRestorable(link, facts.now),
  };
}

/** Ended by a person, just now, and not over by itself meanwhile. */
export function isRestorable(
  link: { endedAt: Date | null; endedBy: string | null; endsAt: Date },
  now: Date,
): boolean {
  const { endedAt, endedBy, endsAt } = link;
  return (
    endedAt !== null &&
    endedBy !== null &&
    endsAt > now &&
    now.getTime() - endedAt.getTime() <= RESTORE_WITHIN_MS
  );
}

function stateOf(link: Found, now: Date): GuestLinkRow['state'] {
  if (link.endedAt !== null) return 'ended';
  if (link.endsAt <= now) return 'over';
  const visits = link.visits.filter(({ expiresAt }) => expiresAt > now);
  if (visits.some(({ enteredAt }) => enteredAt !== null)) return 'inside';
  if (link.visitedAt !== null) return 'used';
  return visits.some(({ knockedAt }) => isWaiting(knockedAt, now)) ? 'waiting' : 'open';
}

/** Whether a knock still waits for its answer. */
export function isWaiting(knockedAt: Date | null, now: Date): boolean {
  return knockedAt !== null && now.getTime() - knockedAt.getTime() < DOOR_ANSWER_MS;
}

function mailOf(mail: { createdAt: Date; sentAt: Date | null; failedAt: Date | null } | undefined) {
  if (mail === undefined) return null;
  if (mail.sentAt !== null) return { state: 'sent', at: mail.sentAt } as const;
  if (mail.failedAt !== null) return { state: 'unsent', at: mail.failedAt } as const;
  return { state: 'waiting', at: mail.createdAt } as const;
}
