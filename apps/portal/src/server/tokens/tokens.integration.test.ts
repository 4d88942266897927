import { randomBytes } from 'node:crypto';
import { digestOfApiToken, newApiToken } from '@porthole/auth';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appRouter } from '../app-router.ts';
import { Browser } from '../testing/browser.ts';
import { fillRate } from '../testing/fill-rate.ts';
import {
  addGrant,
  addPoolRow,
  addVm,
  createFixture,
  eventsOf,
  type Fixture,
  type Name,
} from '../testing/portal-fixture.ts';
import { programWith } from '../testing/program.ts';
import { CALLS } from './calls.ts';
import { endToken } from './end-token.ts';
import { makeToken } from './make-token.ts';
import { CALLS_PER_TOKEN, MAX_LIVE_TOKENS, REFUSALS_PER_IP, TOKEN_MAX_MS } from './token-limits.ts';
import { TOKEN_SCOPES, type TokenScope } from './token-scopes.ts';

const HOUR_MS = 3_600_000;

let fixture: Fixture;
let web: string;

beforeAll(async () => {
  fixture = await createFixture();
  const poolId = await addPoolRow(fixture);
  web = await addVm(fixture, { name: 'web-01', poolId });
  await addVm(fixture, { name: 'db-01', poolId });
  await addGrant(fixture, { to: 'mira', vmId: web, role: 'operator' });
});
afterAll(() => fixture.end());
beforeEach(() => fixture.sql('DELETE FROM rate_counter'));

const inAnHour = () => new Date(Date.now() + HOUR_MS);

/** Makes one by the use-case, as the person of that name. */
async function made(
  name: Name,
  scopes: readonly TokenScope[] = TOKEN_SCOPES,
  over: { endsAt?: Date; name?: string } = {},
): Promise<{ tokenId: string; token: string }> {
  const actor = await fixture.actor(name);
  return makeToken(fixture.deps, actor, {
    org: actor.slug,
    name: 'Nightly',
    scopes: [...scopes],
    endsAt: inAnHour(),
    ...over,
  });
}

const program = (token: string, ip?: string) => programWith(fixture.deps, token, ip);
const lastOf = async (tenant: 'acme' | 'platform') => (await eventsOf(fixture, tenant)).at(-1);
const withoutReference = (text: string) => text.replace(/"reference":"[^"]*"/, '"reference":"…"');

const procedures = Object.entries<object>(appRouter._def.procedures).map(([path, procedure]) => ({
  path,
  type: String(Reflect.get(Object(Reflect.get(procedure, '_def')), 'type')),
}));

