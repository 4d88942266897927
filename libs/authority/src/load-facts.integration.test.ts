import { can } from '@porthole/rbac';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stage, setStage } from '../../../prisma/test-stage.ts';
import { loadEpochs } from './load-epochs.ts';
import { loadFacts, loadFactsOfMany } from './load-facts.ts';
import { membershipsOf } from './memberships-of.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.end());

const who = (personId: string, tenantId = stage.world.acme) => ({
  tenantId,
  personId,
  loginSessionId: stage.world.sessions[personId] ?? '',
});
const load = (personId: string) =>
  stage.portal.withTenant(stage.world.acme, (tx) => loadFacts(tx, who(personId)));
const sql = (text: string, values: unknown[] = []) => stage.superuser.pool.query(text, values);
const web = () => ({
  id: stage.world.web,
  tenantId: stage.world.acme,
  poolId: stage.world.pool,
  tags: ['prod'],
  isControlDomain: false,
});

describe('the facts', () => {
  it('let can() decide as the rows say', async () => {
    const mira = await load(stage.world.mira);
    expect(mira).toMatchObject({
      personName: 'mira',
      role: 'member',
      tenantKind: 'customer',
      sessionAlive: true,
    });
    expect(can(mira, 'type', web()).allowed).toBe(true);
    expect(can(mira, 'share', web()).allowed).toBe(false);
    expect(can(await load(stage.world.ada), 'share', web()).allowed).toBe(true);
  });

  it('give a stranger no role', async () => {
    expect(await load(stage.world.gus)).toMatchObject({ role: null, grants: [] });
  });

  it('are not given for another organisation than the one in context', async () => {
    const foreign = stage.portal.withTenant(stage.world.globex, (tx) => loadFacts(tx, who(stage.world.mira)));
    await expect(foreign).rejects.toMatchObject({ code: 'db/refused' });
  });

  it('are absent for a person that is not', async () => {
    const nobody = stage.portal.withTenant(stage.world.acme, (tx) =>
      loadFacts(tx, { ...who(stage.world.mira), personId: stage.world.web }),
    );
    await expect(nobody).rejects.toMatchObject({ code: 'organisation/not-found' });
  });

  it('of several people are those of each, in one statement', async () => {
    const { acme, mira, ada, web } = stage.world;
    const loginSessionId = stage.world.sessions[mira] ?? '';
    const many = await stage.portal.withTenant(acme, (tx) =>
      loadFactsOfMany(tx, { tenantId: acme, personIds: [mira, ada, web], loginSessionId }),
    );
    expect([...many.keys()].sort()).toEqual([mira, ada].sort());
    expect(many.get(mira)).toMatchObject({ personName: 'mira', sessionAlive: true });
    expect(many.get(ada)).toMatchObject({ personName: 'ada', sessionAlive: false });
  });

  it('know a grant by team, and only while it lasts', async () => {
    await sql("INSERT INTO team (tenant_id, id, name) VALUES ($1, $2, 'On-call')", [
      stage.world.acme,
      stage.world.web,
    ]);
    await sql('INSERT INTO team_member (tenant_id, team_id, person_id) VALUES ($1, $2, $3)', [
      stage.world.acme,
      stage.world.web,
      stage.world.mira,
    ]);
    await sql(
      `INSERT INTO access_grant (tenant_id, team_id, tag, role, ends_at) VALUES
         ($1, $2, 'prod', 'manager', now() + interval '1 hour'), ($1, $2, 'test', 'viewer', now() - interval '1 s')`,
      [stage.world.acme, stage.world.web],
    );
    const { grants } = await load(stage.world.mira);
    expect(grants.map((grant) => [grant.role, grant.target.kind, grant.team])).toEqual(
      expect.arrayContaining([
        ['operator', 'vm', null],
        ['manager', 'tag', 'On-call'],
      ]),
    );
    expect(grants).toHaveLength(2);
  });

  it('know locks, and not those that were lifted', async () => {
    await sql(
      `INSERT INTO emergency_lock (tenant_id, vm_id, lifted_at) VALUES ($1, $2, NULL), ($1, NULL, now())`,
      [stage.world.acme, stage.world.web],
    );
    const facts = await load(stage.world.mira);
    expect(facts.locks.map((lock) => lock.target)).toEqual([{ kind: 'vm', vmId: stage.world.web }]);
    expect(can(facts, 'look', web())).toEqual({ allowed: false, reason: 'locked' });
    await sql('DELETE FROM emergency_lock');
  });

  it('know a lock of the pool’s owner, and none that another holder set over it', async () => {
    const { northgate, globex, pool } = stage.world;
    await sql('INSERT INTO emergency_lock (tenant_id, pool_id) VALUES ($1, $3), ($2, $3)', [
      northgate,
      globex,
      pool,
    ]);
    const facts = await load(stage.world.mira);
    expect(facts.locks.map((lock) => lock.target)).toEqual([{ kind: 'pool', poolId: pool }]);
    expect(can(facts, 'look', web())).toEqual({ allowed: false, reason: 'locked' });
    await sql('DELETE FROM emergency_lock');
  });

  it('know support that is inside, and nothing of a grant that nobody entered by', async () => {
    const { acme, ada, olga, northgate } = stage.world;
    expect(await load(olga)).toMatchObject({ role: null, support: null });
    await sql(
      `INSERT INTO support_grant (tenant_id, provider_id, person_id, person_name, reason, rights, length_ms, created_at,
         expires_at, given_at, given_by, given_name, ends_at)
       VALUES ($1, $2, $3, 'olga', 'ticket 4711', '{look}', 60000, now(), now() + interval '1 hour', now(), $4, 'ada',
         now() + interval '1 minute')`,
      [acme, northgate, olga, ada],
    );
    expect(await load(olga)).toMatchObject({ support: null });
    await sql('UPDATE support_grant SET entered_at = now()');
    expect(await load(olga)).toMatchObject({ role: null, support: { rights: ['look'] } });
    expect(can(await load(olga), 'look', web()).allowed).toBe(true);
    expect(await stage.portal.withoutTenant((tx) => membershipsOf(tx, olga))).toMatchObject([
      { slug: 'acme', role: 'support' },
      { slug: 'northgate', role: 'operator' },
    ]);
    await sql("INSERT INTO membership (tenant_id, person_id, role) VALUES ($1, $2, 'member')", [acme, olga]);
    expect(await load(olga)).toMatchObject({ role: 'member', support: null });
    await sql('DELETE FROM membership WHERE tenant_id = $1 AND person_id = $2', [acme, olga]);
    await sql('DELETE FROM support_grant');
  });

  it.each([
    ["UPDATE login_session SET expires_at = now() - interval '1 s'"],
    ["UPDATE login_session SET last_input_at = now() - interval '61 minutes'"],
    ['DELETE FROM login_session'],
  ])('know that the session is dead after: %s', async (text) => {
    await stage.superuser.pool.query('CREATE TABLE IF NOT EXISTS kept AS SELECT * FROM login_session');
    await sql(text);
    expect((await load(stage.world.mira)).sessionAlive).toBe(false);
    await sql('DELETE FROM login_session');
    await sql('INSERT INTO login_session SELECT * FROM kept');
  });

  it('take another person’s session for none', async () => {
    const facts = await stage.portal.withTenant(stage.world.acme, (tx) =>
      loadFacts(tx, {
        ...who(stage.world.mira),
        loginSessionId: stage.world.sessions[stage.world.ada] ?? '',
      }),
    );
    expect(facts.sessionAlive).toBe(false);
  });

  it('carry the organisation’s own limits', async () => {
    await sql('INSERT INTO tenant_policy (tenant_id, idle_timeout_ms) VALUES ($1, 60000)', [
      stage.world.acme,
    ]);
    expect((await load(stage.world.mira)).policy).toEqual({
      idleTimeoutMs: 60_000,
      maximumTimeMs: null,
      clipboardToGuest: true,
      clipboardFromGuest: true,
      keyboard: 'free',
    });
  });
});

