import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  addPoolRow,
  addVm,
  createFixture,
  eventsOf,
  type Fixture,
  type Name,
} from '../testing/portal-fixture.ts';
import { addTeamMembers, addTeamMembersInput, removeTeamMember } from './change-members.ts';
import { createTeam, createTeamInput } from './create-team.ts';
import { getTeam } from './get-team.ts';
import { listTeams } from './list-teams.ts';
import { removeTeam } from './remove-team.ts';
import { renameTeam } from './rename-team.ts';
import { MAX_ADDED_AT_ONCE, MAX_TEAM_NAME, MAX_TEAM_PEOPLE, MAX_TEAMS } from './team-limits.ts';

let fixture: Fixture;
let vm = '';
beforeAll(async () => {
  fixture = await createFixture();
  vm = await addVm(fixture, { name: 'web', poolId: await addPoolRow(fixture), holder: 'acme' });
});
afterAll(() => fixture.end());
beforeEach(async () => {
  await fixture.sql('UPDATE emergency_lock SET lifted_at = now() WHERE lifted_at IS NULL');
  await fixture.sql('DELETE FROM team');
});

const org = 'acme';
const id = (name: Name) => fixture.people[name];
const tenant = () => fixture.tenants.acme;
const create = async (by: Name, name: string) =>
  createTeam(fixture.deps, await fixture.actor(by), { org, name });
const rename = async (by: Name, teamId: string, name: string) =>
  renameTeam(fixture.deps, await fixture.actor(by), { org, teamId, name });
const remove = async (by: Name, teamId: string) =>
  removeTeam(fixture.deps, await fixture.actor(by), { org, teamId });
const add = async (by: Name, teamId: string, ...names: Name[]) =>
  addTeamMembers(fixture.deps, await fixture.actor(by), { org, teamId, personIds: names.map(id) });
const takeOut = async (by: Name, teamId: string, name: Name) =>
  removeTeamMember(fixture.deps, await fixture.actor(by), { org, teamId, personId: id(name) });
const get = async (by: Name, teamId: string) =>
  getTeam(fixture.deps, await fixture.actor(by), { org, teamId });
const list = async (by: Name) => listTeams(fixture.deps, await fixture.actor(by), { org });
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error) => error.code,
  );
const epoch = async () =>
  BigInt(
    String((await fixture.sql(`SELECT authority_epoch FROM tenant WHERE slug = 'acme'`))[0]?.authority_epoch),
  );
const share = async (teamId: string, role: 'viewer' | 'operator', endsAt: Date | null = null) =>
  fixture.sql(
    'INSERT INTO access_grant (tenant_id, team_id, vm_id, role, ends_at) VALUES ($1, $2, $3, $4::vm_role, $5)',
    [tenant(), teamId, vm, role, endsAt],
  );
const lock = async (column: 'team_id' | 'person_id', target: string) =>
  fixture.sql(
    `INSERT INTO emergency_lock (tenant_id, ${column}, reason, created_by) VALUES ($1, $2, 'stolen laptop', $3)`,
    [tenant(), target, id('tom')],
  );
const actionsSince = async (seq: number) =>
  (await eventsOf(fixture, 'acme')).slice(seq).map(({ action }) => action);
const eventCount = async () => (await eventsOf(fixture, 'acme')).length;