describe('a token that was made through the API', () => {
  it('is shown once, acts for its person with their rights, and says so in the log, until it is ended', async () => {
    const mira = new Browser(fixture.deps);
    await mira.signIn('mira');
    const input = {
      org: 'acme',
      name: ' Nightly restart ',
      scopes: ['power', 'machines'],
      endsAt: inAnHour(),
    };
    const answer = await mira.mutate('tokens.make', input);
    const { token, tokenId } = Object(answer.data);
    expect(token).toMatch(/^porthole_[a-z2-7]{40}$/);
    expect(await lastOf('acme')).toMatchObject({
      action: 'token.made',
      actor: { name: 'mira' },
      target: { kind: 'token', id: tokenId, name: 'Nightly restart' },
      data: { scopes: ['machines', 'power'] },
    });

    const nightly = program(token);
    const list = await nightly.query('machines.list', { org: 'acme' });
    expect(list.error).toBeNull();
    expect(Object(list.data).rows.map((row: { name: string }) => row.name)).toEqual(['web-01']);
    expect(list.setCookies).toEqual([]);

    const asked = await nightly.mutate('power.request', {
      org: 'acme',
      vmIds: [web],
      act: 'clean_reboot',
    });
    expect(asked.error).toBeNull();
    expect(Object(asked.data)[0]).toMatchObject({ vmName: 'web-01', refusal: null });
    expect(await lastOf('acme')).toMatchObject({
      action: 'power.requested',
      actor: { personId: fixture.people.mira, name: 'mira', token: { id: tokenId, name: 'Nightly restart' } },
      ip: '198.51.100.20',
    });
    // What comes of it is told by the worker, which reads who asked from here.
    expect(await fixture.sql('SELECT person_name, token_id, token_name FROM power_operation')).toEqual([
      { person_name: 'mira', token_id: tokenId, token_name: 'Nightly restart' },
    ]);

    const mine = await mira.query('tokens.mine', { org: 'acme' });
    expect(mine.text).not.toContain(token);
    expect(mine.data).toEqual([
      expect.objectContaining({
        id: tokenId,
        name: 'Nightly restart',
        scopes: ['machines', 'power'],
        state: 'works',
        lastUsed: { at: expect.any(Date), ip: '198.51.100.20' },
      }),
    ]);

    expect((await mira.mutate('tokens.end', { org: 'acme', tokenId })).data).toEqual({ ended: true });
    expect(await lastOf('acme')).toMatchObject({ action: 'token.ended', data: { tokenId, why: 'by-hand' } });
    const refused = await nightly.query('machines.list', { org: 'acme' });
    expect([refused.status, refused.error?.data.appCode]).toEqual([401, 'token/refused']);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(await lastOf('acme')).toMatchObject({
      action: 'token.refused',
      outcome: 'refused',
      actor: { name: 'mira', token: { id: tokenId } },
      data: { reason: 'ended' },
    });
    expect((await mira.mutate('tokens.end', { org: 'acme', tokenId })).status).toBe(404);
  });

  it('is kept nowhere: not in the database, not in a line of the log', async () => {
    const { token } = await made('jon');
    await program(token).query('machines.list', { org: 'acme' });
    await program(token).mutate('console.open', { org: 'acme', vmId: web, mode: 'look' });
    const [row] = await fixture.sql(
      `SELECT (SELECT string_agg(t::text, '') FROM api_token t) || (SELECT string_agg(payload, '') FROM audit_event) AS all`,
    );
    const secret = token.slice('porthole_'.length);
    expect(String(row?.all)).toContain('Nightly');
    expect(String(row?.all)).not.toContain(secret);
    expect(String(row?.all)).not.toContain(Buffer.from(secret).toString('hex'));
    expect(fixture.lines.join('')).not.toContain(secret);
  });

  it('tells the log of its first use, once, however many come at the same time', async () => {
    const { token, tokenId } = await made('jon');
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => program(token).query('machines.list', { org: 'acme' })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    await program(token).query('machines.list', { org: 'acme' });
    const uses = (await eventsOf(fixture, 'acme')).filter(
      ({ action, data }) => action === 'token.used' && Object(data).tokenId === tokenId,
    );
    expect(uses).toHaveLength(1);
  });

  it('is made by who confirmed themself just now, and by nobody else', async () => {
    const mira = await fixture.actor('mira');
    const input = { org: 'acme', name: 'X', scopes: ['machines' as const], endsAt: inAnHour() };
    for (const confirmedAt of [null, new Date(Date.now() - 11 * 60_000)])
      await expect(makeToken(fixture.deps, { ...mira, confirmedAt }, input)).rejects.toMatchObject({
        code: 'auth/confirm-first',
      });
  });

  it('lasts a year at most, in the table too', async () => {
    const tooLong = new Date(Date.now() + TOKEN_MAX_MS + HOUR_MS);
    await expect(made('mira', ['machines'], { endsAt: tooLong })).rejects.toMatchObject({
      code: 'token/too-long',
    });
    await expect(made('mira', ['machines'], { endsAt: new Date(Date.now() - 1) })).rejects.toMatchObject({
      code: 'token/past-end',
    });
    const { tokenId } = await made('mira', ['machines'], {
      endsAt: new Date(Date.now() + TOKEN_MAX_MS - HOUR_MS),
    });
    await expect(
      fixture.sql("UPDATE api_token SET ends_at = ends_at + interval '1 day' WHERE id = $1", [tokenId]),
    ).rejects.toThrow('api_token_life');
    await fixture.sql('DELETE FROM api_token WHERE id = $1', [tokenId]);
  });

  it('is one of twenty, however many are made at once', async () => {
    const results = [];
    for (let round = 0; round < 2; round += 1) {
      await fixture.sql('DELETE FROM rate_counter');
      results.push(
        ...(await Promise.allSettled(Array.from({ length: 13 }, () => made('tom', ['machines'])))),
      );
    }
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(MAX_LIVE_TOKENS);
    await fixture.sql('DELETE FROM rate_counter');
    await expect(made('tom', ['machines'])).rejects.toMatchObject({ code: 'token/too-many' });
    // One that has ended makes room.
    await fixture.sql(
      `UPDATE api_token SET created_at = now() - interval '2 hours', ends_at = now() - interval '1 hour'
       WHERE id = (SELECT id FROM api_token WHERE person_id = $1 LIMIT 1)`,
      [fixture.people.tom],
    );
    expect((await made('tom', ['machines'])).token).toBeTruthy();
  });
});

