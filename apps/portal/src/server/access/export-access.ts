import { recordEvent } from '@porthole/audit';
import { assertConfirmed } from '@porthole/auth';
import { RIGHTS } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { factsOf } from '../authority/facts-of.ts';
import { toCsv } from '../csv.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import type { GrantRow } from '../grants/list-grants.ts';
import { inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { accessOfMachine } from './access-of-machine.ts';
import { accessOfPerson } from './access-of-person.ts';
import type { AccessReport, AccessRow } from './access-report.ts';

export const exportAccessInput = z.strictObject({
  ...inOrg,
  about: z.enum(['person', 'machine']),
  id: z.uuid(),
});

const COLUMNS = [
  'person',
  'person_id',
  'machine',
  'machine_id',
  ...RIGHTS,
  'barred',
  'by_role',
  'grant_id',
  'grant_role',
  'team',
  'over',
  'given_by',
  'given_at',
  'ends_at',
  'reason',
];

/**
 * The whole report about a person or a machine as CSV: a line for each grant that gives something, and one where a role in the
 * organisation does. It leaves Porthole, so it asks for a fresh proof, and the log says who took it.
 *
 * @throws ConfirmFirstError `auth/confirm-first`; those of {@link accessOfPerson} and {@link accessOfMachine}
 */
export async function exportAccess(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { org, about, id }: z.infer<typeof exportAccessInput>,
): Promise<{ csv: string }> {
  const report =
    about === 'person'
      ? await accessOfPerson({ db }, actor, { org, personId: id })
      : await accessOfMachine({ db }, actor, { org, vmId: id });
  const lines = report.rows.flatMap((row) => linesOf(report, row, about));
  await db.withTenant(actor.tenantId, async (tx) => {
    const { now } = await factsOf(tx, actor);
    assertConfirmed(actor, now);
    await recordEvent(tx, actor.tenantId, {
      action: 'access.exported',
      ...doneBy(actor),
      target: { kind: about === 'person' ? 'person' : 'vm', id, name: report.of.name },
      data: { rows: lines.length },
    });
  });
  return { csv: toCsv(COLUMNS, lines) };
}

function linesOf({ of, grants }: AccessReport, row: AccessRow, about: 'person' | 'machine'): string[][] {
  const [person, machine] = about === 'person' ? [of, row] : [row, of];
  const head = [
    person.name,
    person.id,
    machine.name,
    machine.id,
    ...RIGHTS.map((right) => (row.rights.includes(right) ? 'yes' : 'no')),
    row.barred ?? '',
  ];
  const byRole = row.byRole ? [[...head, 'yes', '', '', '', '', '', '', '', '']] : [];
  const byGrant = grants
    .filter((grant) => row.grantIds.includes(grant.id))
    .map((grant) => [...head, 'no', ...grantCells(grant)]);
  return [...byRole, ...byGrant];
}

function grantCells({
  id,
  role,
  rights,
  team,
  target,
  givenBy,
  createdAt,
  endsAt,
  reason,
}: GrantRow): string[] {
  const over = target.kind === 'vm' ? target.vmId : target.kind === 'tag' ? `tag ${target.tag}` : 'all';
  return [
    id,
    role ?? rights.join(' '),
    team?.name ?? '',
    over,
    givenBy ?? '',
    createdAt.toISOString(),
    endsAt?.toISOString() ?? '',
    reason,
  ];
}
