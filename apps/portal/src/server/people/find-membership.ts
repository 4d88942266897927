import { membershipsOf } from '@porthole/authority';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps-type.ts';

/** Where the person stands in one organisation. */
export type Place = Pick<Actor, 'tenantId' | 'slug' | 'tenantName' | 'tenantKind' | 'role'>;

/** The person's place in the organisation of that name; null where there is none, or no such organisation. */
export async function findMembership(
  { db }: Pick<Deps, 'db'>,
  personId: string,
  slug: string,
): Promise<Place | null> {
  const all = await db.withoutTenant((tx) => membershipsOf(tx, personId));
  const found = all.find((membership) => membership.slug === slug);
  if (found === undefined) return null;
  const { tenantId, name, kind, role } = found;
  return { tenantId, slug, tenantName: name, tenantKind: kind, role };
}