describe('a token that gives nothing', () => {
  /** What the answer is, whatever is wrong with it. */
  const refusalOf = async (token: string) => {
    const { status, text } = await program(token).query('machines.list', { org: 'acme' });
    return [status, withoutReference(text)];
  };

  it('is told the same in every case, and the log knows which it was', async () => {
    const unknown = await refusalOf(newApiToken().reveal());
    expect(unknown[0]).toBe(401);
    expect(await lastOf('platform')).toMatchObject({ action: 'token.refused', data: { reason: 'unknown' } });
    for (const malformed of ['', 'x', 'porthole_', 'a b', '{}', `${newApiToken().reveal()}x`])
      expect(await refusalOf(malformed)).toEqual(unknown);
    expect(await lastOf('platform')).toMatchObject({ data: { reason: 'malformed' } });

    const { token, tokenId } = await made('jon');
    const cases: [reason: string, spoil: string, mend: string][] = [
      [
        'late',
        "created_at = now() - interval '2 hours', ends_at = now() - interval '1 hour'",
        "ends_at = now() + interval '1 hour'",
      ],
      ['ended', "ended_at = now(), ended_why = 'password-reset'", 'ended_at = NULL, ended_why = NULL'],
    ];
    for (const [reason, spoil, mend] of cases) {
      await fixture.sql(`UPDATE api_token SET ${spoil} WHERE id = $1`, [tokenId]);
      expect(await refusalOf(token)).toEqual(unknown);
      expect(await lastOf('acme')).toMatchObject({ action: 'token.refused', data: { reason } });
      await fixture.sql(`UPDATE api_token SET ${mend} WHERE id = $1`, [tokenId]);
    }
    const { jon } = fixture.people;
    const { acme } = fixture.tenants;
    const standings: [reason: string, spoil: string, mend: string, ids: string[]][] = [
      [
        'person-disabled',
        'UPDATE person SET disabled_at = now() WHERE id = $1',
        'UPDATE person SET disabled_at = NULL WHERE id = $1',
        [jon],
      ],
      [
        'tenant-suspended',
        'UPDATE tenant SET suspended_at = now() WHERE id = $1',
        'UPDATE tenant SET suspended_at = NULL WHERE id = $1',
        [acme],
      ],
      [
        'locked',
        `INSERT INTO emergency_lock (tenant_id, id, person_id, reason, created_by)
         VALUES ($1, gen_random_uuid(), $2, 'test', $2)`,
        'UPDATE emergency_lock SET lifted_at = now() WHERE tenant_id = $1 AND person_id = $2',
        [acme, jon],
      ],
    ];
    for (const [reason, spoil, mend, ids] of standings) {
      await fixture.sql(spoil, ids);
      expect(await refusalOf(token)).toEqual(unknown);
      expect(await lastOf('acme')).toMatchObject({ action: 'token.refused', data: { reason } });
      await fixture.sql(mend, ids);
      expect((await program(token).query('machines.list', { org: 'acme' })).status).toBe(200);
    }
  });

  it('never falls back to the cookie, and a working one ignores it', async () => {
    const jon = new Browser(fixture.deps);
    await jon.signIn('jon');
    jon.headers.authorization = 'Bearer porthole_wrong';
    expect((await jon.query('auth.me')).error?.data.appCode).toBe('token/refused');
    const { token } = await made('mira', ['machines']);
    jon.headers.authorization = `Bearer ${token}`;
    const list = await jon.query('machines.list', { org: 'acme' });
    expect(Object(list.data).total).toBe(1);
    expect((await jon.query('auth.me')).error?.data.appCode).toBe('token/out-of-scope');
    // Of another scheme it is a proxy's word, and none of ours.
    jon.headers.authorization = 'Basic dXNlcjpwYXNz';
    expect((await jon.query('auth.me')).status).toBe(200);
  });

  it('is heard sixty times a minute from one address, and holds up no working one', async () => {
    const { token } = await made('jon');
    await fillRate(fixture, { key: 'token.refused:from:198.51.100.66', ...REFUSALS_PER_IP });
    const stranger = await program('porthole_x', '198.51.100.66').query('machines.list', { org: 'acme' });
    expect([stranger.status, stranger.error?.data.appCode]).toEqual([429, 'rate/limited']);
    expect((await program(token, '198.51.100.66').query('machines.list', { org: 'acme' })).status).toBe(200);
  });
});

