import { randomBytes, randomUUID } from 'node:crypto';
import { CATALOGUE, isAuditAction, verifyLog } from '@porthole/audit';
import { createPgPool, type PgPool } from '@porthole/db';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Stage, setStage } from './test-stage.ts';

let stage: Stage;
let workers: PgPool;
let ended: string;

beforeAll(async () => {
  stage = await setStage();
  workers = createPgPool({ url: stage.databaseUrl('worker'), maxConnections: 4 });
});
afterAll(async () => {
  await workers.end();
  await stage.end();
});
beforeEach(async () => {
  await sql('DELETE FROM access_grant WHERE ends_at IS NOT NULL');
  await sql('DELETE FROM guest_link');
  await sql('DELETE FROM support_grant');
  await sql('DELETE FROM api_token');
  await sql('DELETE FROM access_request');
  ended = new Date(Date.now() - 60_000).toISOString();
});

const sql = async (text: string, values: unknown[] = []) =>
  (await stage.superuser.pool.query(text, values)).rows;
const tell = async () => Number((await workers.query('SELECT ends_tell() AS n')).rows[0].n);

async function addGrant(endsAt: string | null, over: { team?: string; tag?: string; person?: string } = {}) {
  const [row] = await sql(
    `INSERT INTO access_grant (tenant_id, person_id, team_id, vm_id, tag, role, reason, ends_at)
     VALUES ($1, $2, $3, $4, $5, 'viewer', 'disk full', $6) RETURNING id`,
    [
      stage.world.acme,
      over.team === undefined ? (over.person ?? stage.world.mira) : null,
      over.team ?? null,
      over.tag === undefined ? stage.world.web : null,
      over.tag ?? null,
      endsAt,
    ],
  );
  return String(row.id);
}

async function addLink(endsAt: string) {
  const [row] = await sql(
    `INSERT INTO guest_link (tenant_id, vm_id, vm_name, guest_name, email, rights, one_visit, door, reason, ends_at, created_at,
       created_by, created_name)
     VALUES ($1, $2, 'web', 'Nina', 'n@x.example', '{look}', false, true, '', $3, now() - interval '1 day', $4, 'ada') RETURNING id`,
    [stage.world.acme, stage.world.web, endsAt, stage.world.ada],
  );
  return String(row.id);
}

async function addSupport(endsAt: string, person: string | null) {
  const [row] = await sql(
    `INSERT INTO support_grant (tenant_id, provider_id, reason, rights, length_ms, created_at, expires_at, person_id, person_name,
       given_at, given_by, given_name, ends_at, entered_at)
     VALUES ($1, $2, 'r', '{look}', 3600000, $3::timestamptz - interval '1 hour', $3, $4, $5, $3::timestamptz - interval '1 hour',
       $6, 'ada', $3, $7) RETURNING id`,
    [
      stage.world.acme,
      person === null ? null : stage.world.northgate,
      endsAt,
      person,
      person === null ? null : 'olga',
      stage.world.ada,
      person === null ? null : new Date(Date.parse(endsAt) - 600_000).toISOString(),
    ],
  );
  return String(row.id);
}

async function addToken(endsAt: string) {
  const [row] = await sql(
    `INSERT INTO api_token (tenant_id, person_id, name, digest, scopes, created_at, ends_at)
     VALUES ($1, $2, 'nightly', $3, '{machines}', now() - interval '1 day', $4) RETURNING id`,
    [stage.world.acme, stage.world.mira, randomBytes(32), endsAt],
  );
  return String(row.id);
}

async function addRequest(expiresAt: string, kind: 'access' | 'break-glass' = 'access') {
  const [row] = await sql(
    `INSERT INTO access_request (tenant_id, kind, person_id, person_name, vm_id, vm_name, role, length_ms, reason, created_at,
       expires_at)
     VALUES ($1, $2, $3, 'mira', $4, 'web', 'operator', 60000, 'disk full', $5::timestamptz - interval '10 minutes', $5)
     RETURNING id`,
    [stage.world.acme, kind, stage.world.mira, stage.world.web, expiresAt],
  );
  return String(row.id);
}
const requestsThere = () => sql('SELECT id, outcome, ended_at, ended_by FROM access_request');

