import { randomUUID } from 'node:crypto';
import { createDb, type Db, inTenantTransaction } from '@porthole/db';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeTestWorld, type TestWorld } from '../../../prisma/test-world.ts';
import { createTestDatabase, type TestDatabase } from '../../../tools/postgres/test-database.ts';
import { CATALOGUE } from './catalogue.ts';
import { listEvents } from './list-events.ts';
import { type AuditEventInput, PLATFORM_CHAIN, recordEvent, recordSessionEvent } from './record-event.ts';
import { verifyLog } from './verify-log.ts';

let database: TestDatabase;
let world: TestWorld;
let portal: Db;
let worker: Db;
let superuser: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  world = await makeTestWorld(database.url('superuser'));
  portal = createDb({ url: database.url('portal') });
  worker = createDb({ url: database.url('worker') });
  superuser = createDb({ url: database.url('superuser') });
});
afterAll(async () => {
  await Promise.all([portal.close(), worker.close(), superuser.close()]);
  await database.drop();
});

const signOut = (eventId?: string): AuditEventInput => ({
  action: 'sign-out',
  outcome: 'ok',
  actor: { personId: world.mira, name: 'Mira', kind: 'person' },
  data: { loginSessionId: world.mira },
  ...(eventId === undefined ? {} : { eventId }),
});
const record = (event: AuditEventInput, tenantId = world.acme) =>
  portal.withTenant(tenantId, (tx) => recordEvent(tx, tenantId, event));
const verify = (tenantId = world.acme) => verifyLog(portal, tenantId);
/** What nobody may do: the defence switched off, one act, the defence on again. */
const tamper = async (sql: string) => {
  await superuser.pool.query(
    `BEGIN; ALTER TABLE audit_event DISABLE TRIGGER append_only; ALTER TABLE audit_head DISABLE TRIGGER append_only; ${sql};
     ALTER TABLE audit_event ENABLE ALWAYS TRIGGER append_only; ALTER TABLE audit_head ENABLE ALWAYS TRIGGER append_only; COMMIT`,
  );
};

