import type { Tx } from '@porthole/db';
import { AppError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';

const tenantSchema = z.object({ slug: z.string(), tenant_id: z.uuid() });

/**
 * Resolves the organisations that machines are allotted to. Only a provider may name others than itself.
 *
 * @throws AppError `pool/unknown-holder`
 */
export async function findHolders(
  tx: Tx,
  actor: Actor,
  allotments: readonly { tag: string; holder: string }[],
): Promise<{ tag: string; holderTenantId: string }[]> {
  const slugs = [...new Set(allotments.map(({ holder }) => holder))].filter((slug) => slug !== actor.slug);
  const rows =
    slugs.length === 0
      ? []
      : z
          .array(tenantSchema)
          .parse(await tx.$queryRaw`SELECT slug, tenant_id FROM tenants_named(${slugs}::text[])`);
  const ids = new Map([
    [actor.slug, actor.tenantId],
    ...rows.map((row) => [row.slug, row.tenant_id] as const),
  ]);
  return allotments.map(({ tag, holder }) => {
    const holderTenantId = ids.get(holder);
    if (holderTenantId === undefined)
      throw new AppError({
        code: 'pool/unknown-holder',
        publicMessage: `There is no organisation named ${holder} that machines can go to.`,
      });
    return { tag, holderTenantId };
  });
}
