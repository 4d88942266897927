import { randomUUID } from 'node:crypto';
import type { VmRole } from '@porthole/rbac';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { listMachines } from '../machines/list-machines.ts';
import {
  addGrant,
  addPoolRow,
  addVm,
  createFixture,
  eventsOf,
  type Fixture,
  type Name,
} from '../testing/portal-fixture.ts';
import { endGrant } from './end-grant.ts';
import { giveGrant, giveGrantInput, type Over } from './give-grant.ts';
import { MAX_GRANTS_AT_ONCE, MAX_MACHINES_SHARED, MAX_RECEIVERS } from './grant-limits.ts';
import { listGrants } from './list-grants.ts';
import { listReceivers } from './list-receivers.ts';
import { previewGrant } from './preview-grant.ts';

let fixture: Fixture;
let poolId: string;
let web: string;

beforeAll(async () => {
  fixture = await createFixture();
  poolId = await addPoolRow(fixture);
});
beforeEach(async () => {
  await fixture.sql('DELETE FROM access_grant');
  await fixture.sql('DELETE FROM team');
  web = await addVm(fixture, { name: 'web-01', poolId });
});
afterAll(() => fixture.end());

const inAnHour = () => new Date(Date.now() + 3_600_000);

interface Gift {
  to?: z.infer<typeof giveGrantInput>['to'];
  over?: Over;
  role?: VmRole | null;
  rights?: z.infer<typeof giveGrantInput>['rights'];
  endsAt?: Date | null;
}

const toPerson = (id: string) => [{ kind: 'person', id } as const];
const toTeam = (id: string) => [{ kind: 'team', id } as const];
const giftOf = (gift: Gift) => ({
  org: 'acme',
  to: toPerson(fixture.people.tom),
  over: { kind: 'vm', vmId: web } as const,
  role: 'viewer' as const,
  rights: [],
  ...gift,
});

/** Gives one person or team something. */
async function give(by: Name, gift: Gift = {}) {
  const input = { endsAt: null, reason: 'disk full', ...giftOf(gift) };
  const { grantIds } = await giveGrant(fixture.deps, await fixture.actor(by), input);
  return { grantId: grantIds[0] ?? '' };
}
const preview = async (by: Name, gift: Gift = {}) => {
  const { endsAt: _, ...input } = { endsAt: null, ...giftOf(gift) };
  return previewGrant(fixture.deps, await fixture.actor(by), input);
};

/** A team of the organisation with people in it. */
async function addTeam(name: string, ...people: Name[]): Promise<string> {
  const [row] = await fixture.sql('INSERT INTO team (tenant_id, name) VALUES ($1, $2) RETURNING id', [
    fixture.tenants.acme,
    name,
  ]);
  const id = String(row?.id);
  for (const person of people)
    await fixture.sql('INSERT INTO team_member (tenant_id, team_id, person_id) VALUES ($1, $2, $3)', [
      fixture.tenants.acme,
      id,
      fixture.people[person],
    ]);
  return id;
}
const end = async (by: Name, grantId: string) =>
  endGrant(fixture.deps, await fixture.actor(by), { org: 'acme', grantId });
const list = async (by: Name, vmId?: string) =>
  listGrants(fixture.deps, await fixture.actor(by), { org: 'acme', vmId });
const seenBy = async (name: Name) =>
  (await listMachines(fixture.deps, await fixture.actor(name), { org: 'acme' })).rows.map(({ id }) => id);
const epoch = async () =>
  (await fixture.sql('SELECT authority_epoch FROM tenant WHERE id = $1', [fixture.tenants.acme]))[0]
    ?.authority_epoch;

describe('a right that is being taken away', () => {
  it('is not given on in the same moment', async () => {
    const own = await addGrant(fixture, { to: 'mira', vmId: web, role: 'manager' });
    const taking = await fixture.root.connect();
    await taking.query('BEGIN');
    await taking.query('UPDATE access_grant SET ended_at = now() WHERE id = $1', [own]);
    const given = give('mira').catch((error: unknown) => error);
    const blocked =
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    await expect.poll(async () => (await fixture.sql(blocked)).length).toBe(1);
    await taking.query('COMMIT');
    taking.release();
    expect(await given).toMatchObject({ code: 'vm/not-found' });
    expect(await seenBy('tom')).not.toContain(web);
  });
});