describe('recording', () => {
  it('numbers events from one, and the chain verifies', async () => {
    for (let n = 1; n <= 4; n += 1) expect(await record(signOut(), world.globex)).toBe(n);
    expect(await verify(world.globex)).toEqual({ intact: true, events: 4 });
  });

  it('writes one event for one id, however often it is tried', async () => {
    const eventId = randomUUID();
    const first = await record(signOut(eventId));
    expect(await record(signOut(eventId))).toBe(first);
  });

  it('leaves nothing behind where the transaction does not commit', async () => {
    const before = await verify();
    const undone = portal.withTenant(world.acme, async (tx) => {
      await recordEvent(tx, world.acme, signOut());
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    expect(await verify()).toEqual(before);
  });

  it('keeps one chain under many writers at once', async () => {
    const seqs = await Promise.all(Array.from({ length: 24 }, () => record(signOut(), world.northgate)));
    expect(seqs.sort((one, other) => one - other)).toEqual(Array.from({ length: 24 }, (_, n) => n + 1));
    expect(await verify(world.northgate)).toEqual({ intact: true, events: 24 });
  });

  it('generates what is searched from what is proved', async () => {
    const seq = await record(signOut());
    const row = await portal.withTenant(world.acme, (tx) =>
      tx.auditEvent.findUnique({ where: { tenantId_seq: { tenantId: world.acme, seq: BigInt(seq) } } }),
    );
    expect(row).toMatchObject({
      action: 'sign-out',
      outcome: 'ok',
      actorPersonId: world.mira,
      actorName: 'Mira',
    });
    expect(JSON.parse(row?.payload ?? '')).toMatchObject({
      seq,
      at: expect.stringMatching(/^\d{4}-.*\d{6}Z$/),
    });
  });
});

describe('the events of a login session', () => {
  const seqs = async () => {
    const { rows } = await superuser.pool.query<{ tenant_id: string; seq: string }>(
      'SELECT * FROM audit_head',
    );
    return new Map(rows.map((row) => [row.tenant_id, Number(row.seq)]));
  };
  const ended = {
    action: 'sign-out',
    outcome: 'ok',
    data: { loginSessionId: randomUUID() },
  } as const;

  it('stand in the platform’s chain and in those of the person’s organisations, and in no other', async () => {
    const before = await seqs();
    const actor = { personId: world.mira, name: 'Mira', kind: 'person' } as const;
    await portal.withoutTenant((tx) => recordSessionEvent(tx, world.mira, { ...ended, actor }));
    const after = await seqs();
    const grown = [...after]
      .filter(([tenant, seq]) => seq === (before.get(tenant) ?? 0) + 1)
      .map(([id]) => id);
    expect(grown.sort()).toEqual([PLATFORM_CHAIN, world.acme].sort());
  });

  it('are of their own person, and of nothing else', async () => {
    const actor = { personId: world.gus, name: 'Gus', kind: 'person' } as const;
    const other = portal.withoutTenant((tx) => recordSessionEvent(tx, world.mira, { ...ended, actor }));
    await expect(other).rejects.toMatchObject({ code: 'db/refused' });
    const grant = portal.pool.query('SELECT audit_append_session($1, $2)', [
      world.mira,
      JSON.stringify({ action: 'grant.given', outcome: 'ok', actor: { personId: world.mira }, data: {} }),
    ]);
    await expect(grant).rejects.toMatchObject({ code: '42501' });
  });
});

describe('the log refuses', () => {
  it('another organisation’s chain', async () => {
    const foreign = portal.withTenant(world.acme, (tx) => recordEvent(tx, world.globex, signOut()));
    await expect(foreign).rejects.toMatchObject({ code: 'db/refused' });
  });

  it('the portal in the name of worker and relay, and the worker in that of the portal', async () => {
    const append = (db: Db, action: string) =>
      inTenantTransaction(db.pool, world.acme, (client) =>
        client.query('SELECT audit_append($1, gen_random_uuid(), $2)', [
          world.acme,
          JSON.stringify({ action, outcome: 'ok' }),
        ]),
      );
    for (const [db, action] of [
      [portal, 'console.open'],
      [portal, 'console.close'],
      [portal, 'tunnel.up'],
      [portal, 'keyboard.taken'],
      [portal, 'credential.used'],
      [portal, 'pool.state'],
      [worker, 'console.open'],
      [worker, 'grant.given'],
      [worker, 'sign-in.ok'],
    ] as const)
      await expect(append(db, action), action).rejects.toMatchObject({ code: 'db/refused' });
    await append(worker, 'credential.used');
  });

  it.each([
    'nonsense',
    '[]',
    '{}',
    ' {"action":"sign-out","outcome":"ok"}',
    '{"action":"sign-out","action":"grant.given","outcome":"ok"}',
    '{"action":"sign-out","outcome":"ok","at":"1970-01-01"}',
    '{"action":"sign-out","outcome":"ok","seq":7}',
    '{"action":"sign-out","outcome":"perhaps"}',
    '{"action":"Sign Out","outcome":"ok"}',
    `{"action":"sign-out","outcome":"ok","data":"${'x'.repeat(17_000)}"}`,
  ])('the payload %.60s', async (payload) => {
    const append = inTenantTransaction(portal.pool, world.acme, (client) =>
      client.query('SELECT audit_append($1, gen_random_uuid(), $2)', [world.acme, payload]),
    );
    await expect(append).rejects.toMatchObject({ code: 'db/invalid' });
  });

  it.each([
    "UPDATE audit_event SET payload = '{}'",
    'DELETE FROM audit_event',
    'TRUNCATE audit_event',
    'UPDATE audit_head SET seq = 0',
    'DELETE FROM audit_head',
    'INSERT INTO audit_event (tenant_id, seq, event_id, at, payload, payload_hash, prev_hash, hash) SELECT tenant_id, 99, gen_random_uuid(), at, payload, payload_hash, prev_hash, hash FROM audit_event LIMIT 1',
  ])('even a superuser: %s', async (sql) => {
    await expect(superuser.pool.query(sql)).rejects.toThrow(/append-only/);
    await expect(superuser.pool.query(`SET session_replication_role = replica; ${sql}`)).rejects.toThrow(
      /append-only/,
    );
    await superuser.pool.query('SET session_replication_role = origin');
  });
});

describe('verifying', () => {
  beforeEach(async () => {
    while ((await verify()).events < 6) await record(signOut());
  });

  it.each([
    [
      'an edit',
      `UPDATE audit_event SET payload = replace(payload, '"ok"', '"failed"') WHERE seq = 3`,
      'payload',
    ],
    [
      'an edit with its hash',
      `UPDATE audit_event SET payload = replace(payload, '"ok"', '"failed"'), payload_hash = sha256(convert_to(replace(payload, '"ok"', '"failed"'), 'UTF8')) WHERE seq = 3`,
      'hash',
    ],
    ['a deletion', 'DELETE FROM audit_event WHERE seq = 3', 'order'],
    [
      'an insertion',
      'INSERT INTO audit_event (tenant_id, seq, event_id, at, payload, payload_hash, prev_hash, hash) SELECT tenant_id, (SELECT max(seq) + 1 FROM audit_event WHERE tenant_id = e.tenant_id), gen_random_uuid(), at, payload, payload_hash, prev_hash, hash FROM audit_event e WHERE seq = 2; UPDATE audit_head h SET seq = seq + 1',
      'link',
    ],
    [
      'a changed order',
      'UPDATE audit_event SET seq = CASE seq WHEN 2 THEN 1000003 ELSE 1000002 END WHERE seq IN (2, 3); UPDATE audit_event SET seq = seq - 1000000 WHERE seq > 1000000',
      'link',
    ],
    [
      'a cut end',
      'DELETE FROM audit_event e WHERE seq = (SELECT max(seq) FROM audit_event WHERE tenant_id = e.tenant_id)',
      'end',
    ],
    ['an emptied chain', 'TRUNCATE audit_event', 'end'],
    ['a head that was taken away', 'DELETE FROM audit_head', 'end'],
    [
      'a head that was set back',
      'UPDATE audit_head h SET seq = e.seq, hash = e.hash FROM audit_event e WHERE e.tenant_id = h.tenant_id AND e.seq = 3',
      'end',
    ],
    [
      'another time beside the text',
      "UPDATE audit_event SET at = at - interval '1 day' WHERE seq = 3",
      'columns',
    ],
    [
      'a column that hides an event from a search',
      "ALTER TABLE audit_event ALTER COLUMN outcome DROP EXPRESSION; UPDATE audit_event SET outcome = 'refused' WHERE seq = 3",
      'columns',
    ],
  ] as const)('notices %s', async (_, sql, why) => {
    await superuser.pool.query('DROP TABLE IF EXISTS kept_event, kept_head');
    await superuser.pool.query(
      'CREATE TABLE kept_event AS SELECT tenant_id, seq, event_id, at, payload, payload_hash, prev_hash, hash FROM audit_event; CREATE TABLE kept_head AS SELECT * FROM audit_head',
    );
    await tamper(sql);
    expect(await verify()).toMatchObject({ intact: false, why });
    await tamper(
      `ALTER TABLE audit_event DROP COLUMN outcome,
         ADD COLUMN outcome text GENERATED ALWAYS AS (payload::jsonb ->> 'outcome') STORED`,
    );
    await tamper(
      'TRUNCATE audit_event, audit_head; INSERT INTO audit_event (tenant_id, seq, event_id, at, payload, payload_hash, prev_hash, hash) SELECT * FROM kept_event; INSERT INTO audit_head SELECT * FROM kept_head',
    );
    expect(await verify()).toMatchObject({ intact: true });
  });
});

describe('listing', () => {
  it('gives the newest first, page by page, and finds by word, person and action', async () => {
    const tenantId = world.northgate;
    const seq = await portal.withTenant(tenantId, (tx) =>
      recordEvent(tx, tenantId, {
        action: 'pool.added',
        outcome: 'ok',
        actor: { personId: world.olga, name: 'Olga 100%_', kind: 'person' },
        target: { kind: 'pool', id: world.pool, name: 'Frankfurt' },
        ip: '198.51.100.7',
        data: { address: '192.0.2.1', port: 443, pin: 'AB' },
      }),
    );
    const list = (filters: Partial<Parameters<typeof listEvents>[1]>) =>
      portal.withTenant(tenantId, (tx) => listEvents(tx, { tenantId, ...filters }));
    const [newest] = await list({ limit: 1 });
    expect(newest).toMatchObject({ seq, action: 'pool.added', ip: '198.51.100.7', data: { port: 443 } });
    expect((await list({ before: seq, limit: 2 })).map((event) => event.seq)).toEqual([seq - 1, seq - 2]);
    expect(await list({ seq })).toHaveLength(1);
    expect(await list({ q: 'frank olga' })).toHaveLength(1);
    expect(await list({ q: '100%_' })).toHaveLength(1);
    expect(await list({ q: '%zzz%' })).toHaveLength(0);
    expect(await list({ personId: world.olga })).toHaveLength(1);
    expect(await list({ targetId: world.pool })).toHaveLength(1);
    expect(await list({ actions: ['pool.added'] })).toHaveLength(1);
    expect(await list({ actions: ['pool.added'], outcome: 'ok' })).toHaveLength(1);
    expect(await list({ actions: ['pool.added'], outcome: 'refused' })).toHaveLength(0);
  });

  it('shows nothing of another organisation', async () => {
    const events = await portal.withTenant(world.acme, (tx) => listEvents(tx, { tenantId: world.globex }));
    expect(events).toEqual([]);
  });
});

describe('refusals', () => {
  it('in a flood are written ten a minute and then counted, for each source apart', async () => {
    const refuse = (ip: string) =>
      portal.withoutTenant((tx) =>
        recordEvent(tx, PLATFORM_CHAIN, {
          action: 'sign-in.refused',
          outcome: 'refused',
          actor: { personId: null, name: '', kind: 'person' },
          ip,
          data: { reason: 'password' },
        }),
      );
    const written: number[] = [];
    for (let n = 0; n < 13; n += 1) written.push(await refuse('203.0.113.5'));
    expect(written.filter((seq) => seq === 0).length).toBeLessThanOrEqual(3);
    expect(await refuse('203.0.113.6')).toBeGreaterThan(0);
    const { rows } = await superuser.pool.query(
      "SELECT sum(count)::int AS tries FROM rate_counter WHERE key LIKE '%203.0.113.5'",
    );
    expect(rows[0]?.tries).toBe(13);
    // One line has as many IPv6 addresses as it likes: they are one source, and an IPv4 address written as IPv6 is itself.
    const fromOneLine: number[] = [];
    for (let n = 1; n <= 12; n += 1) fromOneLine.push(await refuse(`2001:db8:1:2::${n.toString(16)}`));
    expect(fromOneLine).toContain(0);
    expect(await refuse('2001:db8:1:3::1')).toBeGreaterThan(0);
    for (let n = 1; n <= 12; n += 1) expect(await refuse(`::ffff:198.51.100.${n}`)).toBeGreaterThan(0);
  });
});

describe('what the database’s own functions write', () => {
  it('fits the catalogue', async () => {
    const ticket = randomUUID();
    await superuser.pool.query(
      `INSERT INTO console_ticket (tenant_id, id, secret_hash, binder_hash, person_id, login_session_id, vm_id, kind, mode, relay_id, expires_at, used_at)
       VALUES ($1, $2, sha256('t'), sha256('b'), $3, $3, $4, 'screen', 'look', 'r1', now() + interval '20 s', now())`,
      [world.acme, ticket, world.mira, world.web],
    );
    await superuser.pool.query(`
      DO $$
      DECLARE seat jsonb;
      BEGIN
        seat := seat_admit('${ticket}', 'r1', ARRAY['look'], '198.51.100.7', 'test', 9, 9, 9, 9);
        PERFORM hub_event(gen_random_uuid(), (seat ->> 'hubId')::uuid, 'tunnel.up', '{"ms": 4}');
        PERFORM hub_event(gen_random_uuid(), (seat ->> 'hubId')::uuid, 'tunnel.down', NULL);
        PERFORM hub_event(gen_random_uuid(), (seat ->> 'hubId')::uuid, 'tunnel.down', '{"receipt": {"updates": 1}}');
        PERFORM hub_event(gen_random_uuid(), (seat ->> 'hubId')::uuid, 'keyboard.taken',
          jsonb_build_object('toSeatId', seat ->> 'seatId', 'why', 'free', 'reason', 'Backup'));
        PERFORM hub_event(gen_random_uuid(), (seat ->> 'hubId')::uuid, 'keyboard.handed-over',
          jsonb_build_object('fromSeatId', seat ->> 'seatId', 'toSeatId', seat ->> 'seatId', 'why', 'handed-over'));
        PERFORM hub_event(gen_random_uuid(), (seat ->> 'hubId')::uuid, 'keyboard.released',
          jsonb_build_object('fromSeatId', seat ->> 'seatId', 'why', 'released'));
        PERFORM hub_event(gen_random_uuid(), (seat ->> 'hubId')::uuid, 'keyboard.moved', '{"times": 3}');
        PERFORM seat_close(gen_random_uuid(), (seat ->> 'seatId')::uuid, 'left', '{"updates": 1}');
        PERFORM ticket_deny('${ticket}', NULL, 'r1', 'used-before', 'used-before', NULL, NULL);
        PERFORM ticket_deny(NULL, sha256('nobody'), 'r1', 'revoked', 'forged', NULL, NULL);
      END $$`);
    const { rows } = await superuser.pool.query<{ payload: string }>(
      "SELECT payload FROM audit_event WHERE action LIKE 'console.%' OR action LIKE 'tunnel.%' OR action LIKE 'keyboard.%' ORDER BY at",
    );
    const written = rows.map((row) => JSON.parse(row.payload));
    expect(written.map((event) => event.action)).toEqual([
      'console.open',
      'tunnel.up',
      'tunnel.down',
      'tunnel.down',
      'keyboard.taken',
      'keyboard.handed-over',
      'keyboard.released',
      'keyboard.moved',
      'console.close',
      'console.denied',
      'console.denied',
    ]);
    for (const { action, data } of written) {
      const schema = new Map(Object.entries(CATALOGUE)).get(action);
      expect(schema?.safeParse(data).error, action).toBeUndefined();
    }
  });
});
