import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTestWorld, TEST_PIN, type TestWorld } from '../../../prisma/test-world.ts';
import { createTestDatabase, type TestDatabase } from '../../../tools/postgres/test-database.ts';
import { createDb, type Db } from './create-db.ts';
import { inTenantTransaction } from './pg-pool.ts';

let database: TestDatabase;
let world: TestWorld;
let portal: Db;
let relay: Db;
let worker: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  world = await makeTestWorld(database.url('superuser'));
  portal = createDb({ url: database.url('portal') });
  relay = createDb({ url: database.url('relay') });
  worker = createDb({ url: database.url('worker') });
});
afterAll(async () => {
  await Promise.all([portal.close(), relay.close(), worker.close()]);
  await database.drop();
});

const names = (rows: { name: string }[]) => rows.map((row) => row.name).sort();
const vms = (db: Db, tenantId: string) =>
  db.withTenant(tenantId, (tx) => tx.vm.findMany({ select: { name: true } })).then(names);

describe('tenant tables', () => {
  it('show the rows of the organisation in context and no others', async () => {
    const seen = await portal.withTenant(world.acme, (tx) =>
      tx.membership.findMany({ select: { tenantId: true } }),
    );
    expect(seen.length).toBe(2);
    expect(seen.every((row) => row.tenantId === world.acme)).toBe(true);
  });

  it('are empty without an organisation, also after a transaction that had one', async () => {
    await portal.withTenant(world.acme, (tx) => tx.tenant.count());
    expect(await portal.withoutTenant((tx) => tx.tenant.count())).toBe(0);
    expect(await portal.withoutTenant((tx) => tx.accessGrant.count())).toBe(0);
  });

  it('refuse a row for another organisation', async () => {
    const foreign = portal.withTenant(world.acme, (tx) =>
      tx.team.create({ data: { tenantId: world.globex, name: 'x' }, select: { id: true } }),
    );
    await expect(foreign).rejects.toMatchObject({ code: 'db/refused' });
  });

  it('refuse a reference into another organisation, which row-level security alone would let through', async () => {
    const foreign = portal.withTenant(world.acme, (tx) =>
      tx.accessGrant.create({
        data: { tenantId: world.acme, personId: world.mira, vmId: world.shop, role: 'viewer' },
        select: { id: true },
      }),
    );
    await expect(foreign).rejects.toMatchObject({ code: 'db/conflict' });
  });

  it('refuse a grant of two receivers, or over two things, or over nothing', async () => {
    for (const wrong of [
      { personId: world.mira, vmId: world.web, tag: 'prod' },
      { personId: world.mira },
      { vmId: world.web },
    ])
      await expect(
        portal.withTenant(world.acme, (tx) =>
          tx.accessGrant.create({
            data: { tenantId: world.acme, role: 'viewer', ...wrong },
            select: { id: true },
          }),
        ),
      ).rejects.toMatchObject({ code: 'db/invalid' });
  });
});

describe('machines', () => {
  it('are seen by their holder', async () => {
    expect(await vms(portal, world.acme)).toEqual(['web']);
    expect(await vms(portal, world.globex)).toEqual(['shop']);
  });

  it('are seen by the owner of their pool', async () => {
    expect(await vms(portal, world.northgate)).toEqual(['shop', 'web']);
  });

  it('are the worker’s by owner alone', async () => {
    expect(await vms(worker, world.northgate)).toEqual(['shop', 'web']);
    expect(await vms(worker, world.acme)).toEqual([]);
  });

  it('can be written by the worker under their owner, whoever holds them', async () => {
    const { count } = await worker.withTenant(world.northgate, (tx) =>
      tx.vm.updateMany({ where: { id: world.web }, data: { memoryBytes: 1n } }),
    );
    expect(count).toBe(1);
  });

  it('cannot be put into a pool of another owner', async () => {
    const foreign = worker.withTenant(world.globex, (tx) =>
      tx.vm.create({
        data: {
          tenantId: world.globex,
          poolTenantId: world.northgate,
          poolId: world.pool,
          uuid: world.web,
          name: 'x',
          powerState: 'Running',
        },
        select: { id: true },
      }),
    );
    await expect(foreign).rejects.toMatchObject({ code: 'db/refused' });
  });

  it('cannot be moved to another holder while grants name them', async () => {
    await expect(
      superuser(`UPDATE vm SET tenant_id = '${world.globex}' WHERE id = '${world.web}'`),
    ).rejects.toThrow(/violates foreign key|violates RESTRICT/);
  });
});

