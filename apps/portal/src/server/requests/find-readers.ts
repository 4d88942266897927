import { queueMail } from '@porthole/auth';
import type { Tx } from '@porthole/db';
import { STANDING_BUNDLE, TENANT_ROLES, type VmFacts } from '@porthole/rbac';
import type { Actor } from '../actor.ts';
import { MAX_READERS } from './request-limits.ts';

/** Somebody who hears of a request. */
export interface Reader {
  personId: string;
  email: string;
}

const MANAGING = TENANT_ROLES.filter((role) => STANDING_BUNDLE[role] === 'manager');

/** Who may answer a request for the machine: by their place in the organisation, by a grant, or by one of their team's. */
export async function findApprovers(
  tx: Tx,
  tenantId: string,
  vm: VmFacts,
  { now, asker }: { now: Date; asker: string },
): Promise<Reader[]> {
  const living = {
    tenantId,
    endedAt: null,
    AND: [
      { OR: [{ role: 'manager' as const }, { rights: { has: 'share' } }] },
      { OR: [{ endsAt: null }, { endsAt: { gt: now } }] },
      { OR: [{ vmId: vm.id }, { tag: { in: [...vm.tags] } }, { allVms: true }] },
    ],
  };
  const people = await tx.membership.findMany({
    where: {
      tenantId,
      personId: { not: asker },
      person: { disabledAt: null },
      OR: [
        { role: { in: MANAGING } },
        { grants: { some: living } },
        { teams: { some: { team: { grants: { some: living } } } } },
      ],
    },
    select: { personId: true, person: { select: { email: true } } },
    orderBy: { createdAt: 'asc' },
    take: MAX_READERS,
  });
  return people.map(({ personId, person }) => ({ personId, email: person.email }));
}

/** Who watches over the organisation: owners, administrators, auditors. They hear of every emergency. */
export async function findWatchers(tx: Tx, tenantId: string): Promise<Reader[]> {
  const people = await tx.membership.findMany({
    where: { tenantId, role: { in: [...MANAGING, 'auditor'] }, person: { disabledAt: null } },
    select: { personId: true, person: { select: { email: true } } },
    orderBy: { createdAt: 'asc' },
  });
  return people.map(({ personId, person }) => ({ personId, email: person.email }));
}

/**
 * Tells people of a request by mail, each once. The mail names who asks and the organisation, never the machine or the
 * reason: those are on the page that it links to.
 */
export async function mailRequest(
  tx: Tx,
  actor: Pick<Actor, 'slug' | 'tenantName'>,
  mail: {
    kind: 'request-asked' | 'request-answered' | 'glass-asked' | 'glass-broken';
    requestId: string;
    name: string;
    readers: readonly Reader[];
  },
): Promise<void> {
  const names = { name: mail.name, org: actor.tenantName, slug: actor.slug, request: mail.requestId };
  const each = new Map(mail.readers.map((reader) => [reader.personId, reader]));
  for (const { email } of each.values()) await queueMail(tx, { kind: mail.kind, to: email, names });
}
