import type { Tx } from '@porthole/db';

/** Whether somebody has a second factor; `missing`: none, though the organisation asks for one. */
export type FactorOfPerson = 'on' | 'off' | 'missing';

/** Who of these people has a second factor, and who lacks one that the organisation asks for. Run it inside `withTenant`. */
export async function factorsOf(
  tx: Pick<Tx, 'totp' | 'passkey' | 'tenantPolicy'>,
  tenantId: string,
  personIds: readonly string[],
): Promise<Map<string, FactorOfPerson>> {
  if (personIds.length === 0) return new Map();
  const personId = { in: [...personIds] };
  const apps = await tx.totp.findMany({
    where: { personId, confirmedAt: { not: null } },
    select: { personId: true },
  });
  const passkeys = await tx.passkey.findMany({
    where: { personId },
    select: { personId: true },
    distinct: ['personId'],
  });
  const policy = await tx.tenantPolicy.findFirst({ where: { tenantId }, select: { secondFactor: true } });
  const having = new Set([...apps, ...passkeys].map((row) => row.personId));
  const without = policy?.secondFactor === 'members' ? 'missing' : 'off';
  return new Map(personIds.map((id) => [id, having.has(id) ? 'on' : without]));
}
