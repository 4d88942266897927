import {
  canInTenant,
  mayHandle,
  type Right,
  ROLES_OF_KIND,
  type TenantRole,
  type VmRole,
} from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { grantFields, singleRights } from '../grants/grant-fields.ts';
import { inOrg } from '../inputs.ts';
import { lastSeenOf } from './last-seen.ts';
import { countOtherOwners, loadMember } from './member.ts';

export const getPersonInput = z.strictObject({ ...inOrg, personId: z.uuid() });

/** Access that a person has by a grant. */
export interface GrantOfPerson {
  id: string;
  over: { kind: 'vm'; vmId: string; name: string } | { kind: 'tag'; tag: string } | { kind: 'all' };
  team: string | null;
  /** Null where it gives single rights. */
  role: VmRole | null;
  rights: Right[];
  endsAt: Date | null;
  reason: string;
}

export interface Person {
  id: string;
  name: string;
  email: string;
  role: TenantRole;
  you: boolean;
  since: Date;
  teams: { id: string; name: string }[];
  lastSeenAt: Date | null;
  /** What may be done to them by who asks. */
  may: { handle: boolean; roles: TenantRole[] };
  /** The organisation has no other owner. */
  lastOwner: boolean;
  /** Consoles that they are on now; null for who may not see that. */
  consoles: { machine: string; kind: 'screen' | 'text' }[] | null;
  /** Null for who may not read others' access. */
  grants: GrantOfPerson[] | null;
}

/**
 * One member, and what hangs on them.
 *
 * @throws NotFoundError `person/not-found`; ForbiddenError `rbac/forbidden`
 */
export async function getPerson(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { personId }: z.infer<typeof getPersonInput>,
): Promise<Person> {
  const { tenantId, tenantKind } = actor;
  return db.withTenant(tenantId, async (tx) => {
    const facts = await assertInTenant(tx, actor, 'people.list');
    const { role } = await loadMember(tx, actor, personId);
    const { createdAt: since, person } = await tx.membership.findUniqueOrThrow({
      where: { tenantId_personId: { tenantId, personId } },
      select: { createdAt: true, person: { select: { id: true, name: true, email: true } } },
    });
    const teams = await tx.team.findMany({
      where: { tenantId, members: { some: { personId } } },
      select: { id: true, name: true },
      orderBy: [{ name: 'asc' }, { id: 'asc' }],
    });
    const you = personId === actor.personId;
    const allows = (act: 'log.read' | 'consoles.list' | 'grants.list' | 'people.manage') =>
      canInTenant(facts, act).allowed;
    const own = facts.role;
    const handle = allows('people.manage') && own !== null && mayHandle(own, role);
    const seen =
      allows('log.read') || you ? await lastSeenOf(tx, tenantId, [personId]) : new Map<string, Date>();
    const seats =
      allows('consoles.list') || you
        ? await tx.consoleSeat.findMany({
            where: { tenantId, personId, closedAt: null },
            select: { vmName: true, kind: true },
            orderBy: { openedAt: 'asc' },
            take: 50,
          })
        : null;
    const grants =
      allows('grants.list') || you
        ? await tx.accessGrant.findMany({
            where: {
              tenantId,
              endedAt: null,
              AND: [
                { OR: [{ endsAt: null }, { endsAt: { gt: facts.now } }] },
                { OR: [{ personId }, { team: { members: { some: { personId } } } }] },
              ],
            },
            select: grantFields,
            orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
            take: 200,
          })
        : null;
    return {
      ...person,
      role,
      you,
      since,
      teams,
      lastSeenAt: seen.get(personId) ?? null,
      may: {
        handle,
        roles: handle && own !== null ? ROLES_OF_KIND[tenantKind].filter((one) => mayHandle(own, one)) : [],
      },
      lastOwner: role === 'owner' && (await countOtherOwners(tx, tenantId, personId)) === 0,
      consoles: seats?.map(({ vmName: machine, kind }) => ({ machine, kind })) ?? null,
      grants:
        grants?.map(({ id, vm, tag, team, role: vmRole, rights, endsAt, reason }) => ({
          id,
          over:
            vm !== null
              ? { kind: 'vm' as const, vmId: vm.id, name: vm.name }
              : tag === null
                ? { kind: 'all' as const }
                : { kind: 'tag' as const, tag },
          team: team?.name ?? null,
          role: vmRole,
          rights: singleRights({ rights }),
          endsAt,
          reason,
        })) ?? null,
    };
  });
}
