import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  addGrant,
  addPoolRow,
  addSeat,
  addVm,
  createFixture,
  eventsOf,
  type Fixture,
  type Name,
} from '../testing/portal-fixture.ts';
import { leave, removePerson } from './end-membership.ts';
import { getPerson } from './get-person.ts';
import { listPeople } from './list-people.ts';
import { setRole } from './set-role.ts';

let fixture: Fixture;
let vm = '';
beforeAll(async () => {
  fixture = await createFixture();
  vm = await addVm(fixture, { name: 'web', poolId: await addPoolRow(fixture), holder: 'acme' });
});
afterAll(() => fixture.end());
/** Mira member, Jon admin, Ana auditor, Tom owner: as they were before each test. */
beforeEach(async () => {
  for (const [name, role] of Object.entries({ mira: 'member', jon: 'admin', ana: 'auditor', tom: 'owner' }))
    await fixture.sql(
      `INSERT INTO membership (tenant_id, person_id, role) VALUES ($1, $2, $3::tenant_role)
       ON CONFLICT (tenant_id, person_id) DO UPDATE SET role = excluded.role`,
      [fixture.tenants.acme, fixture.people[name as Name], role],
    );
});

const org = 'acme';
const id = (name: Name) => fixture.people[name];
const act = async (by: Name, on: Name, role: 'owner' | 'admin' | 'member' | 'operator') =>
  setRole(fixture.deps, await fixture.actor(by), { org, personId: id(on), role });
const remove = async (by: Name, on: Name) =>
  removePerson(fixture.deps, await fixture.actor(by), { org, personId: id(on) });
const go = async (name: Name) => leave(fixture.deps, await fixture.actor(name), { org });
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error) => error.code,
  );
const owners = async () =>
  (
    await fixture.sql(`SELECT FROM membership WHERE tenant_id = $1 AND role = 'owner'`, [
      fixture.tenants.acme,
    ])
  ).length;
const epoch = async () =>
  BigInt(
    String((await fixture.sql(`SELECT authority_epoch FROM tenant WHERE slug = 'acme'`))[0]?.authority_epoch),
  );

describe('a role', () => {
  it('is changed, raises the epoch, and stands in the log', async () => {
    const before = await epoch();
    expect(await act('jon', 'mira', 'admin')).toEqual({ role: 'admin' });
    expect(await epoch()).toBeGreaterThan(before);
    expect((await eventsOf(fixture, 'acme')).at(-1)).toMatchObject({
      action: 'member.role',
      target: { id: id('mira') },
      data: { before: 'member', after: 'admin' },
    });
  });

  it.each([
    ['mira', 'ana', 'member', 'rbac/forbidden'],
    ['ana', 'mira', 'member', 'rbac/forbidden'],
    ['jon', 'mira', 'owner', 'rbac/forbidden'],
    ['jon', 'tom', 'member', 'rbac/forbidden'],
    ['jon', 'gus', 'member', 'person/not-found'],
    ['tom', 'mira', 'operator', 'person/no-such-role'],
    ['tom', 'tom', 'admin', 'person/last-owner'],
  ] as const)('is not changed by %s for %s to %s', async (by, on, role, code) => {
    expect(await codeOf(act(by, on, role))).toBe(code);
  });

  it('is changed by who proved lately to be themself', async () => {
    const actor = { ...(await fixture.actor('jon')), confirmedAt: new Date(Date.now() - 11 * 60_000) };
    const change = setRole(fixture.deps, actor, { org, personId: id('mira'), role: 'admin' });
    expect(await codeOf(change)).toBe('auth/confirm-first');
    // Nor is it taken with the place; who is a member alone goes without.
    expect(await codeOf(removePerson(fixture.deps, actor, { org, personId: id('ana') }))).toBe(
      'auth/confirm-first',
    );
  });

  it('of owner is an owner’s to give, and can then be given up', async () => {
    await act('tom', 'mira', 'owner');
    expect(await act('tom', 'tom', 'member')).toEqual({ role: 'member' });
    expect(await owners()).toBe(1);
  });
});

