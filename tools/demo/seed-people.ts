import { randomUUID } from 'node:crypto';
import { hashPassword } from '@porthole/auth';
import type { Db } from '@porthole/db';
import { Secret } from '@porthole/errors';
import { DEMO_PASSWORD, DEMO_PEOPLE, DEMO_TENANTS } from './cast.ts';

/**
 * The demo's organisations and people, written with the portal's own rights. Does nothing where they are there.
 *
 * @returns whether anything was written.
 */
export async function seedPeople(db: Db): Promise<boolean> {
  const emails = DEMO_PEOPLE.map((person) => person.email);
  const known = await db.withoutTenant((tx) =>
    tx.person.findMany({ where: { email: { in: emails } }, select: { email: true } }),
  );
  if (known.length === emails.length) return false;
  // One hash for all: they share a password that is printed on the screen anyway.
  const passwordHash = await hashPassword(new Secret(DEMO_PASSWORD));
  for (const tenant of DEMO_TENANTS) {
    const tenantId = randomUUID();
    await db.withTenant(tenantId, async (tx) => {
      await tx.tenant.create({ data: { id: tenantId, ...tenant }, select: { id: true } });
      for (const { name, email, role } of DEMO_PEOPLE.filter((person) => person.tenant === tenant.slug)) {
        const personId = randomUUID();
        await tx.person.create({ data: { id: personId, name, email, passwordHash }, select: { id: true } });
        await tx.membership.create({ data: { tenantId, personId, role }, select: { personId: true } });
      }
    });
  }
  return true;
}