/** Events that the log has of ends by date, without what came before `since`. */
async function told(tenantId: string, since = 0) {
  const events = (await stage.events(tenantId)).slice(since);
  return events
    .filter(({ data }) => Object(data).why === 'ran-out')
    .map(({ action, actor, target, data, at }) => ({ action, actor, target, data, at }));
}
const count = async (tenantId: string) => (await stage.events(tenantId)).length;

describe('what ends by its date', () => {
  it('is in the log, with when it ended and in whose place nobody did it', async () => {
    const { acme, northgate, mira, web, olga } = stage.world;
    const [before, beforeThere] = [await count(acme), await count(northgate)];
    const ids = [
      await addGrant(ended),
      await addLink(ended),
      await addToken(ended),
      await addSupport(ended, olga),
      await addRequest(ended),
    ];
    const [grantId, linkId, tokenId, supportId, requestId] = ids;
    await stage.open({ personId: olga });
    await sql("UPDATE console_seat SET opened_at = opened_at - interval '10 minutes' WHERE person_id = $1", [
      olga,
    ]);
    expect(await tell()).toBe(6);

    const by = { actor: { personId: null, name: 'pool-worker', kind: 'system' } };
    const end = { why: 'ran-out', endedAt: ended };
    const vm = { kind: 'vm', id: web };
    const events = await told(acme, before);
    expect(events.map(({ action }) => action).sort()).toEqual([
      'grant.ended',
      'guest.ended',
      'request.lapsed',
      'support.ended',
      'token.ended',
    ]);
    const of = (action: string) => events.find((event) => event.action === action);
    expect(of('grant.ended')).toMatchObject({
      ...by,
      target: vm,
      data: {
        ...end,
        grantId,
        endsAt: ended,
        role: 'viewer',
        reason: 'disk full',
        over: vm,
        receiver: { kind: 'person', id: mira },
      },
    });
    expect(of('guest.ended')).toMatchObject({
      ...by,
      target: { ...vm, name: 'web' },
      data: { ...end, guestLinkId: linkId, guest: 'Nina' },
    });
    expect(of('token.ended')).toMatchObject({
      ...by,
      target: { kind: 'token', id: tokenId },
      data: { ...end, tokenId, name: 'nightly' },
    });
    expect(of('request.lapsed')).toMatchObject({
      ...by,
      target: { ...vm, name: 'web' },
      data: {
        ...end,
        requestId,
        emergency: false,
        role: 'operator',
        lengthMs: 60_000,
        reason: 'disk full',
        receiver: { kind: 'person', id: mira, name: 'mira' },
      },
    });
    const support = {
      ...by,
      target: { kind: 'organisation', id: acme, name: 'acme' },
      data: { ...end, grantId: supportId, consoles: 1, receiver: { id: olga, name: 'olga' } },
    };
    expect(of('support.ended')).toMatchObject(support);
    // Both sides of support read it; of the rest the provider reads nothing.
    expect(await told(northgate, beforeThere)).toMatchObject([{ action: 'support.ended', ...support }]);

    // The catalogue knows each field, and the chains hold.
    for (const { action, data } of events) {
      if (typeof action !== 'string' || !isAuditAction(action)) throw new Error('unknown action');
      expect(() => CATALOGUE[action].parse(data)).not.toThrow();
    }
    for (const tenantId of [acme, northgate])
      expect(await verifyLog(stage.portal, tenantId)).toMatchObject({ intact: true });
  });

  it('is told once, whoever asks and how many at once', async () => {
    const { acme } = stage.world;
    const before = await count(acme);
    for (let n = 0; n < 40; n += 1) await addGrant(ended, { tag: `t${n}` });
    const counts = await Promise.all([tell(), tell(), tell(), tell()]);
    expect(counts.reduce((a, b) => a + b)).toBe(40);
    expect(await tell()).toBe(0);
    const grants = (await told(acme, before)).map(({ data }) => Object(data).grantId);
    expect([grants.length, new Set(grants).size]).toEqual([40, 40]);
  });

  it('is told a hundred of a kind at a time, the oldest first', async () => {
    const { acme } = stage.world;
    const before = await count(acme);
    await sql(
      `INSERT INTO access_grant (tenant_id, person_id, tag, role, ends_at)
       SELECT $1, $2, 'n' || n, 'viewer', now() - n * interval '1 minute' FROM generate_series(1, 130) n`,
      [acme, stage.world.mira],
    );
    expect([await tell(), await tell(), await tell()]).toEqual([100, 30, 0]);
    const tags = (await told(acme, before)).map(({ data }) => Object(data).over.name);
    expect([tags[0], tags[99], tags[100], tags[129]]).toEqual(['n130', 'n31', 'n30', 'n1']);
  });

  it('is not what somebody ended, nor what lasts; and is told anew when its date was moved on and came again', async () => {
    const { acme } = stage.world;
    const before = await count(acme);
    await addGrant(null, { tag: 'for-good' });
    await addGrant(new Date(Date.now() + 60_000).toISOString());
    const taken = await addGrant(ended);
    await sql('UPDATE access_grant SET ended_at = ends_at - interval $$1 s$$ WHERE id = $1', [taken]);
    await addSupport(ended, null);
    await sql('UPDATE support_grant SET ended_at = ends_at - interval $$1 s$$');
    expect(await tell()).toBe(0);

    const moved = await addGrant(ended);
    expect(await tell()).toBe(1);
    await sql('UPDATE access_grant SET ends_at = now() + interval $$1 hour$$ WHERE id = $1', [moved]);
    expect(await tell()).toBe(0);
    await sql(
      'UPDATE access_grant SET end_told_at = now() - interval $$1 hour$$, ends_at = now() WHERE id = $1',
      [moved],
    );
    expect(await tell()).toBe(1);
    expect(await told(acme, before)).toHaveLength(2);
  });

  it('ends a request or an emergency that nobody answered, by nobody and at its own time, and no other', async () => {
    const { acme, ada, northgate, mira } = stage.world;
    const before = await count(acme);
    const emergency = await addRequest(ended, 'break-glass');
    expect(await tell()).toBe(1);
    const lapsed = { outcome: 'expired', ended_at: new Date(ended), ended_by: null };
    expect(await requestsThere()).toEqual([{ id: emergency, ...lapsed }]);
    expect(await told(acme, before)).toMatchObject([{ data: { requestId: emergency, emergency: true } }]);

    const answered = await addRequest(ended);
    await sql(
      `UPDATE access_request SET outcome = 'refused', ended_at = expires_at, ended_by = $2, ended_name = 'ada' WHERE id = $1`,
      [answered, ada],
    );
    await addRequest(new Date(Date.now() + 60_000).toISOString());
    expect(await tell()).toBe(0);
    await sql("UPDATE access_request SET expires_at = now() - interval '1 second' WHERE outcome IS NULL");

    // As its person asks anew before anybody told: of their own organisation alone, and once.
    const lapse = (tenantId: string) =>
      stage.portal.withTenant(
        tenantId,
        (tx) => tx.$queryRaw<{ n: number }[]>`SELECT requests_lapse(${acme}::uuid, ${mira}::uuid) AS n`,
      );
    await expect(lapse(northgate)).rejects.toThrow();
    expect([await lapse(acme), await lapse(acme), await tell()]).toEqual([[{ n: 1 }], [{ n: 0 }], 0]);
    expect((await told(acme, before)).map(({ action }) => action)).toEqual([
      'request.lapsed',
      'request.lapsed',
    ]);
  });

  it('passes over a request that somebody is answering at that moment', async () => {
    const { acme } = stage.world;
    const requestId = await addRequest(ended);
    await stage.portal.withTenant(acme, async (tx) => {
      await tx.$queryRaw`SELECT id::text FROM access_request WHERE id = ${requestId}::uuid FOR UPDATE`;
      expect(await tell()).toBe(0);
    });
    expect(await tell()).toBe(1);
  });

  it('names a team and a tag, and an offer of support that nobody took', async () => {
    const { acme } = stage.world;
    const before = await count(acme);
    const team = randomUUID();
    await sql('INSERT INTO team (tenant_id, id, name) VALUES ($1, $2, $3)', [acme, team, 'On-call']);
    const grantId = await addGrant(ended, { team, tag: 'prod' });
    expect(await tell()).toBe(1);
    await addSupport(ended, null);
    expect(await tell()).toBe(1);
    expect(await told(acme, before)).toMatchObject([
      {
        target: { kind: 'grant', id: grantId, name: 'On-call' },
        data: { over: { kind: 'tag', name: 'prod' }, receiver: { kind: 'team', id: team, name: 'On-call' } },
      },
      { action: 'support.ended', data: { receiver: null } },
    ]);
  });

  it('is told as its row goes with a member or a team before anybody asked, once', async () => {
    const { acme } = stage.world;
    const before = await count(acme);
    const [person, team] = [randomUUID(), randomUUID()];
    await sql("INSERT INTO person (id, email, name, password_hash) VALUES ($1, $2, 'Ida', '')", [
      person,
      `${person}@x.example`,
    ]);
    await sql("INSERT INTO membership (tenant_id, person_id, role) VALUES ($1, $2, 'member')", [
      acme,
      person,
    ]);
    await sql('INSERT INTO team (tenant_id, id, name) VALUES ($1, $2, $3)', [acme, team, 'Short']);
    const [mine, theirs] = [await addGrant(ended, { person }), await addGrant(ended, { team })];
    await addGrant(null, { person });
    await stage.portal.withTenant(acme, (tx) =>
      tx.membership.deleteMany({ where: { tenantId: acme, personId: person } }),
    );
    await stage.portal.withTenant(acme, (tx) => tx.team.deleteMany({ where: { tenantId: acme, id: team } }));
    expect(await tell()).toBe(0);
    expect(
      (await told(acme, before)).map(({ data }) => [Object(data).grantId, Object(data).receiver.name]),
    ).toEqual([
      [mine, 'Ida'],
      [theirs, ''],
    ]);
  });

  it('cannot be silenced by the portal, nor asked for by portal, relay or courier', async () => {
    const { acme, mira, web } = stage.world;
    const insert = `INSERT INTO access_grant (tenant_id, person_id, vm_id, role, end_told_at) VALUES ($1, $2, $3, 'viewer', now())`;
    const denied = /permission denied/;
    await expect(stage.portal.pool.query(insert, [acme, mira, web])).rejects.toThrow(denied);
    for (const table of ['access_grant', 'guest_link', 'support_grant', 'api_token'])
      await expect(stage.portal.pool.query(`UPDATE ${table} SET end_told_at = now()`)).rejects.toThrow(
        denied,
      );
    for (const role of ['portal', 'relay', 'courier'] as const) {
      const pool = createPgPool({ url: stage.databaseUrl(role), maxConnections: 1 });
      for (const call of ['ends_tell()', 'guest_visits_tidy()'])
        await expect(pool.query(`SELECT ${call}`)).rejects.toThrow(denied);
      await pool.end();
    }
  });
});

describe('old visits of guests', () => {
  it('go a week after their end, a thousand at once; the link keeps what its page shows', async () => {
    const { acme } = stage.world;
    const link = await addLink(new Date(Date.now() + 60_000).toISOString());
    const add = (n: number, age: string) =>
      sql(
        `INSERT INTO guest_visit (tenant_id, link_id, digest, created_at, expires_at)
         SELECT $1, $2, sha256(convert_to($4 || n, 'UTF8')), now() - $4::interval - interval '30 minutes', now() - $4::interval
         FROM generate_series(1, $3::int) n`,
        [acme, link, n, age],
      );
    await add(1, '6 days 23 hours');
    await add(1_001, '7 days 1 minute');
    await add(1, '-10 minutes');
    const tidy = async () => (await workers.query('SELECT guest_visits_tidy() AS n')).rows[0].n;
    expect([await tidy(), await tidy(), await tidy()]).toEqual([1_000, 1, 0]);
    expect(await sql('SELECT count(*)::int AS n FROM guest_visit WHERE link_id = $1', [link])).toEqual([
      { n: 2 },
    ]);
    await sql('DELETE FROM guest_visit');
  });
});
