import { randomUUID } from 'node:crypto';
import { verifyLog } from '@porthole/audit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { getMachine } from '../machines/get-machine.ts';
import { Browser } from '../testing/browser.ts';
import {
  addPoolRow,
  addRelay,
  addSeat,
  addVm,
  createFixture,
  eventsOf,
  type Fixture,
  type Name,
} from '../testing/portal-fixture.ts';

let fixture: Fixture;
let poolId: string;
let web: string;
const browsers: Partial<Record<Name, Browser>> = {};

beforeAll(async () => {
  fixture = await createFixture();
  poolId = await addPoolRow(fixture);
  await addRelay(fixture, 'relay-1');
  await fixture.sql("UPDATE relay SET beat_at = now() + interval '1 hour'");
  web = await addVm(fixture, { name: 'web-01', poolId });
  await addVm(fixture, { name: 'shop-01', poolId, holder: 'globex' });
  for (const name of ['olga', 'jon', 'mira', 'tom', 'ana', 'gus'] as const) {
    const browser = new Browser(fixture.deps);
    await browser.signIn(name);
    browsers[name] = browser;
  }
});
afterAll(() => fixture.end());
beforeEach(async () => {
  await fixture.sql('DELETE FROM emergency_lock');
  await fixture.sql(
    "UPDATE console_seat SET closed_at = now(), close_reason = 'left' WHERE closed_at IS NULL",
  );
  await fixture.sql('UPDATE login_session SET confirmed_at = now()');
  await fixture.sql("UPDATE membership SET role = 'admin' WHERE person_id = $1", [fixture.people.jon]);
  await fixture.sql("UPDATE membership SET role = 'member' WHERE person_id = ANY ($1)", [
    [fixture.people.mira, fixture.people.tom],
  ]);
});

const by = (name: Name) => {
  const browser = browsers[name];
  if (browser === undefined) throw new Error(`${name} is not signed in`);
  return browser;
};
const orgOf = (name: Name) => (name === 'olga' ? 'northgate' : name === 'gus' ? 'globex' : 'acme');
const set = (scope: string, id: string | null, name: Name = 'jon') =>
  by(name).mutate('locks.set', { org: orgOf(name), scope, id, reason: 'stolen laptop' });
const lift = (lockId: unknown, name: Name = 'jon') =>
  by(name).mutate('locks.lift', { org: orgOf(name), lockId, reason: 'found it' });
const lockOf = (answer: { data: unknown }): string => String(Object(answer.data).lockId);
const open = async (name: Name = 'jon'): Promise<unknown> =>
  (await by(name).mutate('console.open', { org: 'acme', vmId: web, kind: 'screen', mode: 'look' })).error
    ?.data.appCode ?? 'open';
const code = (answer: { error: { data: Record<string, unknown> } | null }) => answer.error?.data.appCode;
const makeOwner = (...names: Name[]) =>
  fixture.sql("UPDATE membership SET role = 'owner' WHERE person_id = ANY ($1)", [
    names.map((name) => fixture.people[name]),
  ]);
const epochs = async () =>
  Object.fromEntries(
    (await fixture.sql('SELECT slug, authority_epoch::text AS n FROM tenant')).map(({ slug, n }) => [
      slug,
      BigInt(String(n)),
    ]),
  );

/** What the page of the machine says of the lock on it. */
const shown = async () =>
  (await getMachine(fixture.deps, await fixture.actor('jon'), { org: 'acme', id: web })).lock;

