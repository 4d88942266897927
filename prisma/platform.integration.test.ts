import { randomUUID } from 'node:crypto';
import { askWorker, createDb, type Db, inTenantTransaction } from '@porthole/db';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stage, setStage } from './test-stage.ts';

let stage: Stage;
let worker: Db;
beforeAll(async () => {
  stage = await setStage();
  worker = createDb({ url: stage.databaseUrl('worker') });
});
afterAll(async () => {
  await worker.close();
  await stage.end();
});

describe('rate_take', () => {
  const take = async (key: string, windowS: number, max: number) => {
    const { rows } = await stage.portal.pool.query(
      'SELECT allowed, retry_after_s FROM rate_take($1, $2, $3)',
      [key, windowS, max],
    );
    return rows[0];
  };
  /** Moves everything that was counted back in time, as if that long had passed. */
  const pass = (seconds: number) =>
    stage.superuser.pool.query(
      'UPDATE rate_counter SET window_start = window_start - make_interval(secs => $1)',
      [seconds],
    );

  it('allows so many, then refuses and says for how long', async () => {
    for (let n = 0; n < 3; n += 1) expect(await take('three', 600, 3)).toMatchObject({ allowed: true });
    const refused = await take('three', 600, 3);
    expect(refused.allowed).toBe(false);
    expect(refused.retry_after_s).toBeGreaterThan(0);
    expect(refused.retry_after_s).toBeLessThanOrEqual(1200);
  });

  it('counts each key apart', async () => {
    expect(await take('other', 600, 1)).toMatchObject({ allowed: true });
    expect(await take('another', 600, 1)).toMatchObject({ allowed: true });
  });

  it('never lets more through than its number, however many try at once', async () => {
    const tries = await Promise.all(Array.from({ length: 20 }, () => take('crowd', 3600, 5)));
    expect(tries.filter((one) => one.allowed)).toHaveLength(5);
  });

  it('lets through again when the window has passed', async () => {
    await take('again', 60, 1);
    expect(await take('again', 60, 1)).toMatchObject({ allowed: false });
    await pass(120);
    expect(await take('again', 60, 1)).toMatchObject({ allowed: true });
  });

  it('does not count refused tries: hammering keeps nobody out for longer', async () => {
    await take('hammered', 60, 2);
    await take('hammered', 60, 2);
    for (let n = 0; n < 20; n += 1) await take('hammered', 60, 2);
    const { rows } = await stage.superuser.pool.query(
      "SELECT sum(count)::int AS counted FROM rate_counter WHERE key = 'rate|hammered'",
    );
    expect(rows[0]?.counted).toBe(2);
  });

  it('takes a try back that was none', async () => {
    await take('back', 3600, 1);
    await stage.portal.pool.query("SELECT rate_give_back('back', 3600)");
    expect(await take('back', 3600, 1)).toMatchObject({ allowed: true });
  });
});

