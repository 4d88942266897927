import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  addGrant,
  addPoolRow,
  addVm,
  createFixture,
  eventsOf,
  type Fixture,
  type Name,
} from '../testing/portal-fixture.ts';
import { accessOfMachine } from './access-of-machine.ts';
import { accessOfPerson } from './access-of-person.ts';
import { MAX_PEOPLE_TOLD } from './access-report.ts';
import { exportAccess } from './export-access.ts';

let fixture: Fixture;
let poolId: string;
let web: string;
beforeAll(async () => {
  fixture = await createFixture();
  poolId = await addPoolRow(fixture);
});
beforeEach(async () => {
  await fixture.sql('DELETE FROM access_grant');
  await fixture.sql('DELETE FROM emergency_lock');
  await fixture.sql('DELETE FROM vm');
  web = await addVm(fixture, { name: 'web-01', poolId });
});
afterAll(() => fixture.end());

const ofPerson = async (by: Name, of: Name) =>
  accessOfPerson(fixture.deps, await fixture.actor(by), { org: 'acme', personId: fixture.people[of] });
const ofMachine = async (by: Name, vmId = web) =>
  accessOfMachine(fixture.deps, await fixture.actor(by), { org: 'acme', vmId });

describe('the access of a person', () => {
  it('names each machine, its rights, and every grant that gives them', async () => {
    const short = await addGrant(fixture, { to: 'mira', vmId: web, role: 'viewer' });
    const long = await addGrant(fixture, { to: 'mira', vmId: web, role: 'operator' });
    const report = await ofPerson('jon', 'mira');
    expect(report.of.name).toBe('mira');
    expect(report.rows).toEqual([
      {
        id: web,
        name: 'web-01',
        rights: ['look', 'type', 'clipboard', 'power', 'media'],
        barred: null,
        byRole: false,
        grantIds: expect.arrayContaining([short, long]),
      },
    ]);
    expect(report.grants.map(({ id, mayEnd }) => [id, mayEnd])).toEqual(
      expect.arrayContaining([
        [short, true],
        [long, true],
      ]),
    );
  });

  it('names the place in the organisation', async () => {
    expect((await ofPerson('ana', 'jon')).rows).toMatchObject([{ id: web, byRole: true, grantIds: [] }]);
  });

  it('is empty where nothing gives anything, and says where a lock is in the way', async () => {
    expect((await ofPerson('jon', 'tom')).rows).toEqual([]);
    await addGrant(fixture, { to: 'tom', vmId: web, role: 'viewer' });
    await fixture.sql('INSERT INTO emergency_lock (tenant_id, vm_id) VALUES ($1, $2)', [
      fixture.tenants.acme,
      web,
    ]);
    expect((await ofPerson('jon', 'tom')).rows).toMatchObject([{ rights: [], barred: 'locked' }]);
  });

  it('is a member’s own to read, and nobody else’s without the act', async () => {
    await addGrant(fixture, { to: 'mira', vmId: web, role: 'viewer' });
    expect((await ofPerson('mira', 'mira')).rows).toHaveLength(1);
    await expect(ofPerson('mira', 'tom')).rejects.toMatchObject({ code: 'rbac/forbidden' });
    await expect(ofPerson('jon', 'gus')).rejects.toMatchObject({ code: 'person/not-found' });
  });
});

