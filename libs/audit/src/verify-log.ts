import type { Db, Tx } from '@porthole/db';
import { type ChainHead, type ChainLink, type ChainVerdict, verifyChain } from './verify-chain.ts';

/** Links read in one transaction: each page is its own, so that no check of a long chain holds one open. */
export const LINKS_PER_PAGE = 2_000;

/**
 * Recomputes the chain of an organisation from the database, up to the head it had at the beginning.
 *
 * @throws DbError
 */
export async function verifyLog(db: Pick<Db, 'withTenant'>, tenantId: string): Promise<ChainVerdict> {
  const head = await db.withTenant(tenantId, (tx) => readHead(tx, tenantId));
  const upTo = head?.seq ?? 0n;
  return verifyChain(tenantId, readLinks(db, tenantId, upTo), head);
}

/** The last link's number and hash, null for a chain that has none yet. */
export function readHead(tx: Tx, tenantId: string): Promise<ChainHead | null> {
  return tx.auditHead.findUnique({ where: { tenantId }, select: { seq: true, hash: true } });
}

async function* readLinks(
  db: Pick<Db, 'withTenant'>,
  tenantId: string,
  upTo: bigint,
): AsyncGenerator<ChainLink> {
  let after = 0n;
  for (;;) {
    const page = await db.withTenant(tenantId, (tx) =>
      tx.auditEvent.findMany({
        where: { tenantId, seq: { gt: after, lte: upTo } },
        orderBy: { seq: 'asc' },
        take: LINKS_PER_PAGE,
        select: { seq: true, payload: true, payloadHash: true, prevHash: true, hash: true },
      }),
    );
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < LINKS_PER_PAGE) return;
    after = last.seq;
  }
}