describe('ask_worker', () => {
  const jobs = async () => {
    const { rows } = await worker.pool.query<{ task: string; key: string }>(
      'SELECT task_identifier AS task, key FROM graphile_worker.jobs ORDER BY id',
    );
    return rows;
  };

  it('puts one job before the worker, however often it is asked', async () => {
    const poolId = stage.world.pool;
    for (let n = 0; n < 3; n += 1)
      await stage.portal.withTenant(stage.world.northgate, (tx) =>
        askWorker(tx, { task: 'sync-pool', tenantId: stage.world.northgate, poolId }),
      );
    expect(await jobs()).toEqual([
      { task: 'sync-pool', key: `sync-pool:${stage.world.northgate}:${poolId}` },
    ]);
  });

  it('takes the relay’s call for a fresh session', async () => {
    const { northgate, pool, host, web } = stage.world;
    await askWorker(stage.relay.pool, {
      task: 'refresh-session',
      tenantId: northgate,
      poolId: pool,
      hostId: host,
      vmId: web,
    });
    expect((await jobs()).map((job) => job.task)).toContain('refresh-session');
  });

  it('lines up looks at addresses for each organisation, and nothing else', async () => {
    const { northgate, acme } = stage.world;
    for (const tenantId of [northgate, northgate, acme])
      await stage.portal.withTenant(tenantId, (tx) =>
        askWorker(tx, { task: 'probe-pool', tenantId, probeId: randomUUID() }),
      );
    const { rows } = await worker.pool.query<{ task: string; queue: string | null }>(
      'SELECT task_identifier AS task, queue_name AS queue FROM graphile_worker.jobs',
    );
    const queues = rows.filter(({ task }) => task === 'probe-pool').map(({ queue }) => queue);
    expect(queues.sort()).toEqual(
      [`probes of ${acme}`, `probes of ${northgate}`, `probes of ${northgate}`].sort(),
    );
    expect(rows.filter(({ task }) => task !== 'probe-pool').every(({ queue }) => queue === null)).toBe(true);
  });

  it('leaves no job behind where the transaction does not commit', async () => {
    const before = (await jobs()).length;
    const undone = stage.portal.withTenant(stage.world.northgate, async (tx) => {
      await askWorker(tx, { task: 'probe-pool', tenantId: stage.world.northgate, probeId: stage.world.web });
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    expect(await jobs()).toHaveLength(before);
  });

  it.each([
    ['another task', 'drop-pool', { tenantId: randomUUID(), poolId: randomUUID() }],
    ['no subject', 'sync-pool', { tenantId: randomUUID() }],
    ['words for an id', 'sync-pool', { tenantId: randomUUID(), poolId: 'all of them' }],
    ['more than ids', 'sync-pool', { tenantId: randomUUID(), poolId: randomUUID(), script: 'x' }],
  ])('refuses %s', async (_, task, payload) => {
    const ask = stage.relay.pool.query('SELECT ask_worker($1, $2)', [task, JSON.stringify(payload)]);
    await expect(ask).rejects.toMatchObject({ code: '22023' });
  });

  it('refuses the portal a job for another organisation', async () => {
    const ask = stage.portal.withTenant(stage.world.acme, (tx) =>
      askWorker(tx, { task: 'sync-pool', tenantId: stage.world.northgate, poolId: stage.world.pool }),
    );
    await expect(ask).rejects.toMatchObject({ code: 'db/refused' });
  });
});

describe('lists across organisations', () => {
  it('name every pool that is not removed', async () => {
    const { rows } = await worker.pool.query('SELECT * FROM pools_to_watch()');
    expect(rows).toEqual([{ tenant_id: stage.world.northgate, pool_id: stage.world.pool }]);
  });

  it('name probes that nobody answered', async () => {
    const { id } = await stage.portal.withTenant(stage.world.northgate, (tx) =>
      tx.poolProbe.create({
        data: {
          tenantId: stage.world.northgate,
          address: '192.0.2.1',
          port: 443,
          requestedBy: stage.world.olga,
        },
        select: { id: true },
      }),
    );
    const waiting = async () => (await worker.pool.query('SELECT probe_id FROM probes_to_run()')).rows;
    expect(await waiting()).toEqual([{ probe_id: id }]);
    await inTenantTransaction(worker.pool, stage.world.northgate, (client) =>
      client.query("UPDATE pool_probe SET finished_at = now(), failure = 'egress/refused'"),
    );
    expect(await waiting()).toEqual([]);
  });

  it('tell a holder the name and state of its machines’ pools, and nobody those of another', async () => {
    const pools = (inContext: string, of: string) =>
      inTenantTransaction(stage.portal.pool, inContext, (client) =>
        client.query('SELECT display_name, state FROM pools_of_holder($1)', [of]),
      );
    expect((await pools(stage.world.acme, stage.world.acme)).rows).toEqual([
      { display_name: 'Frankfurt', state: 'connected' },
    ]);
    await expect(pools(stage.world.globex, stage.world.acme)).rejects.toMatchObject({ code: 'db/refused' });
  });

  it('name other organisations to a provider alone', async () => {
    const named = async (inContext: string) => {
      const { rows } = await inTenantTransaction(stage.portal.pool, inContext, (client) =>
        client.query("SELECT slug FROM tenants_named('{acme,nobody}')"),
      );
      return rows;
    };
    expect(await named(stage.world.northgate)).toEqual([{ slug: 'acme' }]);
    expect(await named(stage.world.globex)).toEqual([]);
  });
});

describe('private ranges of an organisation', () => {
  it.each([
    "INSERT INTO tenant_policy (tenant_id, allowed_cidrs) VALUES ($1, '{10.0.0.0/8}')",
    "UPDATE tenant_policy SET allowed_cidrs = '{10.0.0.0/8}' WHERE tenant_id = $1",
  ])('are not the portal’s to open: %s', async (text) => {
    const { northgate } = stage.world;
    const open = inTenantTransaction(stage.portal.pool, northgate, (client) =>
      client.query(text, [northgate]),
    );
    await expect(open).rejects.toMatchObject({ code: 'db/refused' });
  });
});

describe('housekeep', () => {
  it('removes tickets a day after their end and leaves the rest', async () => {
    const old = await stage.issue();
    await stage.issue();
    await stage.superuser.pool.query(
      "UPDATE console_ticket SET created_at = now() - interval '25 hours', expires_at = now() - interval '24 hours 59 minutes 30 seconds' WHERE id = $1",
      [old.ticketId],
    );
    await worker.pool.query('SELECT housekeep()');
    const { rows } = await stage.superuser.pool.query('SELECT count(*)::int AS tickets FROM console_ticket');
    expect(rows[0]?.tickets).toBe(1);
  });

  it('removes login sessions and looks at addresses a day after their end', async () => {
    const { ada } = stage.world;
    await stage.superuser.pool.query(
      `INSERT INTO login_session (digest, binder_hash, person_id, created_at, expires_at)
       VALUES ('old', $1, $2, now() - interval '37 hours', now() - interval '25 hours')`,
      [stage.world.binderHash, ada],
    );
    await stage.superuser.pool.query("UPDATE pool_probe SET created_at = now() - interval '25 hours'");
    await worker.pool.query('SELECT housekeep()');
    const { rows } = await stage.superuser.pool.query(
      'SELECT (SELECT count(*)::int FROM pool_probe) AS probes, (SELECT count(*)::int FROM login_session WHERE person_id = $1) AS sessions',
      [ada],
    );
    expect(rows[0]).toEqual({ probes: 0, sessions: 1 });
  });
});

describe('hints about pools', () => {
  it('name the owner, tell holders of machines there, and nobody else', async () => {
    const { northgate, acme, globex, pool } = stage.world;
    const heard: string[] = [];
    const client = new pg.Client({ connectionString: stage.databaseUrl('superuser') });
    await client.connect();
    client.on('notification', ({ channel, payload }) => heard.push(`${channel} ${payload}`));
    await client.query('LISTEN pools; LISTEN inventory');
    await client.query("UPDATE pool SET state = 'unreachable' WHERE id = $1", [pool]);
    await client.query('SELECT 1');
    await client.end();
    expect(heard.sort()).toEqual([`pools ${northgate}`, `inventory ${acme}`, `inventory ${globex}`].sort());
  });
});

describe('a pool that is removed', () => {
  const sealed = () =>
    stage.superuser.pool.query(
      `INSERT INTO host_session (tenant_id, host_id, kid, epk, wrap_iv, wrapped_dek, wrap_tag, iv, ct, tag)
       VALUES ($1, $2, 'k', $3, $4, $3, $5, $4, 'x', $5)`,
      [stage.world.northgate, stage.world.host, Buffer.alloc(32), Buffer.alloc(12), Buffer.alloc(16)],
    );
  const sessions = async () =>
    (await stage.superuser.pool.query('SELECT host_id FROM host_session')).rows.length;

  it('leaves no sealed session and no machine, though no worker runs; and none that is sealed late', async () => {
    await sealed();
    await inTenantTransaction(stage.portal.pool, stage.world.northgate, (client) =>
      client.query('UPDATE pool SET removed_at = now() WHERE id = $1', [stage.world.pool]),
    );
    expect(await sessions()).toBe(0);
    const { rows } = await stage.superuser.pool.query(
      'SELECT name FROM vm WHERE gone_at IS NULL OR resident_host_id IS NOT NULL OR screen_console_ref IS NOT NULL',
    );
    expect(rows).toEqual([]);
    await sealed();
    await worker.pool.query('SELECT housekeep()');
    expect(await sessions()).toBe(0);
  });
});