describe('sharing a machine', () => {
  it('succeeds: the member sees it at once, the epoch rises, and the log says all of it', async () => {
    const before = await epoch();
    const endsAt = inAnHour();
    const { grantId } = await give('jon', { endsAt, role: 'operator' });
    expect(await seenBy('tom')).toContain(web);
    expect(await epoch()).not.toBe(before);
    expect((await eventsOf(fixture, 'acme')).at(-1)).toMatchObject({
      action: 'grant.given',
      outcome: 'ok',
      actor: { name: 'jon' },
      target: { kind: 'vm', id: web, name: 'web-01' },
      data: {
        grantId,
        receiver: { kind: 'person', id: fixture.people.tom, name: 'tom' },
        role: 'operator',
        endsAt: endsAt.toISOString(),
        reason: 'disk full',
      },
    });
  });

  it('is refused to an operator of the machine, who may not share it', async () => {
    await addGrant(fixture, { to: 'mira', vmId: web, role: 'operator' });
    await expect(give('mira')).rejects.toMatchObject({ code: 'rbac/forbidden' });
  });

  it('gives no more and no longer than the giver has', async () => {
    await addGrant(fixture, { to: 'mira', vmId: web, role: 'manager', endsAt: inAnHour() });
    await expect(give('mira', { role: 'operator' })).rejects.toMatchObject({ code: 'grant/longer-than-own' });
    expect(await give('mira', { role: 'operator', endsAt: new Date(Date.now() + 60_000) })).toHaveProperty(
      'grantId',
    );
  });

  it('gives nothing that a lock has taken from the giver', async () => {
    await fixture.sql('INSERT INTO emergency_lock (tenant_id, vm_id) VALUES ($1, $2)', [
      fixture.tenants.acme,
      web,
    ]);
    await expect(give('jon')).rejects.toMatchObject({ code: 'rbac/forbidden' });
  });

  it('is refused with an end in the past', async () => {
    await expect(give('jon', { endsAt: new Date(Date.now() - 1_000) })).rejects.toMatchObject({
      code: 'grant/past-end',
    });
  });

  it.each([
    ['absent', () => randomUUID()],
    ['of another organisation', () => fixture.people.gus],
  ])('finds no person who is %s', async (_which, personId) => {
    await expect(give('jon', { to: toPerson(personId()) })).rejects.toMatchObject({
      code: 'person/not-found',
    });
  });

  it('finds no machine that is absent, foreign or unseen', async () => {
    const theirs = await addVm(fixture, { name: 'theirs', poolId, holder: 'globex' });
    await expect(give('jon', { over: { kind: 'vm', vmId: theirs } })).rejects.toMatchObject({
      code: 'vm/not-found',
    });
    await expect(give('jon', { over: { kind: 'vm', vmId: randomUUID() } })).rejects.toMatchObject({
      code: 'vm/not-found',
    });
    await expect(give('tom')).rejects.toMatchObject({ code: 'vm/not-found' });
  });
});

