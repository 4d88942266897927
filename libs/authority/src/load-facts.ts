import { type PgClient, type Tx, translating } from '@porthole/db';
import { NotFoundError } from '@porthole/errors';
import { type LoadedFacts, parseFacts } from './parse-facts.ts';

/** A Prisma transaction or a pg client, either with the organisation in context. */
export type FactsQuery = Pick<Tx, '$queryRaw'> | PgClient;

export interface Who {
  tenantId: string;
  personId: string;
  /** Public handle of the login session that acts, never its bearer. */
  loginSessionId: string;
}

/**
 * Loads everything that is true of a person in the organisation in context, in one statement.
 *
 * @throws NotFoundError `organisation/not-found`, DbError (`db/refused` where another organisation is in context)
 */
export async function loadFacts(query: FactsQuery, who: Who): Promise<LoadedFacts> {
  const json = await translating(() => ask(query, who));
  if (json === null || json === undefined) throw new NotFoundError('organisation', { ...who });
  return parseFacts(json);
}

async function ask(query: FactsQuery, { tenantId, personId, loginSessionId }: Who): Promise<unknown> {
  const rows: unknown[] =
    '$queryRaw' in query
      ? await query.$queryRaw<unknown[]>`
          SELECT authority_facts(${tenantId}::uuid, ${personId}::uuid, ${loginSessionId}::uuid) AS facts`
      : (
          await query.query('SELECT authority_facts($1::uuid, $2::uuid, $3::uuid) AS facts', [
            tenantId,
            personId,
            loginSessionId,
          ])
        ).rows;
  return Reflect.get(Object(rows[0]), 'facts');
}

/**
 * {@link loadFacts} of several people at once, in one statement.
 *
 * @returns facts by person; who does not exist is missing
 * @throws DbError (`db/refused` where another organisation is in context)
 */
export async function loadFactsOfMany(
  tx: Pick<Tx, '$queryRaw'>,
  { tenantId, personIds, loginSessionId }: Omit<Who, 'personId'> & { personIds: readonly string[] },
): Promise<Map<string, LoadedFacts>> {
  const rows = await translating(
    () => tx.$queryRaw<unknown[]>`
      SELECT authority_facts(${tenantId}::uuid, p.id, ${loginSessionId}::uuid) AS facts
        FROM unnest(${[...personIds]}::uuid[]) AS p (id)`,
  );
  const found = rows.flatMap((row): LoadedFacts[] => {
    const json: unknown = Reflect.get(Object(row), 'facts');
    return json === null || json === undefined ? [] : [parseFacts(json)];
  });
  return new Map(found.map((facts) => [facts.personId, facts]));
}

/**
 * Loads what is true of a guest, in the organisation in context: of who made the link, of the link, and of the visit.
 *
 * @param visitId null: as before anybody came, when no visit is alive
 * @returns null where there is no such link
 * @throws DbError
 */
export async function loadGuestFacts(
  tx: Pick<Tx, '$queryRaw'>,
  { tenantId, linkId, visitId }: { tenantId: string; linkId: string; visitId: string | null },
): Promise<LoadedFacts | null> {
  const rows = await translating(
    () => tx.$queryRaw<unknown[]>`
      SELECT guest_facts(${tenantId}::uuid, ${linkId}::uuid, ${visitId}::uuid) AS facts`,
  );
  const json: unknown = Reflect.get(Object(rows[0]), 'facts');
  return json === null || json === undefined ? null : parseFacts(json);
}

/**
 * Loads what is true of an API token, in the organisation in context: of its person, with the token in place of a login
 * session.
 *
 * @throws NotFoundError `token/not-found`, DbError (`db/refused` where another organisation is in context)
 */
export async function loadTokenFacts(
  tx: Pick<Tx, '$queryRaw'>,
  { tenantId, tokenId }: { tenantId: string; tokenId: string },
): Promise<LoadedFacts> {
  const rows = await translating(
    () => tx.$queryRaw<unknown[]>`SELECT api_token_facts(${tenantId}::uuid, ${tokenId}::uuid) AS facts`,
  );
  const json: unknown = Reflect.get(Object(rows[0]), 'facts');
  if (json === null || json === undefined) throw new NotFoundError('token', { tokenId });
  return parseFacts(json);
}