describe('a team', () => {
  it('is made, renamed and listed, with its events', async () => {
    const before = await eventCount();
    const team = await create('jon', 'On-call');
    expect(await rename('jon', team.id, 'on-call')).toEqual({ id: team.id, name: 'on-call' });
    expect(await rename('jon', team.id, 'on-call')).toEqual({ id: team.id, name: 'on-call' });
    expect(await list('jon')).toEqual([{ id: team.id, name: 'on-call', people: 0, grants: 0 }]);
    expect(await actionsSince(before)).toEqual(['team.created', 'team.renamed']);
    expect((await eventsOf(fixture, 'acme')).at(-1)).toMatchObject({
      target: { kind: 'team', id: team.id, name: 'on-call' },
      data: { before: 'On-call', after: 'on-call' },
    });
  });

  it('has a name that no other has, whatever its case and its edges', async () => {
    await create('jon', 'Night_shift');
    const other = await create('jon', 'Nightxshift');
    const name = createTeamInput.parse({ org, name: '  NIGHT_SHIFT ' }).name;
    expect(await codeOf(create('jon', name))).toBe('team/name-taken');
    expect(await codeOf(rename('jon', other.id, name))).toBe('team/name-taken');
  });

  it('is made once where two make it at the same time', async () => {
    const codes = await Promise.all([codeOf(create('jon', 'Race')), codeOf(create('jon', 'RACE'))]);
    expect(codes.sort()).toEqual(['done', 'team/name-taken']);
    expect(await list('jon')).toHaveLength(1);
  });

  it(`has a name of ${MAX_TEAM_NAME} characters at most, and of one at least`, () => {
    const isName = (name: string) => createTeamInput.safeParse({ org, name }).success;
    expect([1, MAX_TEAM_NAME].map((n) => isName('x'.repeat(n)))).toEqual([true, true]);
    expect(['', '   ', 'x'.repeat(MAX_TEAM_NAME + 1), 'a\u202eb'].map(isName)).toEqual(Array(4).fill(false));
  });

  it(`is one of ${MAX_TEAMS} at most`, async () => {
    await fixture.sql(
      "INSERT INTO team (tenant_id, name) SELECT $1, 'team ' || n FROM generate_series(1, $2::int) n",
      [tenant(), MAX_TEAMS - 1],
    );
    await create('jon', 'the last');
    expect(await codeOf(create('jon', 'one more'))).toBe('team/too-many');
  });

  it.each(['mira', 'ana'] as const)('is not changed by %s', async (by) => {
    const team = await create('jon', 'Ops');
    await add('jon', team.id, 'tom');
    const acts = [
      create(by, 'Mine'),
      rename(by, team.id, 'Mine'),
      add(by, team.id, by),
      takeOut(by, team.id, 'tom'),
      remove(by, team.id),
    ];
    expect(await Promise.all(acts.map(codeOf))).toEqual(Array(5).fill('rbac/forbidden'));
    expect((await get(by, team.id)).mayManage).toBe(false);
  });

  it('is not changed by who is locked', async () => {
    const team = await create('jon', 'Ops');
    await lock('person_id', id('jon'));
    const acts = [create('jon', 'Mine'), add('jon', team.id, 'mira'), remove('jon', team.id)];
    expect(await Promise.all(acts.map(codeOf))).toEqual(Array(3).fill('rbac/forbidden'));
  });

  it('of another organisation is as absent as one that never was', async () => {
    const [row] = await fixture.sql("INSERT INTO team (tenant_id, name) VALUES ($1, 'theirs') RETURNING id", [
      fixture.tenants.globex,
    ]);
    const answer = (work: Promise<unknown>) =>
      work.then(
        () => 'done',
        (error) => [error.code, error.publicMessage],
      );
    const answers = (teamId: string) =>
      Promise.all(
        [
          get('jon', teamId),
          rename('jon', teamId, 'Mine'),
          add('jon', teamId, 'mira'),
          takeOut('jon', teamId, 'mira'),
          remove('jon', teamId),
        ].map(answer),
      );
    const foreign = await answers(String(row?.id));
    expect(foreign).toEqual(await answers(randomUUID()));
    expect(foreign.map(([code]) => code)).toEqual(Array(5).fill('team/not-found'));
  });
});

describe('the people of a team', () => {
  it('join and leave, each with an event and a higher epoch', async () => {
    const team = await create('jon', 'Ops');
    const before = await eventCount();
    const first = await epoch();
    expect(await add('jon', team.id, 'mira', 'tom')).toEqual({ added: 2 });
    expect(await add('jon', team.id, 'mira')).toEqual({ added: 0 });
    const second = await epoch();
    expect(second).toBeGreaterThan(first);
    expect((await get('mira', team.id)).people.map(({ id: one, you }) => [one, you])).toEqual(
      expect.arrayContaining([
        [id('mira'), true],
        [id('tom'), false],
      ]),
    );
    await takeOut('jon', team.id, 'mira');
    expect(await epoch()).toBeGreaterThan(second);
    expect(await codeOf(takeOut('jon', team.id, 'mira'))).toBe('person/not-found');
    expect(await actionsSince(before)).toEqual(['team.joined', 'team.joined', 'team.left']);
    expect((await eventsOf(fixture, 'acme')).at(-1)).toMatchObject({
      target: { kind: 'team', name: 'Ops' },
      data: { member: { kind: 'person', id: id('mira') } },
    });
  });

  it('are members of the organisation, all of those named or nobody', async () => {
    const team = await create('jon', 'Ops');
    expect(await codeOf(add('jon', team.id, 'mira', 'gus'))).toBe('person/not-found');
    expect((await get('jon', team.id)).people).toEqual([]);
  });

  it(`are ${MAX_ADDED_AT_ONCE} in one call and ${MAX_TEAM_PEOPLE} in all at most`, async () => {
    const team = await create('jon', 'Ops');
    const call = (n: number) => ({ org, teamId: team.id, personIds: Array.from({ length: n }, randomUUID) });
    expect(addTeamMembersInput.safeParse(call(MAX_ADDED_AT_ONCE)).success).toBe(true);
    expect(addTeamMembersInput.safeParse(call(MAX_ADDED_AT_ONCE + 1)).success).toBe(false);
    await fixture.sql(
      `WITH new AS (INSERT INTO person (email, name) SELECT 'p' || n || '@acme.example', 'p' || n FROM generate_series(1, $2::int) n RETURNING id),
       m AS (INSERT INTO membership (tenant_id, person_id, role) SELECT $1, id, 'member' FROM new RETURNING person_id)
       SELECT person_id FROM m`,
      [tenant(), MAX_TEAM_PEOPLE - 1],
    );
    await fixture.sql(
      `INSERT INTO team_member (tenant_id, team_id, person_id)
       SELECT tenant_id, $2, person_id FROM membership m JOIN person p ON p.id = m.person_id
       WHERE tenant_id = $1 AND p.email LIKE 'p%@acme.example'`,
      [tenant(), team.id],
    );
    expect(await codeOf(add('jon', team.id, 'mira', 'tom'))).toBe('team/full');
    expect(await add('jon', team.id, 'mira')).toEqual({ added: 1 });
    await fixture.sql(
      `DELETE FROM membership m USING person p WHERE p.id = m.person_id AND p.email LIKE 'p%@acme.example'`,
    );
  });
});