describe('sharing with teams, over tags and all', () => {
  it('reaches every member of a team, and who joins it later', async () => {
    const team = await addTeam('On-call', 'mira');
    await give('jon', { to: toTeam(team), role: 'operator' });
    expect(await seenBy('mira')).toContain(web);
    await fixture.sql('INSERT INTO team_member (tenant_id, team_id, person_id) VALUES ($1, $2, $3)', [
      fixture.tenants.acme,
      team,
      fixture.people.tom,
    ]);
    expect(await seenBy('tom')).toContain(web);
    expect((await eventsOf(fixture, 'acme')).at(-1)).toMatchObject({
      action: 'grant.given',
      data: { receiver: { kind: 'team', id: team, name: 'On-call' } },
    });
  });

  it('writes a grant and an event for each of those named', async () => {
    const team = await addTeam('Night shift', 'mira');
    const before = (await eventsOf(fixture, 'acme')).length;
    const { grantIds } = await giveGrant(fixture.deps, await fixture.actor('jon'), {
      ...giftOf({ to: [...toTeam(team), ...toPerson(fixture.people.tom)] }),
      endsAt: null,
      reason: '',
    });
    expect(grantIds).toHaveLength(2);
    expect(await eventsOf(fixture, 'acme')).toHaveLength(before + 2);
  });

  it('over a tag reaches machines that have it, also later ones; over all, every machine', async () => {
    const tagged = await addVm(fixture, { name: 'build-7', poolId, tags: ['build'] });
    await give('jon', { over: { kind: 'tag', tag: 'build' } });
    const later = await addVm(fixture, { name: 'build-8', poolId, tags: ['build'] });
    expect(await seenBy('tom')).toEqual(expect.arrayContaining([tagged, later]));
    expect(await seenBy('tom')).not.toContain(web);
    const { grantId } = await give('jon', { over: { kind: 'all' } });
    expect(await seenBy('tom')).toContain(web);
    expect((await eventsOf(fixture, 'acme')).at(-1)).toMatchObject({
      target: { kind: 'grant', id: grantId, name: 'tom' },
      data: { over: { kind: 'all' } },
    });
  });

  it('over tags and all is for who manages every machine by their place alone', async () => {
    await addGrant(fixture, { to: 'mira', vmId: web, role: 'manager' });
    for (const over of [{ kind: 'tag', tag: 'prod' }, { kind: 'all' }] as const)
      for (const name of ['mira', 'ana'] as const)
        await expect(give(name, { over })).rejects.toMatchObject({ code: 'rbac/forbidden' });
    await fixture.sql('INSERT INTO emergency_lock (tenant_id, person_id) VALUES ($1, $2)', [
      fixture.tenants.acme,
      fixture.people.jon,
    ]);
    await expect(give('jon', { over: { kind: 'all' } })).rejects.toMatchObject({ code: 'rbac/forbidden' });
    await fixture.sql('DELETE FROM emergency_lock');
  });

  it('refuses a tag that no machine has', async () => {
    await expect(give('jon', { over: { kind: 'tag', tag: 'prdo' } })).rejects.toMatchObject({
      code: 'grant/no-such-tag',
    });
  });

  it('finds no team that is absent or foreign', async () => {
    const [foreign] = await fixture.sql('INSERT INTO team (tenant_id, name) VALUES ($1, $2) RETURNING id', [
      fixture.tenants.globex,
      'Theirs',
    ]);
    for (const id of [String(foreign?.id), randomUUID()])
      await expect(give('jon', { to: toTeam(id) })).rejects.toMatchObject({ code: 'team/not-found' });
  });
});

describe('single rights', () => {
  it('are given as they are, and the log says which', async () => {
    const { grantId } = await give('jon', { role: null, rights: ['power', 'look'] });
    expect((await eventsOf(fixture, 'acme')).at(-1)).toMatchObject({
      data: { grantId, role: null, rights: ['look', 'power'] },
    });
    const [row] = await list('jon', web);
    expect(row).toMatchObject({ role: null, rights: ['look', 'power'] });
    await expect(end('tom', grantId)).rejects.toMatchObject({ code: 'rbac/forbidden' });
    await end('jon', grantId);
    expect((await eventsOf(fixture, 'acme')).at(-1)).toMatchObject({
      action: 'grant.ended',
      data: { role: null, rights: ['look', 'power'] },
    });
  });

  it('with share among them let somebody share, and give no more than they have', async () => {
    await give('jon', { to: toPerson(fixture.people.mira), role: null, rights: ['look', 'share'] });
    expect(await give('mira')).toHaveProperty('grantId');
    await expect(give('mira', { role: 'operator' })).rejects.toMatchObject({ code: 'grant/more-than-own' });
  });

  it.each([
    ['without look', { role: null, rights: ['type'] }],
    ['with a role beside them', { role: 'viewer', rights: ['look'] }],
    ['that there are none of', { role: null, rights: [] }],
    ['of hosts', { role: null, rights: ['look', 'host-console'] }],
  ])('are not taken %s', (_why, gift) => {
    const input = { ...giftOf({}), ...gift, endsAt: null, reason: '' };
    expect(giveGrantInput.safeParse(input).success).toBe(false);
  });

  it('are held to by the database itself', async () => {
    const insert = (role: string | null, rights: string[]) =>
      fixture.sql(
        'INSERT INTO access_grant (tenant_id, person_id, vm_id, role, rights) VALUES ($1, $2, $3, $4::vm_role, $5)',
        [fixture.tenants.acme, fixture.people.tom, web, role, rights],
      );
    for (const [role, rights] of [
      [null, []],
      [null, ['type']],
      ['viewer', ['look']],
      [null, ['look', 'everything']],
    ] as const)
      await expect(insert(role, [...rights])).rejects.toMatchObject({ code: '23514' });
  });
});