describe('tokens that do not work', () => {
  it('are counted by the network of 64 bits: in it, everybody has as many addresses as they like', async () => {
    await fillRate(fixture, { key: 'token.refused:from:2001:db8:7:1::/64', ...REFUSALS_PER_IP });
    const from = async (ip: string) =>
      (await program('porthole_x', ip).query('machines.list', { org: 'acme' })).error?.data.appCode;
    expect(await from('2001:db8:7:1::a')).toBe('rate/limited');
    expect(await from('2001:db8:7:1:ffff::b')).toBe('rate/limited');
    expect(await from('2001:db8:7:2::a')).toBe('token/refused');
  });
});

describe('what a token may', () => {
  it('stands for every call of the router, and for no other', () => {
    expect(Object.keys(CALLS).sort()).toEqual(procedures.map(({ path }) => path).sort());
  });

  it('is for every scope something, and for nothing without one', () => {
    const scopes = new Set(Object.values(CALLS).flatMap(({ scope }) => scope ?? []));
    expect([...scopes].sort()).toEqual([...TOKEN_SCOPES].sort());
  });

  describe.each(procedures)('$path', ({ path, type }) => {
    const send = (token: string) =>
      type === 'mutation'
        ? program(token).mutate(path, { org: 'acme' })
        : program(token).query(path, { org: 'acme' });
    const scope = CALLS[path]?.scope ?? null;

    it(scope === null ? 'is refused to a token with every scope' : `needs ${scope}`, async () => {
      // Of gus, who is no member there: what gets past the scope ends before it does anything.
      const without = await send(await tokenFor(TOKEN_SCOPES.filter((one) => one !== scope)));
      expect(without.text).toContain('token/out-of-scope');
      expect(without.text).not.toContain('"result":{"data"');
      if (scope === null) return;
      const withIt = await send(await tokenFor([scope]));
      expect(withIt.text).toContain('organisation/not-found');
    });
  });

  const tokens = new Map<string, string>();
  async function tokenFor(scopes: readonly TokenScope[]): Promise<string> {
    const key = scopes.join();
    const known = tokens.get(key) ?? (await made('gus', scopes)).token;
    tokens.set(key, known);
    return known;
  }

  it('is said of a refused console in plain words, and in the log as a console that was asked for', async () => {
    const { token } = await made('jon');
    const answer = await program(token).mutate('console.open', { org: 'acme', vmId: web, mode: 'look' });
    expect(answer.status).toBe(403);
    expect(answer.error?.message).toBe(
      'API tokens can’t make this call. A console opens in the browser of somebody who is signed in; a pass is bound to both.',
    );
    expect(await lastOf('acme')).toMatchObject({
      action: 'console.request',
      outcome: 'refused',
      actor: { name: 'jon', token: { name: 'Nightly' } },
      data: { reason: 'token/out-of-scope (not-for-tokens)' },
    });
  });

  it('is never more than its person may at that moment', async () => {
    const vm = await addVm(fixture, { name: 'shared', poolId: await addPoolRow(fixture, 'Other') });
    const grant = await addGrant(fixture, { to: 'mira', vmId: vm, role: 'viewer' });
    const { token } = await made('mira');
    const restart = () =>
      program(token).mutate('power.request', { org: 'acme', vmIds: [vm], act: 'clean_reboot' });
    expect((await restart()).status).toBe(403);
    expect((await program(token).query('log.list', { org: 'acme' })).status).toBe(403);
    await fixture.sql("UPDATE access_grant SET role = 'operator' WHERE id = $1", [grant]);
    expect((await restart()).status).toBe(200);
    await fixture.sql('UPDATE access_grant SET ended_at = now() WHERE id = $1', [grant]);
    expect((await restart()).status).toBe(404);
  });

  it('ends at its organisation: another of its person’s is told apart from an absent one by nothing', async () => {
    await fixture.sql("INSERT INTO membership (tenant_id, person_id, role) VALUES ($1, $2, 'admin')", [
      fixture.tenants.globex,
      fixture.people.jon,
    ]);
    const { token } = await made('jon');
    const [theirs, absent] = [
      await program(token).query('machines.list', { org: 'globex' }),
      await program(token).query('machines.list', { org: 'nowhere' }),
    ];
    expect([theirs.status, theirs.text]).toEqual([404, absent.text]);
    await fixture.sql('DELETE FROM membership WHERE tenant_id = $1 AND person_id = $2', [
      fixture.tenants.globex,
      fixture.people.jon,
    ]);
  });

  it('is three hundred calls a minute', async () => {
    const { token, tokenId } = await made('jon');
    await fillRate(fixture, { key: `token.call:${tokenId}`, ...CALLS_PER_TOKEN });
    const answer = await program(token).query('machines.list', { org: 'acme' });
    expect([answer.status, answer.error?.data.retryAfterS]).toEqual([429, expect.any(Number)]);
  });

  it.each([
    ['by a page of another site', { origin: 'https://evil.example' }],
    ['by a link of another site', { 'sec-fetch-site': 'cross-site' }],
    ['as a form', { 'content-type': 'application/x-www-form-urlencoded' }],
  ])('is nothing %s', async (_how, headers) => {
    const { token } = await made('jon');
    const page = program(token);
    Object.assign(page.headers, headers);
    const answer = await page.mutate('log.verify', { org: 'acme' });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.text).not.toContain('"result":{"data"');
  });
});

