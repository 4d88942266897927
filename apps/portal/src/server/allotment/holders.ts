import type { Tx } from '@porthole/db';
import { AppError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';

/** An organisation that holds machines or could. */
export interface Holder {
  slug: string;
  name: string;
}

/** Organisations that one search shows. */
export const FOUND_AT_MOST = 20;

const rowsSchema = z.array(z.object({ tenant_id: z.uuid(), slug: z.string(), name: z.string() }));

/**
 * Organisations by id, as the pool's owner may know them: a provider all, everybody else itself alone.
 * @throws DbError
 */
export async function holdersById(
  tx: Tx,
  actor: Actor,
  ids: Iterable<string>,
): Promise<(id: string) => Holder> {
  const wanted = [...new Set(ids)];
  const rows = await tx.$queryRaw`SELECT * FROM tenants_to_hold(${wanted}::uuid[], '', 500)`;
  const known = new Map<string, Holder>(
    rowsSchema.parse(rows).map(({ tenant_id, slug, name }) => [tenant_id, { slug, name }]),
  );
  known.set(actor.tenantId, { slug: actor.slug, name: actor.tenantName });
  return (id) => known.get(id) ?? { slug: '', name: '' };
}

/** Organisations whose name has these letters, the first by name. @throws DbError */
export async function holdersLike(tx: Tx, query: string): Promise<Holder[]> {
  const rows = await tx.$queryRaw`SELECT * FROM tenants_to_hold(NULL, ${query}, ${FOUND_AT_MOST}::int)`;
  return rowsSchema.parse(rows).map(({ slug, name }) => ({ slug, name }));
}

/**
 * The ids of organisations by their short names. Only a provider may name others than itself.
 * @throws AppError `pool/unknown-holder`
 */
export async function holderIds(
  tx: Tx,
  actor: Actor,
  slugs: Iterable<string>,
): Promise<(slug: string) => string> {
  const wanted = [...new Set(slugs)].filter((slug) => slug !== actor.slug);
  const rows = z
    .array(z.object({ slug: z.string(), tenant_id: z.uuid() }))
    .parse(await tx.$queryRaw`SELECT slug, tenant_id FROM tenants_named(${wanted}::text[])`);
  const known = new Map(rows.map(({ slug, tenant_id }) => [slug, tenant_id]));
  known.set(actor.slug, actor.tenantId);
  return (slug) => {
    const id = known.get(slug);
    if (id === undefined)
      throw new AppError({
        code: 'pool/unknown-holder',
        publicMessage: `There is no organisation named ${slug} that machines can go to.`,
      });
    return id;
  };
}
