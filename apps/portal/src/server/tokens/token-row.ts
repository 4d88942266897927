import type { Prisma, Tx } from '@porthole/db';
import { TOKEN_SHOWN_AFTER_END_MS } from './token-limits.ts';
import { isTokenScope, type TokenScope } from './token-scopes.ts';

/** A token as its person and who runs the organisation read it; what it is worth is kept nowhere. */
export interface TokenRow {
  id: string;
  name: string;
  person: { id: string; name: string; you: boolean };
  scopes: TokenScope[];
  createdAt: Date;
  endsAt: Date;
  lastUsed: { at: Date; ip: string | null } | null;
  state: 'works' | 'late' | 'ended';
  /** Where it was ended before its time. */
  ended: { at: Date; by: string | null } | null;
}

/** The newest of what still works, and of what ended within a month. */
const MAX_ROWS = 500;

export async function findTokens(
  tx: Tx,
  { tenantId, personId: you }: { tenantId: string; personId: string },
  where: Prisma.ApiTokenWhereInput,
  now: Date,
): Promise<TokenRow[]> {
  const since = new Date(now.getTime() - TOKEN_SHOWN_AFTER_END_MS);
  const rows = await tx.apiToken.findMany({
    where: { ...where, tenantId, endsAt: { gt: since }, OR: [{ endedAt: null }, { endedAt: { gt: since } }] },
    select: {
      id: true,
      name: true,
      personId: true,
      scopes: true,
      createdAt: true,
      endsAt: true,
      lastUsedAt: true,
      lastUsedIp: true,
      endedAt: true,
      endedName: true,
      membership: { select: { person: { select: { name: true } } } },
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    take: MAX_ROWS,
  });
  const described = rows.map(
    ({ personId, scopes, lastUsedAt, lastUsedIp, endedAt, endedName, membership, ...row }): TokenRow => ({
      ...row,
      person: { id: personId, name: membership.person.name, you: personId === you },
      scopes: scopes.filter(isTokenScope),
      lastUsed: lastUsedAt === null ? null : { at: lastUsedAt, ip: lastUsedIp },
      state: endedAt !== null ? 'ended' : row.endsAt <= now ? 'late' : 'works',
      ended: endedAt === null ? null : { at: endedAt, by: endedName },
    }),
  );
  return [...described.filter(works), ...described.filter((row) => !works(row))];
}

function works({ state }: TokenRow): boolean {
  return state === 'works';
}