describe('what is shared with a team', () => {
  it('is read by its people and by who reads all access, and counted for the latter', async () => {
    const team = await create('jon', 'Ops');
    await add('jon', team.id, 'mira');
    await share(team.id, 'viewer');
    await share(team.id, 'operator', new Date(Date.now() - 1_000));
    expect((await get('ana', team.id)).grants).toMatchObject([
      { role: 'viewer', team: { id: team.id }, mayEnd: false },
    ]);
    expect((await get('jon', team.id)).grants).toMatchObject([{ mayEnd: true }]);
    expect((await get('mira', team.id)).grants).toHaveLength(1);
    expect((await get('tom', team.id)).grants).toBeNull();
    expect([await list('ana'), await list('tom')].map(([row]) => row?.grants)).toEqual([1, null]);
  });

  it('ends with it, each grant with its event before the team’s own, and the epoch rises', async () => {
    const team = await create('jon', 'Ops');
    await add('jon', team.id, 'mira');
    await share(team.id, 'viewer');
    await share(team.id, 'operator');
    await share(team.id, 'operator', new Date(Date.now() - 1_000));
    const before = await eventCount();
    const first = await epoch();
    await remove('jon', team.id);
    expect(await epoch()).toBeGreaterThan(first);
    // What had ended by its date, and was not told yet, is told as it goes.
    expect(await actionsSince(before)).toEqual(['grant.ended', 'grant.ended', 'team.removed', 'grant.ended']);
    const events = (await eventsOf(fixture, 'acme')).slice(before);
    expect(events[3]).toMatchObject({ data: { why: 'ran-out', receiver: { kind: 'team', name: 'Ops' } } });
    expect(events[0]).toMatchObject({
      data: { why: 'team-removed', receiver: { kind: 'team', name: 'Ops' } },
    });
    expect(events[2]).toMatchObject({ target: { name: 'Ops' }, data: { people: 1, grants: 2 } });
    expect(await fixture.sql('SELECT FROM access_grant WHERE team_id IS NOT NULL')).toEqual([]);
    expect(await codeOf(get('jon', team.id))).toBe('team/not-found');
  });

  it('ends by a higher epoch also where the team had people alone', async () => {
    const team = await create('jon', 'Ops');
    await add('jon', team.id, 'mira');
    const first = await epoch();
    await remove('jon', team.id);
    expect(await epoch()).toBeGreaterThan(first);
  });
});

describe('a locked team', () => {
  it('says so, and neither goes nor lets anybody out until the lock is lifted', async () => {
    const team = await create('jon', 'Ops');
    await add('jon', team.id, 'mira');
    await lock('team_id', team.id);
    expect((await get('jon', team.id)).lock).toEqual({ since: expect.any(Date) });
    expect(await codeOf(remove('jon', team.id))).toBe('team/locked');
    expect(await codeOf(takeOut('jon', team.id, 'mira'))).toBe('team/locked');
    await fixture.sql('UPDATE emergency_lock SET lifted_at = now() WHERE lifted_at IS NULL');
    expect(await takeOut('jon', team.id, 'mira')).toEqual({ removed: true });
    expect(await remove('jon', team.id)).toEqual({ removed: true });
  });
});
