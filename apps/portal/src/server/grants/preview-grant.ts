import type { Tx } from '@porthole/db';
import { rightsGiven, type VmFacts } from '@porthole/rbac';
import { z } from 'zod';
import { MAX_PEOPLE_TOLD } from '../access/access-report.ts';
import { factsOfOthers } from '../access/facts-of-other.ts';
import type { Actor } from '../actor.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { type Change, changeFor, kindsOf } from './change-for.ts';
import { assertMayShare, assertReceivers, giftFields, isOneGift } from './give-grant.ts';

export const previewGrantInput = z.strictObject(giftFields).refine(isOneGift);

/** What a grant would change for one person. */
export interface PersonPreview extends Change {
  id: string;
  name: string;
}

export interface ReceiverPreview {
  kind: 'person' | 'team';
  id: string;
  name: string;
  people: PersonPreview[];
  /** There are more people in the team than are told. */
  more: boolean;
}

/**
 * What would change if something were shared, before it is: for each person and for each member of a team. For who may share it.
 *
 * @throws NotFoundError `vm/not-found`, `person/not-found`, `team/not-found`; ForbiddenError `rbac/forbidden`; AppError
 *   `grant/no-such-tag`, `grant/too-many`
 */
export async function previewGrant(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { to, over, role, rights }: z.infer<typeof previewGrantInput>,
): Promise<{ machines: number; receivers: ReceiverPreview[] }> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const { vms } = await assertMayShare(tx, actor, to, over);
    await assertReceivers(tx, actor.tenantId, to);
    const receivers = await peopleOf(tx, actor.tenantId, to);
    const factsOf = await factsOfOthers(tx, actor, [
      ...new Set(receivers.flatMap(({ people }) => people.map(({ id }) => id))),
    ]);
    const machines = vms ?? (await findMachines(tx, actor.tenantId, over));
    const kindsFor = kindsOf(machines, [...factsOf.values()]);
    const given = rightsGiven({ role, rights });
    return {
      machines: machines.length,
      receivers: receivers.map(({ people, ...receiver }) => ({
        ...receiver,
        people: people.flatMap(({ id, name }) => {
          const facts = factsOf.get(id);
          return facts === undefined ? [] : [{ id, name, ...changeFor(facts, given, kindsFor(facts)) }];
        }),
      })),
    };
  });
}

/** Receivers with their people: {@link MAX_PEOPLE_TOLD} in all. */
async function peopleOf(tx: Tx, tenantId: string, to: z.infer<typeof previewGrantInput>['to']) {
  const receivers = [];
  let room = MAX_PEOPLE_TOLD;
  for (const { kind, id } of to) {
    if (kind === 'person') {
      const name = (
        await tx.membership.findFirst({
          where: { tenantId, personId: id },
          select: { person: { select: { name: true } } },
        })
      )?.person.name;
      receivers.push({ kind, id, name: name ?? '', people: [{ id, name: name ?? '' }], more: false });
      continue;
    }
    const team = await tx.team.findFirst({
      where: { tenantId, id },
      select: {
        name: true,
        members: {
          where: { membership: { person: { disabledAt: null } } },
          select: { membership: { select: { person: { select: { id: true, name: true } } } } },
          orderBy: { personId: 'asc' },
          take: room + 1,
        },
      },
    });
    const people = (team?.members ?? []).map(({ membership }) => membership.person);
    receivers.push({
      kind,
      id,
      name: team?.name ?? '',
      people: people.slice(0, room),
      more: people.length > room,
    });
    room -= Math.min(room, people.length);
  }
  return receivers;
}

function findMachines(tx: Tx, tenantId: string, over: { kind: string; tag?: string }): Promise<VmFacts[]> {
  return tx.vm.findMany({
    where: { tenantId, goneAt: null, ...(over.tag === undefined ? {} : { tags: { has: over.tag } }) },
    select: { id: true, tenantId: true, poolId: true, tags: true, isControlDomain: true },
  });
}
