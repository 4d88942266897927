import { randomUUID } from 'node:crypto';
import { createDb, type Db, inTenantTransaction, sqlStateOf, type Tx } from '@porthole/db';
import { codeOf } from '@porthole/errors';
import { readCatalogue } from '../../prisma/catalogue.ts';
import { brokenRules } from '../../prisma/catalogue-rules.ts';
import { makeTestWorld, type TestWorld } from '../../prisma/test-world.ts';
import { withClient } from '../postgres/prepare-database.ts';
import { createTestDatabase, type TestDatabase } from '../postgres/test-database.ts';
import type { Gate, GateResult, GateRun } from './gate.ts';

const OPERATIONS = { full: 10_000, reduced: 1_500, proof: 400 };
/** Far fewer connections than there is work at once: every one serves both organisations, by turns. */
const CONNECTIONS = 3;
const AT_ONCE = 12;
/** A breach shows again and again; the first few tell all. */
const MOST_BREACHES = 5;
/** SQLSTATE of what comes after an error in the same transaction. */
const ABORTED = '25P02';

/** Each takes one wall away; what two organisations do at once must then show it. */
const SABOTAGES: Record<string, string> = {
  'no policy but one that lets all pass': `DROP POLICY tenant ON team; CREATE POLICY wide ON team USING (true) WITH CHECK (true)`,
  'rows of others may be written': 'ALTER POLICY tenant ON team WITH CHECK (true)',
  'row-level security switched off': 'ALTER TABLE access_grant DISABLE ROW LEVEL SECURITY',
  'references that do not carry the organisation': `ALTER TABLE access_grant DROP CONSTRAINT access_grant_tenant_id_vm_id_fkey,
    ADD FOREIGN KEY (vm_id) REFERENCES vm (id) ON UPDATE RESTRICT`,
  // The helper as it is, but what it sets outlives its transaction.
  'the context set for the session': `CREATE FUNCTION public.set_config(text, text, boolean) RETURNS text
      LANGUAGE sql AS 'SELECT pg_catalog.set_config($1, $2, false)';
    DO $$ BEGIN EXECUTE format('ALTER ROLE porthole_portal IN DATABASE %I SET search_path = public, pg_catalog', current_database()); END $$`,
};

export const gate: Gate = {
  name: 'rls',
  promise:
    'two organisations on the same connections, with transactions that end well, fail and are cut off, never meet a row of each other',
  defence: 'each wall between the organisations in turn, the context of one transaction among them',
  async run(options) {
    if (!options.prove) return play(options, options.full ? OPERATIONS.full : OPERATIONS.reduced, null);
    const noticed: string[] = [];
    for (const [what, sql] of Object.entries(SABOTAGES)) {
      const { breaches } = await play(options, OPERATIONS.proof, sql);
      if (breaches[0] === undefined) options.say(`not noticed: ${what}`);
      else noticed.push(`${what}: ${breaches[0]}`);
    }
    const sabotages = Object.keys(SABOTAGES).length;
    return {
      breaches: noticed.length === sabotages ? noticed : [],
      counts: { sabotages, noticed: noticed.length },
    };
  },
};

interface Side {
  name: 'acme' | 'globex';
  id: string;
  personId: string;
  vmId: string;
  /** Teams that stand in the database by what was answered. */
  teams: number;
}

interface Scene {
  db: Db;
  sides: readonly [Side, Side];
  breaches: string[];
  /** Which organisations each connection has served. */
  served: Map<number, Set<string>>;
}

/** Something that `mine` does while `other` does the same; it says what it saw that it must not see. */
type Operation = (scene: Scene, mine: Side, other: Side) => Promise<string | null>;

async function play({ say }: GateRun, operations: number, sabotage: string | null): Promise<GateResult> {
  const database = await createTestDatabase();
  try {
    const world = await makeTestWorld(database.url('superuser'));
    const walls = await withClient(database.url('superuser'), async (client) => {
      if (sabotage === null) return brokenRules(await readCatalogue(client));
      await client.query(sabotage);
      return [];
    });
    const db = createDb({ url: database.url('portal'), maxConnections: CONNECTIONS });
    try {
      const scene: Scene = { db, sides: sidesOf(world), breaches: [], served: new Map() };
      await playAll(scene, operations, say);
      const breaches = [...walls, ...scene.breaches, ...(await leftBehind(database, scene))];
      const shared = [...scene.served.values()].filter((names) => names.size === 2).length;
      if (shared === 0) breaches.push('no connection served both organisations: nothing was tried');
      return {
        breaches: breaches.slice(0, MOST_BREACHES),
        counts: { operations, sharedConnections: shared },
      };
    } finally {
      await db.close();
    }
  } finally {
    await database.drop();
  }
}

