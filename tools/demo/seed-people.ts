import { hashPassword } from '@porthole/auth';
import type { Db } from '@porthole/db';
import { Secret } from '@porthole/errors';
import { addOrganisation } from '../add-organisation.ts';
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
    const people = DEMO_PEOPLE.filter((person) => person.tenant === tenant.slug);
    await addOrganisation(db, { ...tenant, people }, passwordHash);
  }
  return true;
}