describe('a lock', () => {
  it.each([
    ['organisation', (): string | null => null],
    ['vm', (): string | null => web],
    ['pool', (): string | null => poolId],
  ] as const)(
    'over the %s closes what is under it until it is lifted, for whoever has any right',
    async (scope, id) => {
      const before = (await epochs()).acme ?? 0n;
      const lockId = lockOf(await set(scope, id()));
      expect((await epochs()).acme).toBeGreaterThan(before);
      expect(await open()).toBe('rbac/locked');
      expect(await shown()).toMatchObject({ id: lockId, scope, by: 'jon', you: false });
      expect((await lift(lockId)).error).toBeNull();
      expect(await open()).toBe('open');
      expect(await shown()).toBeNull();
    },
  );

  it('over a person closes theirs and nobody else’s', async () => {
    await fixture.sql("UPDATE membership SET role = 'admin' WHERE person_id = $1", [fixture.people.mira]);
    await set('person', fixture.people.mira);
    expect([await open('mira'), await open('jon')]).toEqual(['rbac/locked', 'open']);
  });

  it('over a team closes its people’s, and lets them still lift it who run the organisation', async () => {
    const teamId = randomUUID();
    await fixture.sql("INSERT INTO team (tenant_id, id, name) VALUES ($1, $2, 'On-call')", [
      fixture.tenants.acme,
      teamId,
    ]);
    await fixture.sql('INSERT INTO team_member (tenant_id, team_id, person_id) VALUES ($1, $2, $3)', [
      fixture.tenants.acme,
      teamId,
      fixture.people.jon,
    ]);
    await makeOwner('mira');
    await addSeat(fixture, { tenant: 'acme', person: 'jon', vmId: web });
    expect(
      (await by('jon').query('locks.preview', { org: 'acme', scope: 'team', id: teamId })).data,
    ).toMatchObject({ name: 'On-call', consoles: 1 });
    const lockId = lockOf(await set('team', teamId));
    expect([await open('jon'), await open('mira')]).toEqual(['rbac/locked', 'open']);
    expect((await by('tom').query('locks.here', { org: 'acme' })).data).toEqual([]);
    expect((await by('jon').query('locks.here', { org: 'acme' })).data).toMatchObject([
      { scope: 'team', name: 'On-call' },
    ]);
    expect((await lift(lockId)).error).toBeNull();
    await fixture.sql('DELETE FROM team_member');
    await fixture.sql('DELETE FROM team');
  });

  it('asks for a fresh proof, to be set and to be lifted', async () => {
    const lockId = lockOf(await set('vm', web));
    await fixture.sql("UPDATE login_session SET confirmed_at = now() - interval '11 minutes'");
    expect(code(await set('organisation', null))).toBe('auth/confirm-first');
    expect(code(await lift(lockId))).toBe('auth/confirm-first');
  });

  it('is set once by two who press at once, and the first one’s name counts', async () => {
    await makeOwner('mira');
    const answers = await Promise.all([set('vm', web, 'jon'), set('vm', web, 'mira')]);
    expect(answers.map(code)).toEqual([undefined, undefined]);
    expect(new Set(answers.map(lockOf)).size).toBe(1);
    expect(answers.map(({ data }) => Object(data).already).sort()).toEqual([false, true]);
    expect(await fixture.sql('SELECT id FROM emergency_lock')).toHaveLength(1);
    await expect(
      fixture.sql('INSERT INTO emergency_lock (tenant_id, vm_id) VALUES ($1, $2)', [
        fixture.tenants.acme,
        web,
      ]),
    ).rejects.toThrow(/emergency_lock_once/);
  });

  it('says before it is set what it would close', async () => {
    await addSeat(fixture, { tenant: 'acme', person: 'mira', vmId: web });
    await addSeat(fixture, { tenant: 'acme', person: 'mira', vmId: web });
    const preview = async (scope: string, id: string | null, name: Name = 'jon') =>
      (await by(name).query('locks.preview', { org: orgOf(name), scope, id })).data;
    expect(await preview('vm', web)).toEqual({ name: 'web-01', consoles: 2, people: 1 });
    expect(await preview('person', fixture.people.mira)).toMatchObject({ consoles: 2 });
    expect(await preview('person', fixture.people.tom)).toMatchObject({ consoles: 0 });
    expect(await preview('pool', poolId)).toMatchObject({ name: 'Frankfurt', consoles: 2 });
    expect(await preview('organisation', null)).toMatchObject({ consoles: 2 });
    expect(await preview('pool', poolId, 'olga')).toMatchObject({ consoles: 2, people: 1 });
  });

  it('is set and lifted by who runs the organisation, and read by who checks it', async () => {
    for (const name of ['mira', 'ana'] as const)
      expect((await set('organisation', null, name)).status).toBe(403);
    const lockId = lockOf(await set('organisation', null));
    expect((await lift(lockId, 'ana')).status).toBe(403);
    expect((await by('ana').query('locks.list', { org: 'acme' })).data).toMatchObject({
      live: [{ scope: 'organisation', reason: 'stolen laptop', by: 'jon' }],
      mayManage: false,
    });
    expect((await by('mira').query('locks.list', { org: 'acme' })).status).toBe(403);
    await lift(lockId);
    expect((await by('ana').query('locks.list', { org: 'acme' })).data).toMatchObject({
      live: [],
      past: [{ lifted: { by: 'jon', reason: 'found it' } }],
    });
  });

  it('is told to whom it touches', async () => {
    await set('vm', web);
    await set('person', fixture.people.tom);
    await set('organisation', null);
    const here = async (name: Name) =>
      ((await by(name).query('locks.here', { org: 'acme' })).data as { scope: string; you: boolean }[])
        .map(({ scope, you }) => (you ? 'you' : scope))
        .sort();
    expect(await here('mira')).toEqual(['organisation']);
    expect(await here('tom')).toEqual(['organisation', 'you']);
    expect(await here('ana')).toEqual(['organisation', 'person', 'vm']);
  });

  it('over what is another’s is the same as over what isn’t there', async () => {
    for (const [scope, foreign] of [
      ['person', fixture.people.gus],
      ['vm', randomUUID()],
      ['team', randomUUID()],
      ['pool', randomUUID()],
    ] as const) {
      const [one, other] = [await set(scope, foreign), await set(scope, randomUUID())];
      expect([one.status, one.text]).toEqual([404, other.text]);
    }
    const lockId = lockOf(await set('organisation', null, 'gus'));
    const [one, other] = [await lift(lockId), await lift(randomUUID())];
    expect([one.status, one.text]).toEqual([404, other.text]);
  });
});