describe('the second factor that an organisation asks for', () => {
  it('is what the maker’s session had shown, for as long as they have one', async () => {
    const actor = await fixture.actor('jon');
    const factorAt = new Date(Date.now() - HOUR_MS);
    await fixture.sql('UPDATE login_session SET factor_at = $2 WHERE id = $1', [
      actor.loginSessionId,
      factorAt,
    ]);
    const without = await made('jon', ['machines']);
    const shown = await makeToken(fixture.deps, actor, {
      org: 'acme',
      name: 'With factor',
      scopes: ['machines'],
      endsAt: inAnHour(),
    });
    await fixture.sql("INSERT INTO tenant_policy (tenant_id, second_factor) VALUES ($1, 'members')", [
      fixture.tenants.acme,
    ]);
    const codeOf = async (token: string) =>
      (await program(token).query('machines.list', { org: 'acme' })).error?.data.appCode ?? 'ok';
    // It has been turned off since.
    expect(await codeOf(shown.token)).toBe('auth/factor-required');
    await fixture.sql(
      `INSERT INTO passkey (person_id, credential_id, public_key, sign_count, name, is_synced)
       VALUES ($1, $2, $3, 0, 'Key', false)`,
      [fixture.people.jon, randomBytes(16), randomBytes(77)],
    );
    expect([await codeOf(shown.token), await codeOf(without.token)]).toEqual(['ok', 'auth/factor-required']);
    await fixture.sql('DELETE FROM passkey WHERE person_id = $1', [fixture.people.jon]);
    await fixture.sql('DELETE FROM tenant_policy WHERE tenant_id = $1', [fixture.tenants.acme]);
  });
});

