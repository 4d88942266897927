import type { Db, Tx } from '@porthole/db';
import { z } from 'zod';
import {
  type ChainHead,
  type ChainLink,
  type ChainVerdict,
  FIRST_PREV_HASH,
  verifyChain,
} from './verify-chain.ts';

/** Links read in one transaction: each page is its own, so that no check of a long chain holds one open. */
export const LINKS_PER_PAGE = 2_000;

const bytesSchema = z.instanceof(Uint8Array);
const endsSchema = z.tuple([
  z.object({ head_seq: z.bigint().nullable(), head_hash: bytesSchema.nullable(), last_seq: z.bigint() }),
]);
const linksSchema = z.array(
  z.object({
    seq: z.bigint(),
    payload: z.string(),
    payloadHash: bytesSchema,
    prevHash: bytesSchema,
    hash: bytesSchema,
    columnsAgree: z.boolean(),
  }),
);

/**
 * Recomputes the chain of an organisation from the database, up to the end that it had at the beginning: every link, the
 * columns that searches go by, and the head. A head that was taken away or set back while events stand after it is a
 * broken end as much as events that were.
 *
 * @throws DbError
 */
export async function verifyLog(db: Pick<Db, 'withTenant'>, tenantId: string): Promise<ChainVerdict> {
  const { head, lastSeq } = await db.withTenant(tenantId, (tx) => readEnds(tx, tenantId));
  return verifyChain(tenantId, readLinks(db, tenantId, lastSeq), head);
}

/** Head and last link in one statement, so that no event comes between the two. */
async function readEnds(tx: Tx, tenantId: string): Promise<{ head: ChainHead; lastSeq: bigint }> {
  const [ends] = endsSchema.parse(
    await tx.$queryRaw`
      SELECT h.seq AS head_seq, h.hash AS head_hash,
        coalesce((SELECT max(e.seq) FROM audit_event e WHERE e.tenant_id = ${tenantId}::uuid), 0) AS last_seq
      FROM (SELECT 1) AS one LEFT JOIN audit_head h ON h.tenant_id = ${tenantId}::uuid`,
  );
  const { head_seq: seq, head_hash: hash, last_seq: lastSeq } = ends;
  return { head: { seq: seq ?? 0n, hash: hash ?? FIRST_PREV_HASH }, lastSeq };
}

async function* readLinks(
  db: Pick<Db, 'withTenant'>,
  tenantId: string,
  upTo: bigint,
): AsyncGenerator<ChainLink> {
  let after = 0n;
  for (;;) {
    const page = await db.withTenant(tenantId, (tx) => readPage(tx, tenantId, { after, upTo }));
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < LINKS_PER_PAGE) return;
    after = last.seq;
  }
}

/**
 * The columns are generated from the text (migration 0001), and who owns the table can end that and then write them; the
 * comparison here is made anew from the text. A text that is no JSON any more is refused by its hash, not by an error.
 */
async function readPage(tx: Tx, tenantId: string, { after, upTo }: { after: bigint; upTo: bigint }) {
  return linksSchema.parse(
    await tx.$queryRaw`
      SELECT e.seq, e.payload, e.payload_hash AS "payloadHash", e.prev_hash AS "prevHash", e.hash,
        CASE WHEN e.payload IS JSON OBJECT THEN
          (e.action, e.outcome, e.actor_person_id::text, e.actor_name, e.target_kind, e.target_id, e.target_name,
            to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
          IS NOT DISTINCT FROM
          (p.said ->> 'action', p.said ->> 'outcome', lower(p.said #>> '{actor,personId}'), p.said #>> '{actor,name}',
            p.said #>> '{target,kind}', p.said #>> '{target,id}', p.said #>> '{target,name}', p.said ->> 'at')
        ELSE false END AS "columnsAgree"
      FROM audit_event e
      CROSS JOIN LATERAL (SELECT CASE WHEN e.payload IS JSON OBJECT THEN e.payload::jsonb END AS said) p
      WHERE e.tenant_id = ${tenantId}::uuid AND e.seq > ${after} AND e.seq <= ${upTo}
      ORDER BY e.seq LIMIT ${LINKS_PER_PAGE}`,
  );
}