describe('identity tables', () => {
  it('are the portal’s alone', async () => {
    expect(await portal.withoutTenant((tx) => tx.person.count())).toBe(4);
    for (const other of [relay, worker])
      await expect(other.withoutTenant((tx) => tx.person.count())).rejects.toMatchObject({
        code: 'db/refused',
      });
  });

  it('take e-mail addresses in lower case only', async () => {
    const upper = portal.withoutTenant((tx) =>
      tx.person.create({ data: { email: 'Mira@acme.example', name: 'x' }, select: { id: true } }),
    );
    await expect(upper).rejects.toMatchObject({ code: 'db/invalid' });
  });
});

describe('what each role may touch', () => {
  it.each([
    ['portal', 'SELECT ct FROM pool_credential'],
    ['portal', 'SELECT * FROM pool_credential'],
    ['portal', 'SELECT * FROM host_session'],
    ['portal', 'SELECT pem FROM host_trust'],
    ['portal', "UPDATE host_trust SET pem = 'x'"],
    ['portal', "UPDATE vm SET name = 'x'"],
    ['portal', 'UPDATE tenant SET authority_epoch = 1'],
    ['portal', "UPDATE console_ticket SET expires_at = now() + interval '1 day'"],
    ['portal', 'SELECT secret_hash FROM console_ticket'],
    ['portal', 'DELETE FROM access_grant'],
    ['portal', 'DELETE FROM audit_event'],
    ['portal', "UPDATE console_seat SET close_reason = 'x'"],
    ['portal', 'SELECT * FROM rate_counter'],
    ['portal', 'SELECT * FROM pool_lease'],
    ['relay', 'SELECT * FROM console_ticket'],
    ['relay', 'SELECT * FROM vm'],
    ['relay', 'SELECT * FROM pool_credential'],
    ['relay', 'SELECT * FROM host_session'],
    ['relay', 'SELECT * FROM audit_event'],
    ['worker', 'SELECT * FROM login_session'],
    ['worker', 'SELECT * FROM access_grant'],
    ['worker', 'SELECT * FROM console_ticket'],
    ['worker', 'UPDATE pool SET pin = pin'],
    ['worker', "UPDATE pool SET address = 'x'"],
    ['worker', 'INSERT INTO pool_credential DEFAULT VALUES'],
    ['worker', 'SELECT * FROM audit_event'],
    ['owner', 'SELECT audit_write(gen_random_uuid(), gen_random_uuid(), $${}$$)'],
    ['portal', 'SELECT audit_write(gen_random_uuid(), gen_random_uuid(), $${}$$)'],
    ['portal', "SELECT ticket_redeem('', '', '')"],
    ['portal', 'SELECT seat_end(gen_random_uuid(), gen_random_uuid(), $$x$$, NULL)'],
    ['relay', 'SELECT authority_facts_of(gen_random_uuid(), gen_random_uuid(), gen_random_uuid())'],
    ['relay', 'SELECT pools_to_watch()'],
    ['portal', 'CREATE TABLE mine (id int)'],
    ['portal', 'SET ROLE porthole_door'],
    ['relay', 'SET ROLE porthole_portal'],
  ] as const)('%s may not: %s', async (role, sql) => {
    const db = createDb({ url: database.url(role) });
    try {
      await expect(
        inTenantTransaction(db.pool, world.northgate, (client) => client.query(sql)),
      ).rejects.toMatchObject({
        code: 'db/refused',
      });
    } finally {
      await db.close();
    }
  });

  it('lets the portal write a credential that it cannot read back', async () => {
    const bytes = (size: number) => new Uint8Array(size);
    const written = await portal.withTenant(world.northgate, (tx) =>
      tx.poolCredential.create({
        data: {
          tenantId: world.northgate,
          poolId: world.pool,
          purpose: 'inventory',
          username: 'porthole',
          kid: 'k1',
          epk: bytes(32),
          wrapIv: bytes(12),
          wrappedDek: bytes(32),
          wrapTag: bytes(16),
          iv: bytes(12),
          ct: bytes(20),
          tag: bytes(16),
        },
        select: { username: true },
      }),
    );
    expect(written).toEqual({ username: 'porthole' });
    const read = await worker.withTenant(world.northgate, (tx) => tx.poolCredential.findFirst());
    expect(read?.ct.length).toBe(20);
  });

  it('refuses a pin that is no fingerprint', async () => {
    const create = (pin: string) =>
      portal.withTenant(world.acme, (tx) =>
        tx.pool.create({
          data: { tenantId: world.acme, displayName: 'Own', address: '192.0.2.9', pin },
          select: { state: true },
        }),
      );
    await expect(create('ab:cd')).rejects.toMatchObject({ code: 'db/invalid' });
    expect(await create(TEST_PIN)).toEqual({ state: 'new' });
  });
});

async function superuser(sql: string): Promise<void> {
  const db = createDb({ url: database.url('superuser') });
  try {
    await db.pool.query(sql);
  } finally {
    await db.close();
  }
}