describe('the end of a token', () => {
  it('comes with the membership, and who comes back finds none', async () => {
    const { token, tokenId } = await made('tom', ['machines']).catch(async () => {
      await fixture.sql('DELETE FROM api_token WHERE person_id = $1', [fixture.people.tom]);
      return made('tom', ['machines']);
    });
    const jon = new Browser(fixture.deps);
    await jon.signIn('jon');
    expect((await jon.mutate('people.remove', { org: 'acme', personId: fixture.people.tom })).status).toBe(
      200,
    );
    const events = await eventsOf(fixture, 'acme');
    expect(events).toContainEqual(
      expect.objectContaining({
        action: 'token.ended',
        data: { tokenId, name: 'Nightly', why: 'member-left' },
      }),
    );
    await fixture.sql("INSERT INTO membership (tenant_id, person_id, role) VALUES ($1, $2, 'member')", [
      fixture.tenants.acme,
      fixture.people.tom,
    ]);
    expect((await program(token).query('machines.list', { org: 'acme' })).error?.data.appCode).toBe(
      'token/refused',
    );
    expect(await fixture.sql('SELECT 1 FROM api_token WHERE id = $1', [tokenId])).toEqual([]);
  });

  it('comes with a new password, of this person alone', async () => {
    const [mine, others] = [await made('mira', ['machines']), await made('jon', ['machines'])];
    await fixture.sql("UPDATE person SET password_hash = password_hash || ' ' WHERE id = $1", [
      fixture.people.mira,
    ]);
    const statusOf = async (token: string) =>
      (await program(token).query('machines.list', { org: 'acme' })).status;
    expect([await statusOf(mine.token), await statusOf(others.token)]).toEqual([401, 200]);
    const [row] = await fixture.sql('SELECT ended_why FROM api_token WHERE id = $1', [mine.tokenId]);
    expect(row).toEqual({ ended_why: 'password-reset' });
    await fixture.sql('UPDATE person SET password_hash = rtrim(password_hash) WHERE id = $1', [
      fixture.people.mira,
    ]);
  });

  it('is its person’s doing, or that of who runs the organisation, and nobody else’s', async () => {
    const { tokenId } = await made('mira', ['machines']);
    const end = async (name: Name) => {
      const actor = await fixture.actor(name);
      return endToken(fixture.deps, actor, { org: actor.slug, tokenId });
    };
    for (const name of ['ana', 'tom', 'gus', 'olga'] as const)
      await expect(end(name)).rejects.toMatchObject({ code: 'token/not-found' });
    expect(await end('jon')).toEqual({ ended: true });
    expect(await lastOf('acme')).toMatchObject({ action: 'token.ended', actor: { name: 'jon' } });
    await expect(end('mira')).rejects.toMatchObject({ code: 'token/not-found' });
  });

  it('is nobody’s doing once its date has come', async () => {
    const { tokenId } = await made('mira', ['machines']);
    await fixture.sql(
      "UPDATE api_token SET created_at = now() - interval '2 s', ends_at = now() - interval '1 s' WHERE id = $1",
      [tokenId],
    );
    await expect(
      endToken(fixture.deps, await fixture.actor('mira'), { org: 'acme', tokenId }),
    ).rejects.toMatchObject({ code: 'token/not-found' });
    await fixture.sql('SELECT ends_tell()');
    expect(await lastOf('acme')).toMatchObject({
      action: 'token.ended',
      actor: { kind: 'system' },
      data: { tokenId, why: 'ran-out' },
    });
  });

  it('can be made while the organisation is suspended', async () => {
    const { tokenId } = await made('mira', ['machines']);
    const mira = await fixture.actor('mira');
    await fixture.sql('UPDATE tenant SET suspended_at = now() WHERE id = $1', [fixture.tenants.acme]);
    const input = { org: 'acme', name: 'X', scopes: ['machines' as const], endsAt: inAnHour() };
    await expect(makeToken(fixture.deps, mira, input)).rejects.toMatchObject({ code: 'rbac/forbidden' });
    expect(await endToken(fixture.deps, mira, { org: 'acme', tokenId })).toEqual({ ended: true });
    await fixture.sql('UPDATE tenant SET suspended_at = NULL WHERE id = $1', [fixture.tenants.acme]);
  });
});

describe('in the database', () => {
  it('a token of another organisation can’t be read, made, or asked about', async () => {
    const { token, tokenId } = await made('jon');
    const { acme, globex } = fixture.tenants;
    await fixture.db.withTenant(globex, async (tx) => {
      expect(await tx.apiToken.findMany({ select: { id: true } })).not.toContainEqual({ id: tokenId });
    });
    const facts = fixture.db.withTenant(
      globex,
      (tx) => tx.$queryRaw`SELECT api_token_facts(${acme}::uuid, ${tokenId}::uuid)::text`,
    );
    await expect(facts).rejects.toThrow();
    const digest = digestOfApiToken(token) ?? new Uint8Array();
    const insert = fixture.db.withTenant(globex, (tx) =>
      tx.apiToken.create({
        data: {
          tenantId: globex,
          personId: fixture.people.jon,
          name: 'X',
          digest: new Uint8Array(digest.map((byte) => byte ^ 1)),
          scopes: ['machines'],
          endsAt: inAnHour(),
        },
        select: { id: true },
      }),
    );
    // Who is no member there can have none there.
    await expect(insert).rejects.toThrow();
  });

  it('what a token is can’t be changed by the portal: its end, its scopes, whose it is', async () => {
    const { tokenId } = await made('jon', ['machines']);
    const { acme } = fixture.tenants;
    for (const data of [
      { endsAt: new Date(Date.now() + 2 * HOUR_MS) },
      { scopes: ['power'] },
      { personId: fixture.people.mira },
      { digest: new Uint8Array(randomBytes(32)) },
      { factorAt: new Date() },
    ])
      await expect(
        fixture.db.withTenant(acme, (tx) =>
          tx.apiToken.updateMany({ where: { tenantId: acme, id: tokenId }, data }),
        ),
      ).rejects.toThrow();
  });
});