describe('the export', () => {
  const take = async (by: Name, about: 'person' | 'machine', id: string) =>
    exportAccess(fixture.deps, await fixture.actor(by), { org: 'acme', about, id });

  it('has a line for each grant and for a role, in both directions, and the log says who took it', async () => {
    await addGrant(fixture, { to: 'mira', vmId: web, role: 'viewer' });
    await addGrant(fixture, { to: 'mira', vmId: web, role: 'operator' });
    const of = (await take('ana', 'person', fixture.people.mira)).csv.trimEnd().split('\r\n');
    expect(of).toHaveLength(3);
    expect(of[0]).toMatch(/^person,person_id,machine,machine_id,look,type,/);
    expect(of[1]).toMatch(new RegExp(`^mira,${fixture.people.mira},web-01,${web},yes,yes,yes,yes,no,`));
    expect((await take('ana', 'machine', web)).csv).toContain('jon,');
    expect((await eventsOf(fixture, 'acme')).slice(-2)).toMatchObject([
      {
        action: 'access.exported',
        actor: { name: 'ana' },
        target: { kind: 'person', name: 'mira' },
        data: { rows: 2 },
      },
      { action: 'access.exported', target: { kind: 'vm', name: 'web-01' } },
    ]);
  });

  it('is for who may read all of it, having proved just now who they are', async () => {
    await addGrant(fixture, { to: 'mira', vmId: web, role: 'operator' });
    await expect(take('mira', 'machine', web)).rejects.toMatchObject({ code: 'rbac/forbidden' });
    const stale = { ...(await fixture.actor('jon')), confirmedAt: new Date(0) };
    await expect(
      exportAccess(fixture.deps, stale, { org: 'acme', about: 'machine', id: web }),
    ).rejects.toMatchObject({ code: 'auth/confirm-first' });
  });
});

describe('who can reach a machine', () => {
  it('names owners, admins and who holds a grant, by name', async () => {
    await addGrant(fixture, { to: 'mira', vmId: web, role: 'viewer' });
    const { rows, more } = await ofMachine('ana');
    expect(rows.find(({ name }) => name === 'mira')).toMatchObject({ rights: ['look'], byRole: false });
    expect(rows.find(({ name }) => name === 'jon')).toMatchObject({ byRole: true });
    expect(rows.some(({ name }) => name === 'tom')).toBe(false);
    expect(more).toBe(false);
  });

  it('knows a team’s members by what the team has', async () => {
    await fixture.sql("INSERT INTO team (tenant_id, name) VALUES ($1, 'On-call')", [fixture.tenants.acme]);
    await fixture.sql(
      'INSERT INTO team_member (tenant_id, team_id, person_id) SELECT tenant_id, id, $1 FROM team',
      [fixture.people.tom],
    );
    await fixture.sql(
      "INSERT INTO access_grant (tenant_id, team_id, all_vms, role) SELECT tenant_id, id, true, 'operator' FROM team",
    );
    const { rows, grants } = await ofMachine('jon');
    expect(rows.find(({ name }) => name === 'tom')?.rights).toContain('type');
    expect(grants).toMatchObject([{ team: { name: 'On-call' }, target: { kind: 'all' } }]);
  });

  it('is for who reads all access or shares the machine; to others it is as absent as it is', async () => {
    await addGrant(fixture, { to: 'mira', vmId: web, role: 'operator' });
    await expect(ofMachine('mira')).rejects.toMatchObject({ code: 'rbac/forbidden' });
    await expect(ofMachine('tom')).rejects.toMatchObject({ code: 'vm/not-found' });
    await addGrant(fixture, { to: 'mira', vmId: web, role: 'manager' });
    expect((await ofMachine('mira')).rows.length).toBeGreaterThan(0);
  });

  it(`names ${MAX_PEOPLE_TOLD} people at most, and says where there are more`, async () => {
    const crowd = 'SELECT id FROM person WHERE email LIKE $1';
    await fixture.sql(
      "INSERT INTO person (email, name) SELECT 'crowd-' || n || '@acme.example', 'crowd ' || n FROM generate_series(1, $1::int) n",
      [MAX_PEOPLE_TOLD],
    );
    await fixture.sql(
      `INSERT INTO membership (tenant_id, person_id, role) SELECT $2, id, 'admin' FROM (${crowd}) c`,
      ['crowd-%', fixture.tenants.acme],
    );
    const { rows, more } = await ofMachine('jon');
    expect([rows.length, more]).toEqual([MAX_PEOPLE_TOLD, true]);
    await fixture.sql(`DELETE FROM membership WHERE person_id IN (${crowd})`, ['crowd-%']);
    expect((await ofMachine('jon')).more).toBe(false);
  });
});
