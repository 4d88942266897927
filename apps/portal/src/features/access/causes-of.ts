import { BUNDLES, type Right } from '@porthole/rbac';
import type { AccessRow } from '../../server/access/access-report.ts';
import type { GrantRow } from '../../server/grants/list-grants.ts';
import { shortTime } from '../../ui/format-time.ts';
import type { Words } from '../../words/use-words.ts';

/** The grants of a row, in the order of the report. */
export function grantsOf({ grantIds }: Pick<AccessRow, 'grantIds'>, grants: readonly GrantRow[]): GrantRow[] {
  return grants.filter(({ id }) => grantIds.includes(id));
}

/** What gives a row its rights, a few words for each cause, each said once. */
export function causesOf(row: AccessRow, grants: readonly GrantRow[], t: Words): string[] {
  const causes = row.byRole ? [t('accessOf.byRole')] : [];
  for (const grant of grantsOf(row, grants)) causes.push(causeOf(grant, t));
  return [...new Set(causes)];
}

/** The name of the cell of a right that the row has: `Type: yes, by team On-call` (design §5). */
export function cellName(row: AccessRow, right: Right, grants: readonly GrantRow[], t: Words): string {
  const giving = grantsOf(row, grants).filter(({ role, rights }) =>
    (role === null ? rights : BUNDLES[role]).includes(right),
  );
  const causes = [
    ...(row.byRole ? [t('accessOf.byRole')] : []),
    ...giving.map((grant) => causeOf(grant, t, 'accessOf.grantOf')),
  ];
  return t('accessOf.cell', { right: t(`right.${right}`), causes: [...new Set(causes)].join(', ') });
}

/** For example `team On-call, tag prod`, or `given by Jon`. */
export function causeOf(
  { team, target, givenBy, request }: GrantRow,
  t: Words,
  plain: 'accessOf.givenBy' | 'accessOf.grantOf' = 'accessOf.givenBy',
): string {
  const parts: string[] = [];
  if (team !== null) parts.push(t('access.team', { team: team.name }));
  if (target.kind !== 'vm')
    parts.push(t('access.target', { target: target.kind, tag: target.kind === 'tag' ? target.tag : '' }));
  if (request !== null)
    parts.push(
      t('accessOf.byRequest', {
        kind: request.kind === 'break-glass' ? 'glass' : 'access',
        by: givenBy ?? t('log.nobodyKnows'),
        time: shortTime(request.at),
      }),
    );
  if (parts.length === 0)
    parts.push(t(plain, { by: givenBy === null ? 'nobody' : 'some', name: givenBy ?? '' }));
  return parts.join(', ');
}

/** When the last of its grants ends; null where one has no end. */
export function lastEnd(row: Pick<AccessRow, 'grantIds'>, grants: readonly GrantRow[]): Date | null {
  let last: Date | null = null;
  for (const { endsAt } of grantsOf(row, grants)) {
    if (endsAt === null) return null;
    if (last === null || endsAt > last) last = endsAt;
  }
  return last;
}

/** Why rights that something gives are not there now. */
export function barrierWord(barred: NonNullable<AccessRow['barred']>, t: Words): string {
  switch (barred) {
    case 'locked':
      return t('accessOf.barred.locked');
    case 'tenant-suspended':
      return t('accessOf.barred.suspended');
    case 'person-disabled':
      return t('accessOf.barred.disabled');
    case 'control-domain':
      return t('accessOf.barred.host');
    default:
      return t('accessOf.barred.other');
  }
}