function sidesOf(world: TestWorld): [Side, Side] {
  return [
    { name: 'acme', id: world.acme, personId: world.ada, vmId: world.web, teams: 0 },
    { name: 'globex', id: world.globex, personId: world.gus, vmId: world.shop, teams: 0 },
  ];
}

async function playAll(scene: Scene, operations: number, say: (line: string) => void): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < operations && scene.breaches.length < MOST_BREACHES) {
      const n = next;
      next += 1;
      // Coprime steps: in time every operation of one side meets every operation of the other.
      const [mine, other] = n % 2 === 0 ? scene.sides : [scene.sides[1], scene.sides[0]];
      const operation = OPERATIONS_OF_A_SIDE[Math.floor(n / 2) % OPERATIONS_OF_A_SIDE.length];
      if (operation === undefined) throw new TypeError('no such operation');
      // An error that no operation expects is one more thing that must not be.
      const seen = await operation[1](scene, mine, other).catch((error: unknown) => `ended with ${error}`);
      if (seen !== null) scene.breaches.push(`${mine.name} ${operation[0]}: ${seen}`);
      if (n % 2_000 === 1_999) say(`${n + 1} operations`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** What the database holds in the end, past every wall: rows under the wrong organisation, and rows of failed transactions. */
function leftBehind(database: TestDatabase, { sides }: Scene): Promise<string[]> {
  return withClient(database.url('superuser'), async (client) => {
    const { rows } = await client.query<{ tenant_id: string; kept: number; lost: number; wrong: number }>(
      `SELECT tenant_id, count(*)::int AS kept, count(*) FILTER (WHERE name LIKE 'lost %')::int AS lost,
         count(*) FILTER (WHERE name NOT LIKE '% ' || tenant_id || ' %')::int AS wrong FROM team GROUP BY tenant_id`,
    );
    const { rows: grants } = await client.query('SELECT 1 FROM access_grant WHERE reason = $1', ['crossing']);
    return [
      ...sides.flatMap(({ name, id, teams }) => {
        const found = rows.find((row) => row.tenant_id === id) ?? { kept: 0, lost: 0, wrong: 0 };
        return [
          ...(found.wrong > 0 ? [`${found.wrong} rows of another stand under ${name}`] : []),
          ...(found.lost > 0 ? [`${found.lost} rows of failed transactions of ${name} are kept`] : []),
          ...(found.kept === teams ? [] : [`${name} keeps ${found.kept} rows of ${teams} that were written`]),
        ];
      }),
      ...(grants.length > 0 ? ['a grant points at a machine of another'] : []),
    ];
  });
}

const teamOf = ({ id }: Side, word: 'kept' | 'lost' = 'kept') => ({
  tenantId: id,
  name: `${word} ${id} ${randomUUID()}`,
});

/** All that a transaction can see, by Prisma and by SQL, and which connection it is on. */
async function look({ served }: Scene, tx: Tx, mine: Side): Promise<string | null> {
  const [connection] = await tx.$queryRaw<{ pid: number; context: string | null }[]>`
    SELECT pg_backend_pid() AS pid, current_setting('app.tenant_id', true) AS context`;
  if (connection === undefined) throw new TypeError('a connection has an id');
  served.set(connection.pid, (served.get(connection.pid) ?? new Set()).add(mine.name));
  if (connection.context !== mine.id) return `its context is ${connection.context}`;
  const rows = await tx.$queryRaw<{ tenant_id: string }[]>`
    SELECT tenant_id::text FROM team UNION SELECT tenant_id::text FROM membership
    UNION SELECT tenant_id::text FROM access_grant UNION SELECT tenant_id::text FROM vm UNION SELECT id::text FROM tenant`;
  return rows.some((row) => row.tenant_id !== mine.id) ? 'sees rows of another' : null;
}

/** `db/…` of what must be refused, or what came instead. */
async function refusal(act: Promise<unknown>, ...codes: string[]): Promise<string | null> {
  try {
    await act;
    return 'was not refused';
  } catch (error) {
    const code = String(codeOf(error));
    if (codes.includes(code)) return null;
    throw error;
  }
}

const OPERATIONS_OF_A_SIDE: readonly (readonly [what: string, Operation])[] = [
  ['reads', (scene, mine) => scene.db.withTenant(mine.id, (tx) => look(scene, tx, mine))],
  [
    'writes',
    async (scene, mine) => {
      await scene.db.withTenant(mine.id, (tx) =>
        tx.team.create({ data: teamOf(mine), select: { id: true } }),
      );
      mine.teams += 1;
      return null;
    },
  ],
  [
    'fetches by the ids of another',
    (scene, mine, other) =>
      scene.db.withTenant(mine.id, async (tx) => {
        const found = await Promise.all([
          tx.vm.findFirst({ where: { id: other.vmId }, select: { id: true } }),
          tx.tenant.findFirst({ where: { id: other.id }, select: { id: true } }),
          tx.membership.findFirst({ where: { personId: other.personId }, select: { personId: true } }),
        ]);
        return found.every((row) => row === null) ? null : 'finds them';
      }),
  ],
  [
    'fails after it wrote',
    async (scene, mine) => {
      const undo = new Error('undo');
      const act = scene.db.withTenant(mine.id, async (tx) => {
        await tx.team.create({ data: teamOf(mine, 'lost'), select: { id: true } });
        throw undo;
      });
      return act.then(
        () => 'succeeded all the same',
        (error: unknown) => {
          if (error === undo) return null;
          throw error;
        },
      );
    },
  ],
  [
    'looks without an organisation',
    (scene) =>
      scene.db.withoutTenant(async (tx) => {
        const seen = (await tx.team.count()) + (await tx.membership.count()) + (await tx.accessGrant.count());
        return seen === 0 ? null : `sees ${seen} rows`;
      }),
  ],
  [
    'writes under the name of another',
    (scene, mine, other) =>
      refusal(
        scene.db.withTenant(mine.id, (tx) =>
          tx.team.create({ data: { ...teamOf(mine), tenantId: other.id }, select: { id: true } }),
        ),
        'db/refused',
      ),
  ],
  [
    // Without a row in return: that alone would be refused for what may be read.
    'writes by plain SQL under the name of another',
    (scene, mine, other) =>
      refusal(
        scene.db.withTenant(mine.id, (tx) => {
          const { tenantId, name } = teamOf(other, 'lost');
          return tx.$executeRaw`INSERT INTO team (tenant_id, name) VALUES (${tenantId}::uuid, ${name})`;
        }),
        'db/refused',
      ),
  ],
  [
    'is cut off in the middle',
    async (scene, mine) => {
      const act = scene.db.withTenant(mine.id, async (tx) => {
        await tx.team.create({ data: teamOf(mine, 'lost'), select: { id: true } });
        await tx.$queryRaw`SELECT pg_cancel_backend(pg_backend_pid())::text, pg_sleep(1)::text`;
      });
      return refusal(act, 'db/busy', 'db/away');
    },
  ],
  ['reads again', (scene, mine) => scene.db.withTenant(mine.id, (tx) => look(scene, tx, mine))],
  [
    'changes and deletes what is of another',
    (scene, mine, other) =>
      scene.db.withTenant(mine.id, async (tx) => {
        const changed = await tx.team.updateMany({
          where: { tenantId: other.id },
          data: { name: `taken ${randomUUID()}` },
        });
        const deleted = await tx.team.deleteMany({ where: { tenantId: other.id } });
        const raw =
          await tx.$executeRaw`UPDATE access_grant SET ended_at = now() WHERE tenant_id = ${other.id}::uuid`;
        const all = changed.count + deleted.count + raw;
        return all === 0 ? null : `touched ${all} rows`;
      }),
  ],
  [
    'hands a row of its own to another',
    (scene, mine, other) =>
      refusal(
        scene.db.withTenant(mine.id, async (tx) => {
          const { id } = await tx.team.create({ data: teamOf(mine, 'lost'), select: { id: true } });
          await tx.$executeRaw`UPDATE team SET tenant_id = ${other.id}::uuid WHERE id = ${id}::uuid`;
        }),
        'db/refused',
      ),
  ],
  [
    'goes on after an error of SQL',
    async (scene, mine) => {
      const act = scene.db.withTenant(mine.id, async (tx) => {
        await tx.team.create({ data: teamOf(mine, 'lost'), select: { id: true } });
        await tx.$queryRaw`SELECT (1 / (SELECT count(*) FROM team WHERE name = ''))::text`.catch(() => null);
        await tx.team.count();
      });
      return act.then(
        () => 'succeeded all the same',
        (error: unknown) => {
          if (sqlStateOf(error) === ABORTED) return null;
          throw error;
        },
      );
    },
  ],
  [
    'points a grant at a machine of another',
    (scene, mine, other) =>
      refusal(
        scene.db.withTenant(mine.id, (tx) =>
          tx.accessGrant.create({
            data: {
              tenantId: mine.id,
              personId: mine.personId,
              vmId: other.vmId,
              role: 'viewer',
              reason: 'crossing',
            },
            select: { id: true },
          }),
        ),
        'db/conflict',
      ),
  ],
  [
    'reads and writes by plain SQL',
    async (scene, mine) => {
      const seen = await inTenantTransaction(scene.db.pool, mine.id, async (client) => {
        const { tenantId, name } = teamOf(mine);
        await client.query('INSERT INTO team (tenant_id, name) VALUES ($1, $2)', [tenantId, name]);
        const { rowCount } = await client.query('SELECT 1 FROM team WHERE tenant_id <> $1', [mine.id]);
        return rowCount;
      });
      mine.teams += 1;
      return seen === 0 ? null : `sees ${seen} rows of another`;
    },
  ],
];
