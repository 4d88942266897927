import { readFileSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { type Catalogue, differences, readCatalogue } from '../../prisma/catalogue.ts';
import { brokenRules } from '../../prisma/catalogue-rules.ts';
import { runPrisma } from '../../prisma/migrate.ts';
import { withClient } from '../postgres/prepare-database.ts';
import { createTestDatabase } from '../postgres/test-database.ts';
import type { Gate, GateResult, GateRun } from './gate.ts';

const prismaDir = path.join(import.meta.dirname, '../../prisma');

/** Each is one mistake that a migration could make; the gate must notice every one. */
const SABOTAGES: Record<string, string> = {
  'a policy dropped': 'DROP POLICY tenant ON access_grant',
  'a policy that lets all pass': 'CREATE POLICY wide ON team USING (true)',
  'a policy without nullif': `ALTER POLICY tenant ON team USING (tenant_id = current_setting('app.tenant_id', true)::uuid)`,
  'force switched off': 'ALTER TABLE vm NO FORCE ROW LEVEL SECURITY',
  'row-level security switched off': 'ALTER TABLE pool DISABLE ROW LEVEL SECURITY',
  'a table in no class': 'CREATE TABLE note (tenant_id uuid, text text)',
  'a view past row-level security': 'CREATE VIEW every_vm AS SELECT * FROM vm',
  'a stray function of the door': `SET ROLE porthole_owner; GRANT CREATE ON SCHEMA public TO porthole_door; SET ROLE porthole_door;
    CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT count(*) FROM public.vm'; RESET ROLE`,
  'a function with a search path of its caller': 'ALTER FUNCTION memberships_of(uuid) RESET search_path',
  'a function open to everybody': 'GRANT EXECUTE ON FUNCTION ticket_redeem(bytea, text, bytea) TO PUBLIC',
  'a function with another body': `CREATE OR REPLACE FUNCTION login_alive(p_session uuid, p_person uuid) RETURNS boolean
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT true'`,
  'the portal reading sealed secrets': 'GRANT SELECT ON pool_credential TO porthole_portal',
  'the portal writing the log': 'GRANT INSERT ON audit_event TO porthole_portal',
  'a column too many': 'GRANT UPDATE (pin) ON pool TO porthole_worker',
  'a role past row-level security': 'ALTER ROLE porthole_portal BYPASSRLS',
  'a role inside another': 'GRANT porthole_door TO porthole_worker',
  'a reference that cascades updates': `ALTER TABLE host DROP CONSTRAINT host_tenant_id_pool_id_fkey,
    ADD FOREIGN KEY (tenant_id, pool_id) REFERENCES pool (tenant_id, id) ON UPDATE CASCADE`,
  'a reference without the organisation':
    'ALTER TABLE console_seat ADD FOREIGN KEY (vm_id) REFERENCES vm (id) ON UPDATE RESTRICT',
  'a unique name across organisations': 'CREATE UNIQUE INDEX ON team (name)',
  'a check dropped': 'ALTER TABLE access_grant DROP CONSTRAINT access_grant_one_receiver',
  'an epoch trigger switched off': 'ALTER TABLE access_grant DISABLE TRIGGER authority_update',
  'the append-only trigger gone': 'DROP TRIGGER append_only ON audit_event',
};

export const gate: Gate = {
  name: 'catalogue',
  promise: 'every table is in its class, walled by policy, and every right is one that was written down',
  defence: 'each wall of the database, one after the other, as a careless migration would take it down',
  run,
};

async function run({ prove, say }: GateRun): Promise<GateResult> {
  const snapshot: Catalogue = JSON.parse(
    readFileSync(path.join(prismaDir, 'catalogue.snapshot.json'), 'utf8'),
  );
  const database = await createTestDatabase();
  try {
    return await withClient(database.url('superuser'), async (client) => {
      if (prove) return proveEach(client, snapshot, say);
      const found = await readCatalogue(client);
      const drift = await prismaDrift(database.url('owner'));
      return {
        breaches: [...breachesIn(snapshot, found), ...drift],
        counts: { lines: Object.values(found).flat().length },
      };
    });
  } finally {
    await database.drop();
  }
}

function breachesIn(snapshot: Catalogue, found: Catalogue): string[] {
  const changed = differences(snapshot, found).map(
    (line) => `not as in prisma/catalogue.snapshot.json (write-catalogue-snapshot.ts takes it anew): ${line}`,
  );
  return [...brokenRules(found), ...changed];
}

/** Every sabotage in a transaction of its own that is rolled back, roles included. */
async function proveEach(
  client: pg.Client,
  snapshot: Catalogue,
  say: (line: string) => void,
): Promise<GateResult> {
  const noticed: string[] = [];
  const missed: string[] = [];
  for (const [what, sql] of Object.entries(SABOTAGES)) {
    await client.query('BEGIN');
    await client.query(sql);
    const [breach] = breachesIn(snapshot, await readCatalogue(client));
    await client.query('ROLLBACK');
    if (breach === undefined) missed.push(what);
    else noticed.push(`${what}: ${breach}`);
  }
  for (const what of missed) say(`not noticed: ${what}`);
  return {
    breaches: missed.length === 0 ? noticed : [],
    counts: { sabotages: Object.keys(SABOTAGES).length, noticed: noticed.length },
  };
}

/** `prisma migrate diff --exit-code` ends with 2 where the migrations do not make what the schema says. */
async function prismaDrift(ownerUrl: string): Promise<string[]> {
  const args = [
    '--from-migrations',
    'prisma/migrations',
    '--to-schema',
    'prisma/schema.prisma',
    '--exit-code',
  ];
  try {
    await runPrisma(['migrate', 'diff', ...args], ownerUrl);
    return [];
  } catch (error) {
    return [`migrations and schema.prisma differ: ${error instanceof Error ? error.message : String(error)}`];
  }
}
