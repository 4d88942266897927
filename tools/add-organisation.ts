import { randomUUID } from 'node:crypto';
import type { Db } from '@porthole/db';

export interface NewOrganisation {
  slug: string;
  name: string;
  kind: 'customer' | 'provider';
  people: readonly {
    name: string;
    email: string;
    role: 'owner' | 'admin' | 'member' | 'auditor' | 'operator';
  }[];
}

/** An organisation with its first people, written with the portal's own rights, in one transaction. */
export async function addOrganisation(
  db: Db,
  { people, ...tenant }: NewOrganisation,
  passwordHash: string,
): Promise<void> {
  const tenantId = randomUUID();
  await db.withTenant(tenantId, async (tx) => {
    await tx.tenant.create({ data: { id: tenantId, ...tenant }, select: { id: true } });
    for (const { name, email, role } of people) {
      const personId = randomUUID();
      await tx.person.create({ data: { id: personId, name, email, passwordHash }, select: { id: true } });
      await tx.membership.create({ data: { tenantId, personId, role }, select: { personId: true } });
    }
  });
}