describe('a member who goes', () => {
  it('loses grants and places, with an event for each, and the epoch closes their consoles', async () => {
    const [team] = await fixture.sql("INSERT INTO team (tenant_id, name) VALUES ($1, 'Ops') RETURNING id", [
      fixture.tenants.acme,
    ]);
    await fixture.sql('INSERT INTO team_member (tenant_id, team_id, person_id) VALUES ($1, $2, $3)', [
      fixture.tenants.acme,
      team?.id,
      id('mira'),
    ]);
    await addGrant(fixture, { to: 'mira', vmId: vm, role: 'operator' });
    await addSeat(fixture, { tenant: 'acme', person: 'mira', vmId: vm });
    const before = await epoch();
    const seen = await getPerson(fixture.deps, await fixture.actor('jon'), { org, personId: id('mira') });
    expect(seen).toMatchObject({
      may: { handle: true },
      consoles: [{ kind: 'screen' }],
      grants: [{ role: 'operator' }],
    });
    expect(await remove('jon', 'mira')).toEqual({ removed: true });
    expect(await epoch()).toBeGreaterThan(before);
    expect(await fixture.sql('SELECT FROM access_grant WHERE person_id = $1', [id('mira')])).toEqual([]);
    const [ended, left, removed] = (await eventsOf(fixture, 'acme')).slice(-3);
    expect(ended).toMatchObject({ action: 'grant.ended', data: { why: 'member-left' } });
    expect(left).toMatchObject({
      action: 'team.left',
      actor: { name: 'jon' },
      target: { kind: 'team', id: team?.id, name: 'Ops' },
      data: { member: { id: id('mira') } },
    });
    expect(removed).toMatchObject({
      action: 'member.removed',
      data: { role: 'member', grants: 1, consoles: 1 },
    });
    const facts = await fixture.sql('SELECT authority_facts_of($1, $2, gen_random_uuid()) AS f', [
      fixture.tenants.acme,
      id('mira'),
    ]);
    expect(facts[0]?.f).toMatchObject({ role: null, grants: [] });
  });

  it.each([
    ['jon', 'tom', 'rbac/forbidden'],
    ['mira', 'ana', 'rbac/forbidden'],
    ['jon', 'gus', 'person/not-found'],
    ['tom', 'tom', 'person/last-owner'],
  ] as const)('is not sent by %s: %s', async (by, on, code) => {
    expect(await codeOf(remove(by, on))).toBe(code);
  });

  it('may leave, but not as the last owner', async () => {
    expect(await codeOf(go('mira'))).toBe('done');
    expect(await codeOf(go('tom'))).toBe('person/last-owner');
  });

  it('leaves one owner of two, however they go at once', async () => {
    for (let round = 0; round < 8; round += 1) {
      for (const name of ['tom', 'jon'] as const)
        await fixture.sql(
          `INSERT INTO membership (tenant_id, person_id, role) VALUES ($1, $2, 'owner')
           ON CONFLICT (tenant_id, person_id) DO UPDATE SET role = 'owner'`,
          [fixture.tenants.acme, id(name)],
        );
      const ways = [
        () => go('tom'),
        () => act('jon', 'jon', 'member'),
        () => remove('jon', 'tom'),
        () => remove('tom', 'jon'),
      ];
      const [one = go, other = go] = [ways[round % 4], ways[(round + 1) % 4]];
      await Promise.all([codeOf(one('tom')), codeOf(other('jon'))]);
      expect(await owners(), `round ${round}`).toBeGreaterThanOrEqual(1);
    }
  });
});

describe('the list of people', () => {
  it('says when each was last seen here, to who may read the log', async () => {
    await act('jon', 'mira', 'admin');
    const rows = await listPeople(fixture.deps, await fixture.actor('tom'), { org });
    expect(rows.find(({ name }) => name === 'jon')?.lastSeenAt).toBeInstanceOf(Date);
    await fixture.sql(`UPDATE membership SET role = 'member' WHERE person_id = $1`, [id('mira')]);
    const seen = await listPeople(fixture.deps, await fixture.actor('mira'), { org });
    expect(seen.every(({ lastSeenAt }) => lastSeenAt === null)).toBe(true);
  });

  it('says who has a second factor and who lacks one that is asked for, to who may read the log', async () => {
    const factors = async (by: Name) =>
      Object.fromEntries(
        (await listPeople(fixture.deps, await fixture.actor(by), { org })).map(({ name, factor }) => [
          name,
          factor,
        ]),
      );
    await fixture.sql(
      `INSERT INTO passkey (person_id, credential_id, public_key, sign_count, name, is_synced)
       VALUES ($1, '\\x01', '\\x01', 0, 'k', false), ($1, '\\x02', '\\x01', 0, 'k', false)`,
      [id('mira')],
    );
    const app = `INSERT INTO totp (person_id, kid, iv, ct, tag, confirmed_at)
      SELECT $1, 'k', decode(repeat('00', 12), 'hex'), decode(repeat('00', 20), 'hex'), decode(repeat('00', 16), 'hex'), $2::timestamptz`;
    await fixture.sql(app, [id('jon'), new Date()]);
    // Begun and never shown: it doesn't count.
    await fixture.sql(app, [id('ana'), null]);
    const asFound = { mira: 'on', jon: 'on', ana: 'off', tom: 'off' };
    expect(await factors('tom')).toEqual(asFound);
    expect(await factors('ana')).toEqual(asFound);
    expect(await factors('mira')).toEqual({ mira: null, jon: null, ana: null, tom: null });
    await fixture.sql(`INSERT INTO tenant_policy (tenant_id, second_factor) VALUES ($1, 'members')`, [
      fixture.tenants.acme,
    ]);
    const tom = await fixture.actor('tom');
    await fixture.sql('UPDATE login_session SET factor_at = now()');
    const rows = await listPeople(fixture.deps, tom, { org });
    expect(rows.find(({ name }) => name === 'ana')?.factor).toBe('missing');
    for (const table of ['tenant_policy', 'totp', 'passkey']) await fixture.sql(`DELETE FROM ${table}`);
  });

  it('tells a member of another no more than a name and a role', async () => {
    const person = await getPerson(fixture.deps, await fixture.actor('mira'), { org, personId: id('jon') });
    expect(person).toMatchObject({ consoles: null, grants: null, may: { handle: false, roles: [] } });
  });
});