describe('who is locked', () => {
  it('locks nobody, frees nobody, and changes nothing in the organisation', async () => {
    await makeOwner('mira');
    const lockId = lockOf(await set('person', fixture.people.jon, 'mira'));
    expect((await set('organisation', null, 'jon')).status).toBe(403);
    expect((await lift(lockId, 'jon')).status).toBe(403);
    expect(
      (await by('jon').mutate('people.setRole', { org: 'acme', personId: fixture.people.tom, role: 'admin' }))
        .status,
    ).toBe(403);
    expect((await by('jon').query('log.list', { org: 'acme' })).status).toBe(200);
    expect((await lift(lockId, 'mira')).error).toBeNull();
  });

  it('takes nothing from others, and leaves no way in for afterwards', async () => {
    await makeOwner('mira');
    const given = await by('jon').mutate('grants.give', {
      ...{ org: 'acme', to: [{ kind: 'person', id: fixture.people.tom }], over: { kind: 'all' } },
      ...{ role: 'viewer', rights: [], endsAt: null, reason: '' },
    });
    const [grantId] = Object(given.data).grantIds;
    const seatId = await addSeat(fixture, { tenant: 'acme', person: 'tom', vmId: web });
    const made = await by('jon').mutate('guests.make', {
      ...{ org: 'acme', vmId: web, name: 'Nina', email: 'nina@guest.example', can: 'look', reason: '' },
      ...{ endsAt: new Date(Date.now() + 3_600_000), visits: 'many', door: 'knock' },
    });
    const { linkId } = Object(made.data);
    const lockId = lockOf(await set('person', fixture.people.jon, 'mira'));
    const token = { name: 'Nightly', scopes: ['machines'], endsAt: new Date(Date.now() + 3_600_000) };
    const tried = async () => [
      (await by('jon').mutate('grants.end', { org: 'acme', grantId })).status,
      (await by('jon').mutate('live.close', { org: 'acme', seatId, reason: '' })).status,
      (await by('jon').mutate('tokens.make', { org: 'acme', ...token })).status,
      (await by('jon').mutate('guests.restore', { org: 'acme', linkId })).status,
    ];
    expect((await by('mira').mutate('guests.end', { org: 'acme', linkId })).status).toBe(200);
    const grants = async () =>
      (await fixture.sql('SELECT 1 FROM access_grant WHERE id = $1 AND ended_at IS NULL', [grantId])).length;
    expect([...(await tried()), await grants()]).toEqual([404, 403, 403, 403, 1]);
    expect((await lift(lockId, 'mira')).error).toBeNull();
    expect([...(await tried()), await grants()]).toEqual([200, 200, 200, 200, 0]);
  });

  it('is never oneself, and an owner is locked and freed by owners alone', async () => {
    await makeOwner('mira', 'tom');
    expect(code(await set('person', fixture.people.mira, 'mira'))).toBe('lock/own-self');
    expect((await set('person', fixture.people.mira, 'jon')).status).toBe(403);
    const lockId = lockOf(await set('person', fixture.people.mira, 'tom'));
    expect((await lift(lockId, 'jon')).status).toBe(403);
    expect((await lift(lockId, 'mira')).status).toBe(403);
    expect((await lift(lockId, 'tom')).error).toBeNull();
  });

  it('of two owners who lock each other at once one stays free', async () => {
    await makeOwner('mira', 'tom');
    const answers = await Promise.all([
      set('person', fixture.people.tom, 'mira'),
      set('person', fixture.people.mira, 'tom'),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
  });

  it('and the last owner, has the way back: where no other owner is free, they lift it', async () => {
    await makeOwner('mira', 'tom');
    const lockId = lockOf(await set('person', fixture.people.mira, 'tom'));
    await fixture.sql("UPDATE membership SET role = 'member' WHERE person_id = $1", [fixture.people.tom]);
    expect((await set('organisation', null, 'mira')).status).toBe(403);
    expect((await lift(lockId, 'mira')).error).toBeNull();
  });

  it('with the whole organisation, shuts out nobody who may lift it', async () => {
    const lockId = lockOf(await set('organisation', null));
    expect(await open()).toBe('rbac/locked');
    expect((await lift(lockId)).error).toBeNull();
  });
});

describe('the provider', () => {
  const over = (call: string, id: string = fixture.tenants.acme) =>
    by('olga').mutate(`locks.${call}`, { org: 'northgate', id, reason: 'abuse' });

  it('locks any organisation and alone lifts that; the organisation sees it', async () => {
    expect((await over('setOverCustomer')).error).toBeNull();
    expect((await over('setOverCustomer')).data).toMatchObject({ already: true });
    expect(await open()).toBe('rbac/locked');
    const here = (await by('mira').query('locks.here', { org: 'acme' })).data as { id: string }[];
    expect(here).toMatchObject([{ scope: 'organisation', by: null }]);
    expect(code(await lift(here[0]?.id))).toBe('lock/of-provider');
    const own = lockOf(await set('organisation', null));
    expect((await over('liftOverCustomer')).error).toBeNull();
    expect(await open()).toBe('rbac/locked');
    expect((await over('liftOverCustomer')).status).toBe(404);
    await lift(own);
    expect(await open()).toBe('open');
    expect((await by('olga').query('locks.ofCustomers', { org: 'northgate' })).data).toMatchObject([
      { target: { name: 'ACME' }, lifted: { reason: 'abuse' } },
    ]);
  });

  it('locks a pool for everybody who holds one of its machines, and each is told', async () => {
    const before = await epochs();
    const lockId = lockOf(await set('pool', poolId, 'olga'));
    const after = await epochs();
    for (const slug of ['acme', 'globex', 'northgate'])
      expect(after[slug]).toBeGreaterThan(before[slug] ?? 0n);
    expect(await open()).toBe('rbac/locked');
    expect((await by('mira').query('locks.here', { org: 'acme' })).data).toMatchObject([
      { scope: 'pool', name: 'Frankfurt', by: null },
    ]);
    expect((await lift(lockId)).status).toBe(404);
    expect((await lift(lockId, 'olga')).error).toBeNull();
    expect(await open()).toBe('open');
    for (const chain of ['acme', 'globex', 'northgate'] as const)
      expect((await eventsOf(fixture, chain)).map(({ action }) => action).slice(-2)).toEqual(
        chain === 'acme' ? expect.arrayContaining(['lock.lifted']) : ['lock.set', 'lock.lifted'],
      );
  });

  it('is who may: a customer locks no other organisation, and a customer’s lock of a pool is its own affair', async () => {
    const answer = await by('gus').mutate('locks.setOverCustomer', {
      org: 'globex',
      id: fixture.tenants.acme,
      reason: 'x',
    });
    expect(answer.status).toBe(403);
    await set('pool', poolId, 'gus');
    expect(await open()).toBe('open');
  });

  it('and the customer read the same in their logs, which hold', async () => {
    await over('setOverCustomer');
    await over('liftOverCustomer');
    for (const chain of ['acme', 'northgate'] as const) {
      expect((await eventsOf(fixture, chain)).slice(-2)).toMatchObject([
        { action: 'lock.set', actor: { name: 'olga' }, data: { byProvider: true, reason: 'abuse' } },
        { action: 'lock.lifted', actor: { name: 'olga' } },
      ]);
      const tenantId = fixture.tenants[chain];
      expect(await verifyLog(fixture.db, tenantId)).toMatchObject({
        intact: true,
      });
    }
  });
});