describe('whom one sharing names', () => {
  it(`is ${MAX_RECEIVERS} at most, and nobody twice`, () => {
    const parse = (ids: string[]) =>
      giveGrantInput.safeParse({
        ...giftOf({ to: ids.flatMap(toPerson) }),
        endsAt: null,
        reason: '',
      }).success;
    const ids = Array.from({ length: MAX_RECEIVERS + 1 }, () => randomUUID());
    expect(parse(ids.slice(1))).toBe(true);
    expect(parse(ids)).toBe(false);
    expect(parse([ids[0] ?? '', ids[0] ?? ''])).toBe(false);
    expect(parse([])).toBe(false);
  });
});

describe('whom something can be shared with', () => {
  it('are members and teams of the organisation, by name', async () => {
    await addTeam('On-call', 'mira', 'tom');
    const { people, teams } = await listReceivers(fixture.deps, await fixture.actor('jon'), { org: 'acme' });
    expect(people.map(({ name }) => name)).toEqual(['ana', 'jon', 'mira', 'tom']);
    expect(teams).toMatchObject([{ name: 'On-call', people: 2 }]);
  });
});

describe('several machines at once', () => {
  const named = (...vmIds: string[]) => ({ kind: 'vms', vmIds }) as const;

  it('are a grant each for each receiver, each with its event', async () => {
    const db = await addVm(fixture, { name: 'db-01', poolId });
    const team = await addTeam('On-call', 'mira');
    const before = (await eventsOf(fixture, 'acme')).length;
    const gift = giftOf({ to: [...toPerson(fixture.people.tom), ...toTeam(team)], over: named(web, db) });
    const { receivers, machines } = await preview('jon', gift);
    expect([machines, receivers.length]).toEqual([2, 2]);
    const { grantIds } = await giveGrant(fixture.deps, await fixture.actor('jon'), {
      ...gift,
      endsAt: null,
      reason: 'move',
    });
    expect(grantIds).toHaveLength(4);
    const events = (await eventsOf(fixture, 'acme')).slice(before);
    expect(events.map(({ action, target }) => [action, Reflect.get(Object(target), 'name')])).toEqual([
      ['grant.given', 'web-01'],
      ['grant.given', 'db-01'],
      ['grant.given', 'web-01'],
      ['grant.given', 'db-01'],
    ]);
    expect(await seenBy('tom')).toEqual(expect.arrayContaining([web, db]));
    expect(await seenBy('mira')).toEqual(expect.arrayContaining([web, db]));
  });

  it('are shared all or none: one that is not seen, or not one’s to share, keeps the others', async () => {
    const db = await addVm(fixture, { name: 'db-01', poolId });
    await addGrant(fixture, { to: 'mira', vmId: web, role: 'manager' });
    await expect(give('mira', { over: named(web, db) })).rejects.toMatchObject({ code: 'vm/not-found' });
    await addGrant(fixture, { to: 'mira', vmId: db, role: 'operator' });
    await expect(give('mira', { over: named(web, db) })).rejects.toMatchObject({ code: 'rbac/forbidden' });
    expect(await seenBy('tom')).not.toContain(web);
    await addGrant(fixture, { to: 'mira', vmId: db, role: 'manager' });
    await give('mira', { over: named(web, db) });
    expect(await seenBy('tom')).toEqual(expect.arrayContaining([web, db]));
  });

  it(`are ${MAX_GRANTS_AT_ONCE} grants at most, and each is named once`, async () => {
    const vmIds: string[] = [];
    for (let n = 0; n < MAX_MACHINES_SHARED; n += 1)
      vmIds.push(await addVm(fixture, { name: `many-${n}`, poolId }));
    const to = [...toPerson(fixture.people.tom), ...toPerson(fixture.people.mira)];
    const third = toPerson(fixture.people.ana);
    await expect(give('jon', { to: [...to, ...third], over: named(...vmIds) })).rejects.toMatchObject({
      code: 'grant/too-many',
      details: { grants: 150, most: MAX_GRANTS_AT_ONCE },
    });
    await expect(preview('jon', { to: [...to, ...third], over: named(...vmIds) })).rejects.toMatchObject({
      code: 'grant/too-many',
    });
    await give('jon', { to, over: named(...vmIds) });
    expect(await seenBy('tom')).toEqual(expect.arrayContaining(vmIds));
    const input = { ...giftOf({ to }), endsAt: null, reason: '' };
    const accepts = (...ids: string[]) => giveGrantInput.safeParse({ ...input, over: named(...ids) }).success;
    expect([accepts(web), accepts(web, web), accepts(), accepts(...vmIds, web)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('the preview', () => {
  it('says for a person what they may do already and what they gain', async () => {
    await addGrant(fixture, { to: 'tom', vmId: web, role: 'viewer' });
    const { machines, receivers } = await preview('jon', { role: 'operator' });
    expect(machines).toBe(1);
    expect(receivers).toEqual([
      {
        kind: 'person',
        id: fixture.people.tom,
        name: 'tom',
        more: false,
        people: [
          {
            id: fixture.people.tom,
            name: 'tom',
            had: ['look'],
            gains: ['type', 'clipboard', 'power', 'media'],
            machines: 1,
            barred: false,
          },
        ],
      },
    ]);
  });

  it('counts a team’s members apart, and the machines of a tag', async () => {
    const tagged = await addVm(fixture, { name: 'qa-1', poolId, tags: ['qa'] });
    await addVm(fixture, { name: 'qa-2', poolId, tags: ['qa'] });
    await addGrant(fixture, { to: 'mira', vmId: tagged, role: 'operator' });
    const team = await addTeam('Testers', 'mira', 'jon', 'tom');
    const { machines, receivers } = await preview('jon', {
      to: toTeam(team),
      over: { kind: 'tag', tag: 'qa' },
    });
    expect(machines).toBe(2);
    const changes = receivers[0]?.people.map(({ name, gains, machines: on }) => [name, gains, on]);
    expect(changes?.sort()).toEqual([
      ['jon', [], 0],
      ['mira', ['look'], 1],
      ['tom', ['look'], 2],
    ]);
  });

  it('says where a lock keeps it from somebody, and writes nothing', async () => {
    await fixture.sql('INSERT INTO emergency_lock (tenant_id, person_id) VALUES ($1, $2)', [
      fixture.tenants.acme,
      fixture.people.tom,
    ]);
    const before = (await eventsOf(fixture, 'acme')).length;
    const { receivers } = await preview('jon');
    expect(receivers[0]?.people).toMatchObject([{ had: [], gains: [], barred: true }]);
    await fixture.sql('DELETE FROM emergency_lock');
    expect(await eventsOf(fixture, 'acme')).toHaveLength(before);
    expect(await seenBy('tom')).not.toContain(web);
  });

  it('is for who may share', async () => {
    await addGrant(fixture, { to: 'mira', vmId: web, role: 'operator' });
    await expect(preview('mira')).rejects.toMatchObject({ code: 'rbac/forbidden' });
    await expect(preview('tom')).rejects.toMatchObject({ code: 'vm/not-found' });
    await expect(preview('ana', { over: { kind: 'all' } })).rejects.toMatchObject({ code: 'rbac/forbidden' });
  });
});

describe('taking it back', () => {
  it('succeeds at once, and the log says who had what', async () => {
    const grantId = await addGrant(fixture, { to: 'mira', vmId: web, role: 'operator' });
    const before = await epoch();
    expect(await end('jon', grantId)).toEqual({ ended: true });
    expect(await seenBy('mira')).not.toContain(web);
    expect(await epoch()).not.toBe(before);
    expect((await eventsOf(fixture, 'acme')).at(-1)).toMatchObject({
      action: 'grant.ended',
      target: { kind: 'vm', name: 'web-01' },
      data: { grantId, receiver: { name: 'mira' }, role: 'operator', why: 'taken-back' },
    });
  });

  it('is refused to who has it and may not share', async () => {
    const grantId = await addGrant(fixture, { to: 'mira', vmId: web, role: 'operator' });
    await expect(end('mira', grantId)).rejects.toMatchObject({ code: 'rbac/forbidden' });
  });

  it('happens once: the second time there is nothing', async () => {
    const grantId = await addGrant(fixture, { to: 'mira', vmId: web, role: 'viewer' });
    const both = await Promise.allSettled([end('jon', grantId), end('jon', grantId)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const ended = (await eventsOf(fixture, 'acme')).filter(
      ({ action, data }) => action === 'grant.ended' && Reflect.get(Object(data), 'grantId') === grantId,
    );
    expect(ended).toHaveLength(1);
  });

  it('finds nothing that ended by its date, of which the log tells once', async () => {
    const grantId = await addGrant(fixture, {
      to: 'mira',
      vmId: web,
      role: 'viewer',
      endsAt: new Date(Date.now() - 1_000),
    });
    await expect(end('jon', grantId)).rejects.toMatchObject({ code: 'grant/not-found' });
    await fixture.sql('SELECT ends_tell()');
    await expect(end('jon', grantId)).rejects.toMatchObject({ code: 'grant/not-found' });
    const ends = (await eventsOf(fixture, 'acme')).filter(
      ({ action, data }) => action === 'grant.ended' && Object(data).grantId === grantId,
    );
    expect(ends).toMatchObject([{ actor: { kind: 'system' }, data: { why: 'ran-out' } }]);
  });

  it('finds nothing absent, foreign or unseen', async () => {
    const grantId = await addGrant(fixture, { to: 'mira', vmId: web, role: 'viewer' });
    await expect(end('jon', randomUUID())).rejects.toMatchObject({ code: 'grant/not-found' });
    await expect(end('tom', grantId)).rejects.toMatchObject({ code: 'grant/not-found' });
    await expect(
      endGrant(fixture.deps, await fixture.actor('gus'), { org: 'globex', grantId }),
    ).rejects.toMatchObject({ code: 'grant/not-found' });
  });
});

describe('the list of grants', () => {
  it('of a machine is whole for who may share it, with what may be ended', async () => {
    await addGrant(fixture, { to: 'mira', vmId: web, role: 'operator' });
    await give('jon', { role: 'viewer' });
    const grants = await list('jon', web);
    expect(grants.map(({ person, role, givenBy, mayEnd }) => [person?.name, role, givenBy, mayEnd])).toEqual([
      ['tom', 'viewer', 'jon', true],
      ['mira', 'operator', null, true],
    ]);
  });

  it('of a machine is one’s own for who only uses it', async () => {
    await addGrant(fixture, { to: 'mira', vmId: web, role: 'operator' });
    await give('jon');
    expect((await list('mira', web)).map(({ person, mayEnd }) => [person?.name, mayEnd])).toEqual([
      ['mira', false],
    ]);
  });

  it('leaves out what has ended, by hand or by date', async () => {
    const ended = await addGrant(fixture, { to: 'mira', vmId: web, role: 'viewer' });
    await end('jon', ended);
    await addGrant(fixture, { to: 'tom', vmId: web, role: 'viewer', endsAt: new Date(Date.now() - 1) });
    expect(await list('jon', web)).toEqual([]);
  });

  it('of the organisation is whole for an auditor, who may end none', async () => {
    await addGrant(fixture, { to: 'mira', vmId: web, role: 'viewer' });
    const grants = await list('ana');
    expect(grants).toHaveLength(1);
    expect(grants.some(({ mayEnd }) => mayEnd)).toBe(false);
  });
});