describe('memberships', () => {
  it('are found without an organisation in context', async () => {
    const found = await stage.portal.withoutTenant((tx) => membershipsOf(tx, stage.world.mira));
    expect(found).toMatchObject([{ slug: 'acme', role: 'member', kind: 'customer', suspendedAt: null }]);
  });
});

describe('epochs', () => {
  const watched = ['acme', 'globex', 'northgate', 'mira', 'ada'] as const;
  const epochs = () => {
    const { acme, globex, northgate, mira, ada } = stage.world;
    return loadEpochs(stage.portal.pool, { tenantIds: [acme, globex, northgate], personIds: [mira, ada] });
  };
  /** Names of those whose epoch grew while the statement ran. */
  const grownBy = async (text: string, values: unknown[] = []): Promise<string[]> => {
    const before = await epochs();
    await sql(text, values);
    const after = await epochs();
    return watched.filter((name) => before.get(stage.world[name]) !== after.get(stage.world[name]));
  };

  it.each([
    ['acme', 'UPDATE access_grant SET ended_at = now()'],
    ['acme', "UPDATE access_grant SET ended_at = NULL, role = 'viewer'"],
    [
      'acme',
      "INSERT INTO access_grant (tenant_id, person_id, tag, role) SELECT tenant_id, person_id, 'x', 'viewer' FROM membership JOIN tenant ON tenant.id = tenant_id WHERE slug = 'acme' LIMIT 1",
    ],
    ['acme', 'DELETE FROM team_member'],
    ['acme', "UPDATE membership SET role = 'admin' WHERE role = 'member'"],
    ['acme', 'UPDATE tenant_policy SET idle_timeout_ms = 90000'],
    ['acme', 'UPDATE tenant_policy SET clipboard_to_guest = false'],
    ['acme', 'UPDATE tenant_policy SET clipboard_from_guest = false'],
    ['acme', "UPDATE tenant_policy SET keyboard = 'one-person'"],
    ['acme', "UPDATE tenant SET suspended_at = now() WHERE slug = 'acme'"],
    ['acme', "INSERT INTO emergency_lock (tenant_id) SELECT id FROM tenant WHERE slug = 'acme'"],
    ['acme', 'UPDATE emergency_lock SET lifted_at = now() WHERE lifted_at IS NULL'],
    ['acme', "UPDATE vm SET tags = '{a}' WHERE name = 'web'"],
    ['acme', "UPDATE vm SET is_control_domain = true WHERE name = 'web'"],
    ['acme,globex', 'UPDATE pool SET removed_at = now()'],
    ['acme', "UPDATE vm SET gone_at = now() WHERE name = 'web'"],
    ['acme,globex', "UPDATE vm SET gone_at = now() + interval '1 s'"],
    [
      'acme,globex,northgate',
      'INSERT INTO emergency_lock (tenant_id, pool_id) SELECT tenant_id, id FROM pool',
    ],
    ['acme,globex,northgate', 'UPDATE emergency_lock SET lifted_at = now() WHERE pool_id IS NOT NULL'],
    ['mira', "UPDATE person SET disabled_at = now() WHERE name = 'mira'"],
    ['mira', "UPDATE person SET password_hash = 'x' WHERE name = 'mira'"],
    [
      'mira',
      "UPDATE login_session s SET expires_at = now() - interval '1 ms' FROM person p WHERE p.id = s.person_id AND p.name = 'mira'",
    ],
    ['mira', "DELETE FROM login_session s USING person p WHERE p.id = s.person_id AND p.name = 'mira'"],
    // What decides nothing bumps nothing.
    ['', 'UPDATE vm SET memory_bytes = 7, seen_at = now(), operation = $$x$$'],
    ['', 'UPDATE vm SET tags = tags'],
    ['', "UPDATE access_grant SET reason = 'because'"],
    ['', "UPDATE tenant SET name = 'Acme Ltd' WHERE slug = 'acme'"],
    ['', "UPDATE person SET name = name || '!'"],
    ['', 'UPDATE login_session SET last_input_at = now()'],
    ['', "UPDATE login_session SET expires_at = expires_at - interval '1 minute'"],
    ['', "UPDATE pool SET state = 'unreachable'"],
    [
      '',
      "INSERT INTO login_session (digest, binder_hash, person_id, expires_at) SELECT 'd', sha256('x'), id, now() + interval '1 hour' FROM person WHERE name = 'ada!'",
    ],
  ])('of %j grow by: %s', async (expected, text) => {
    expect((await grownBy(text)).join(',')).toBe(expected);
  });

  it('are bumped once for a statement, however many rows it changed', async () => {
    const before = BigInt((await epochs()).get(stage.world.acme) ?? 0);
    await sql(
      "INSERT INTO access_grant (tenant_id, person_id, tag, role) SELECT $1, $2, 'n' || n, 'viewer' FROM generate_series(1, 50) n",
      [stage.world.acme, stage.world.mira],
    );
    expect(BigInt((await epochs()).get(stage.world.acme) ?? 0)).toBe(before + 1n);
  });

  it('of both holders grow when a machine changes hands', async () => {
    await sql('DELETE FROM access_grant');
    expect(await grownBy("UPDATE vm SET tenant_id = $1 WHERE name = 'web'", [stage.world.globex])).toEqual([
      'acme',
      'globex',
    ]);
  });
});
