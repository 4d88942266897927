import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** A small world for tests of tables and functions: two customers, a provider with a pool, machines on both sides. */
export interface TestWorld {
  acme: string;
  globex: string;
  northgate: string;
  /** Member of Acme with an operator's grant on `web`. */
  mira: string;
  /** Owner of Acme. */
  ada: string;
  /** Owner of Globex. */
  gus: string;
  /** Operator at Northgate. */
  olga: string;
  /** Login session of each person, by person id. */
  sessions: Record<string, string>;
  pool: string;
  host: string;
  /** Held by Acme, in Northgate's pool. */
  web: string;
  /** Held by Globex, in Northgate's pool. */
  shop: string;
  /** Mira's grant on `web`. */
  grant: string;
  binderHash: Buffer;
}

export const TEST_PIN = Array.from({ length: 32 }, () => 'AB').join(':');

/**
 * Writes the world as superuser: tests of what roles may do must not depend on what they may do.
 *
 * @param superuserUrl of a migrated database
 */
export async function makeTestWorld(superuserUrl: string): Promise<TestWorld> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    return await writeWorld(client);
  } finally {
    await client.end();
  }
}

async function writeWorld(client: pg.Client): Promise<TestWorld> {
  const ids = [
    'acme',
    'globex',
    'northgate',
    'mira',
    'ada',
    'gus',
    'olga',
    'pool',
    'host',
    'web',
    'shop',
    'grant',
  ];
  const made = Object.fromEntries(ids.map((name) => [name, randomUUID()]));
  const id = (name: string) => made[name] ?? randomUUID();
  const binderHash = Buffer.alloc(32, 7);
  const insert = (text: string, values: unknown[]) => client.query(text, values);

  for (const [slug, kind] of [
    ['acme', 'customer'],
    ['globex', 'customer'],
    ['northgate', 'provider'],
  ] as const)
    await insert('INSERT INTO tenant (id, slug, name, kind) VALUES ($1, $2, $3, $4)', [
      id(slug),
      slug,
      slug,
      kind,
    ]);

  const sessions: Record<string, string> = {};
  for (const [name, tenant, role] of [
    ['mira', 'acme', 'member'],
    ['ada', 'acme', 'owner'],
    ['gus', 'globex', 'owner'],
    ['olga', 'northgate', 'operator'],
  ] as const) {
    const session = randomUUID();
    sessions[id(name)] = session;
    await insert('INSERT INTO person (id, email, name) VALUES ($1, $2, $3)', [
      id(name),
      `${name}@${tenant}.example`,
      name,
    ]);
    await insert('INSERT INTO membership (tenant_id, person_id, role) VALUES ($1, $2, $3)', [
      id(tenant),
      id(name),
      role,
    ]);
    await insert(
      `INSERT INTO login_session (id, digest, binder_hash, person_id, expires_at)
       VALUES ($1, $2, $3, $4, now() + interval '12 hours')`,
      [session, session, binderHash, id(name)],
    );
  }

  const owner = id('northgate');
  await insert(
    `INSERT INTO pool (tenant_id, id, display_name, address, pin, state) VALUES ($1, $2, 'Frankfurt', '192.0.2.1', $3, 'connected')`,
    [owner, id('pool'), TEST_PIN],
  );
  await insert(
    `INSERT INTO host (tenant_id, id, pool_id, uuid, name, address) VALUES ($1, $2, $3, gen_random_uuid(), 'fra-1', '192.0.2.1')`,
    [owner, id('host'), id('pool')],
  );
  for (const [vm, holder, tag] of [
    ['web', 'acme', 'prod'],
    ['shop', 'globex', 'shop'],
  ] as const)
    await insert(
      `INSERT INTO vm (tenant_id, id, pool_tenant_id, pool_id, uuid, name, tags, power_state, resident_host_id, screen_console_ref)
       VALUES ($1, $2, $3, $4, gen_random_uuid(), $5, ARRAY[$6], 'Running', $7, 'OpaqueRef:screen')`,
      [id(holder), id(vm), owner, id('pool'), vm, tag, id('host')],
    );
  await insert(
    `INSERT INTO access_grant (tenant_id, id, person_id, vm_id, role) VALUES ($1, $2, $3, $4, 'operator')`,
    [id('acme'), id('grant'), id('mira'), id('web')],
  );
  return {
    acme: id('acme'),
    globex: id('globex'),
    northgate: owner,
    mira: id('mira'),
    ada: id('ada'),
    gus: id('gus'),
    olga: id('olga'),
    sessions,
    pool: id('pool'),
    host: id('host'),
    web: id('web'),
    shop: id('shop'),
    grant: id('grant'),
    binderHash,
  };
}
