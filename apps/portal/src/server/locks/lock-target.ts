import { type Tx, translating } from '@porthole/db';
import { AppError, NotFoundError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertHandles, loadMember } from '../people/member.ts';
import type { LockScope } from './lock-row.ts';

/** Which thing of the organisation a lock is to be over. */
export interface Wanted {
  scope: LockScope;
  /** Null for the organisation itself. */
  id: string | null;
}

/** What is to be locked, found in the organisation. */
export interface LockTargetFound {
  scope: LockScope;
  id: string;
  name: string;
  /** A pool of the organisation's own: others may hold its machines. */
  ownPool: boolean;
  columns: { personId?: string; teamId?: string; vmId?: string; poolId?: string };
}

const poolsSchema = z.array(z.object({ poolId: z.string(), name: z.string() }));
const impactSchema = z.tuple([z.object({ consoles: z.coerce.number(), persons: z.coerce.number() })]);

/**
 * What a lock would be over.
 *
 * @throws NotFoundError `person/not-found`, `team/not-found`, `vm/not-found`, `pool/not-found`; ForbiddenError `rbac/forbidden` for owners, who
 *   are handled by owners alone; AppError `lock/own-self`
 */
export async function findTarget(tx: Tx, actor: Actor, { scope, id }: Wanted): Promise<LockTargetFound> {
  const { tenantId } = actor;
  if (scope === 'organisation')
    return { scope, id: tenantId, name: actor.tenantName, ownPool: false, columns: {} };
  if (id === null) throw new NotFoundError(scope, { why: 'none' });
  if (scope === 'person') return findPerson(tx, actor, id);
  if (scope === 'team') {
    const team = await tx.team.findFirst({ where: { tenantId, id }, select: { name: true } });
    if (team === null) throw new NotFoundError('team', { teamId: id });
    return { scope, id, name: team.name, ownPool: false, columns: { teamId: id } };
  }
  if (scope === 'vm') {
    const vm = await tx.vm.findFirst({ where: { tenantId, id, goneAt: null }, select: { name: true } });
    if (vm === null) throw new NotFoundError('vm', { vmId: id });
    return { scope, id, name: vm.name, ownPool: false, columns: { vmId: id } };
  }
  const own = await tx.pool.findFirst({
    where: { tenantId, id, removedAt: null },
    select: { displayName: true },
  });
  if (own !== null) return { scope, id, name: own.displayName, ownPool: true, columns: { poolId: id } };
  const rows = await translating(
    () => tx.$queryRaw`
      SELECT pool_id::text AS "poolId", display_name AS name FROM pools_of_holder(${tenantId}::uuid)`,
  );
  const held = poolsSchema.parse(rows).find(({ poolId }) => poolId === id);
  if (held === undefined) throw new NotFoundError('pool', { poolId: id });
  return { scope, id, name: held.name, ownPool: false, columns: { poolId: id } };
}

async function findPerson(tx: Tx, actor: Actor, personId: string): Promise<LockTargetFound> {
  const member = await loadMember(tx, actor, personId);
  if (personId === actor.personId)
    throw new AppError({
      code: 'lock/own-self',
      publicMessage:
        'Nobody locks themself: who is locked can’t lift it. Sign out everywhere, or ask another owner.',
    });
  assertHandles(actor.role, member.role);
  return { scope: 'person', id: personId, name: member.name, ownPool: false, columns: { personId } };
}

/** What a lock closes at this moment. */
export interface Closes {
  consoles: number;
  people: number;
}

/** Counts the live consoles that a lock would close; of a pool of one's own whoever sits there, in numbers alone. */
export async function countCloses(tx: Tx, { tenantId }: Actor, target: LockTargetFound): Promise<Closes> {
  if (target.ownPool) {
    const rows = await translating(
      () => tx.$queryRaw`SELECT consoles, persons FROM pool_impact(${tenantId}::uuid, ${target.id}::uuid)`,
    );
    const [{ consoles, persons }] = impactSchema.parse(rows);
    return { consoles, people: persons };
  }
  const seats = await tx.consoleSeat.findMany({
    where: { tenantId, closedAt: null, ...(await seatsUnder(tx, tenantId, target)) },
    select: { personId: true },
  });
  return { consoles: seats.length, people: new Set(seats.map(({ personId }) => personId)).size };
}

async function seatsUnder(tx: Tx, tenantId: string, { scope, id }: LockTargetFound) {
  switch (scope) {
    case 'organisation':
      return {};
    case 'person':
      return { personId: id };
    case 'team': {
      const members = await tx.teamMember.findMany({
        where: { tenantId, teamId: id },
        select: { personId: true },
      });
      return { personId: { in: members.map(({ personId }) => personId) } };
    }
    case 'vm':
      return { vmId: id };
    case 'pool': {
      const machines = await tx.vm.findMany({
        where: { tenantId, poolId: id, goneAt: null },
        select: { id: true },
      });
      return { vmId: { in: machines.map((vm) => vm.id) } };
    }
  }
}
