import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listGrants } from '../grants/list-grants.ts';
import {
  addGrant,
  addPoolRow,
  addVm,
  createFixture,
  emailOf,
  eventsOf,
  type Fixture,
  type Name,
} from '../testing/portal-fixture.ts';
import { approveRequest, refuseRequest, withdrawRequest } from './answer-request.ts';
import { askForAccess } from './ask-for-access.ts';
import { countRequests, getRequest, listRequests } from './list-requests.ts';
import {
  LENGTHS_MS,
  MAX_LENGTH_MS,
  MAX_OPEN_PER_PERSON,
  PER_PERSON,
  REQUEST_LIFE_MS,
} from './request-limits.ts';
import { requestsOfMachine } from './requests-of-machine.ts';

const HOUR_MS = 3_600_000;
let fixture: Fixture;
let poolId: string;
let db01: string;

beforeAll(async () => {
  fixture = await createFixture();
  poolId = await addPoolRow(fixture);
});
afterAll(() => fixture.end());
beforeEach(async () => {
  db01 = await addVm(fixture, { name: 'db-01', poolId });
  await addGrant(fixture, { to: 'mira', vmId: db01, role: 'viewer' });
  await fixture.sql('DELETE FROM rate_counter');
  await fixture.sql('DELETE FROM mail');
  await fixture.sql("UPDATE access_request SET outcome = 'expired', ended_at = now() WHERE outcome IS NULL");
});

const org = 'acme';
type Over = Partial<Parameters<typeof askForAccess>[2]>;
const ask = async (who: Name, over: Over = {}) =>
  askForAccess(fixture.deps, await fixture.actor(who), {
    org,
    vmId: db01,
    role: 'operator',
    lengthMs: 4 * HOUR_MS,
    reason: 'disk full, ticket 4711',
    ...over,
  });
const approve = async (
  who: Name,
  requestId: string,
  over: { role?: 'viewer' | 'operator' | 'manager'; lengthMs?: number } = {},
) =>
  approveRequest(fixture.deps, await fixture.actor(who), {
    org,
    requestId,
    role: 'operator',
    lengthMs: 4 * HOUR_MS,
    ...over,
  });
const refuse = async (who: Name, requestId: string) =>
  refuseRequest(fixture.deps, await fixture.actor(who), { org, requestId, reason: 'not today' });
const withdraw = async (who: Name, requestId: string) =>
  withdrawRequest(fixture.deps, await fixture.actor(who), { org, requestId });
const get = async (who: Name, requestId: string) =>
  getRequest(fixture.deps, await fixture.actor(who), { org, requestId });
const waitingFor = async (who: Name) => (await countRequests(fixture.deps, await fixture.actor(who))).waiting;
const mails = async () =>
  (await fixture.sql('SELECT kind, to_email, names FROM mail ORDER BY kind, to_email')).map(
    ({ kind, to_email }) => [kind, to_email],
  );
const lastEvent = async () => (await eventsOf(fixture, 'acme')).at(-1);
const makeLate = (requestId: string) =>
  fixture.sql(
    "UPDATE access_request SET created_at = now() - interval '2 days', expires_at = now() - interval '1 second' WHERE id = $1",
    [requestId],
  );

describe('asking', () => {
  it('tells who may share the machine, on their page and by mail, and says nothing secret there', async () => {
    await addGrant(fixture, { to: 'tom', vmId: db01, role: 'manager' });
    const { requestId } = await ask('mira');
    expect(await waitingFor('jon')).toBe(1);
    expect(await waitingFor('tom')).toBe(1);
    expect(await waitingFor('mira')).toBe(0);
    expect(await waitingFor('ana')).toBe(0);
    expect(await mails()).toEqual([
      ['request-asked', emailOf('jon')],
      ['request-asked', emailOf('tom')],
    ]);
    const [mail] = await fixture.sql('SELECT names FROM mail LIMIT 1');
    expect(mail?.names).toEqual({ name: 'mira', org: 'ACME', slug: 'acme', request: requestId });
    expect(await lastEvent()).toMatchObject({
      action: 'request.asked',
      actor: { name: 'mira' },
      target: { name: 'db-01' },
      data: { requestId, role: 'operator', lengthMs: 4 * HOUR_MS, reason: 'disk full, ticket 4711' },
    });
  });

  it('happens once for a machine, and again after it was withdrawn', async () => {
    const { requestId } = await ask('mira');
    await expect(ask('mira')).rejects.toMatchObject({ code: 'asked/open' });
    expect(await withdraw('mira', requestId)).toEqual({ withdrawn: true });
    expect(await lastEvent()).toMatchObject({ action: 'request.withdrawn', data: { requestId } });
    await expect(withdraw('mira', requestId)).rejects.toMatchObject({ code: 'asked/decided' });
    await ask('mira');
  });

  it('asks once though two ask at once', async () => {
    const both = await Promise.allSettled([ask('mira'), ask('mira')]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('finds no machine that is absent, foreign or unseen, and gives nobody what they have', async () => {
    const theirs = await addVm(fixture, { name: 'theirs', poolId, holder: 'globex' });
    for (const vmId of [theirs, randomUUID()])
      await expect(ask('mira', { vmId })).rejects.toMatchObject({ code: 'vm/not-found' });
    await expect(ask('tom')).rejects.toMatchObject({ code: 'vm/not-found' });
    await expect(ask('mira', { role: 'viewer' })).rejects.toMatchObject({ code: 'asked/has-it' });
    await expect(ask('jon')).rejects.toMatchObject({ code: 'asked/has-it' });
  });

  it(`has ${MAX_OPEN_PER_PERSON} open for one person at most`, async () => {
    for (let n = 0; n < MAX_OPEN_PER_PERSON; n += 1) {
      const vmId = await addVm(fixture, { name: `m-${n}`, poolId });
      await addGrant(fixture, { to: 'mira', vmId, role: 'viewer' });
      await ask('mira', { vmId });
    }
    await expect(ask('mira')).rejects.toMatchObject({ code: 'asked/too-many' });
  });

  it(`counts ${PER_PERSON.max} an hour`, async () => {
    for (let n = 0; n < PER_PERSON.max; n += 1) await withdraw('mira', (await ask('mira')).requestId);
    await expect(ask('mira')).rejects.toMatchObject({ code: 'rate/limited' });
  });

  it('offers what would be more, and shows what waits', async () => {
    const { requestId } = await ask('mira');
    const found = await requestsOfMachine(fixture.deps, await fixture.actor('mira'), { org, vmId: db01 });
    expect(found).toMatchObject({
      roles: ['operator', 'manager'],
      mayBreakGlass: false,
      open: { id: requestId, state: 'waiting', mine: true, mayAnswer: false },
      emergencies: [],
    });
    expect(Math.max(...LENGTHS_MS)).toBe(MAX_LENGTH_MS);
  });
});

describe('approving', () => {
  it('makes access of it that ends by itself and names the request; who asked hears of it', async () => {
    const { requestId } = await ask('mira');
    const { grantId } = await approve('jon', requestId, { lengthMs: HOUR_MS });
    const [grant] = await fixture.sql('SELECT * FROM access_grant WHERE id = $1', [grantId]);
    expect(grant).toMatchObject({
      request_id: requestId,
      role: 'operator',
      reason: 'disk full, ticket 4711',
    });
    expect(Number(grant?.ends_at) - Date.now()).toBeLessThanOrEqual(HOUR_MS);
    expect(await get('mira', requestId)).toMatchObject({
      state: 'approved',
      ended: { by: 'jon' },
      given: { role: 'operator' },
    });
    expect(await mails()).toContainEqual(['request-answered', emailOf('mira')]);
    expect((await eventsOf(fixture, 'acme')).slice(-2).map(({ action }) => action)).toEqual([
      'grant.given',
      'request.approved',
    ]);
    const [row] = await listGrants(fixture.deps, await fixture.actor('jon'), { org, vmId: db01 });
    expect(row).toMatchObject({ id: grantId, request: { id: requestId } });
  });

  it('is one person’s: of two who answer at once the other reads who was quicker', async () => {
    await addGrant(fixture, { to: 'tom', vmId: db01, role: 'manager' });
    for (let round = 0; round < 10; round += 1) {
      const { requestId } = await ask('mira', { role: 'manager' });
      const both = await Promise.allSettled([approve('jon', requestId), refuse('tom', requestId)]);
      const lost = both.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
      expect(lost).toHaveLength(1);
      expect(lost[0]).toMatchObject({
        code: 'asked/decided',
        publicMessage: expect.stringMatching(/^(jon approved|tom refused) this request/),
      });
      const grants = await fixture.sql('SELECT id FROM access_grant WHERE request_id = $1', [requestId]);
      expect(grants).toHaveLength(both[0].status === 'fulfilled' ? 1 : 0);
      await fixture.sql('DELETE FROM rate_counter');
    }
  });

  it('gives no more than was asked for, and no more than the one who answers has', async () => {
    const { requestId } = await ask('mira');
    await expect(approve('jon', requestId, { role: 'manager' })).rejects.toMatchObject({
      code: 'asked/more',
    });
    await expect(approve('jon', requestId, { lengthMs: 12 * HOUR_MS })).rejects.toMatchObject({
      code: 'asked/more',
    });
    await addGrant(fixture, {
      to: 'tom',
      vmId: db01,
      role: 'manager',
      endsAt: new Date(Date.now() + HOUR_MS / 2),
    });
    await expect(approve('tom', requestId)).rejects.toMatchObject({ code: 'grant/longer-than-own' });
  });

  it('is never one’s own, nor another’s who may not share the machine', async () => {
    const { requestId } = await ask('mira');
    await expect(approve('mira', requestId)).rejects.toMatchObject({ code: 'rbac/forbidden' });
    for (const who of ['tom', 'ana'] as const)
      await expect(approve(who, requestId)).rejects.toMatchObject({ code: 'access-request/not-found' });
    // Who manages the machine for a while asks to keep it: that is for another to say.
    await addGrant(fixture, {
      to: 'mira',
      vmId: db01,
      role: 'manager',
      endsAt: new Date(Date.now() + HOUR_MS),
    });
    await expect(approve('mira', requestId)).rejects.toMatchObject({ code: 'rbac/forbidden' });
  });

  it('is refused to who lost the right before they answered', async () => {
    const grantId = await addGrant(fixture, { to: 'tom', vmId: db01, role: 'manager' });
    const { requestId } = await ask('mira');
    await fixture.sql('UPDATE access_grant SET ended_at = now() WHERE id = $1', [grantId]);
    await expect(approve('tom', requestId)).rejects.toMatchObject({ code: 'access-request/not-found' });
    await addGrant(fixture, { to: 'tom', vmId: db01, role: 'manager' });
    await fixture.sql('INSERT INTO emergency_lock (tenant_id, vm_id) VALUES ($1, $2)', [
      fixture.tenants.acme,
      db01,
    ]);
    await expect(approve('tom', requestId)).rejects.toMatchObject({ code: 'access-request/not-found' });
  });

  it(`comes too late after ${REQUEST_LIFE_MS / HOUR_MS} hours; then one may ask anew`, async () => {
    const { requestId } = await ask('mira');
    expect((await get('mira', requestId)).expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(
      REQUEST_LIFE_MS,
    );
    await makeLate(requestId);
    expect(await waitingFor('jon')).toBe(0);
    await expect(approve('jon', requestId)).rejects.toMatchObject({ code: 'asked/late' });
    await expect(refuse('jon', requestId)).rejects.toMatchObject({ code: 'asked/late' });
    const before = (await eventsOf(fixture, 'acme')).length;
    await ask('mira');
    expect(await get('mira', requestId)).toMatchObject({ state: 'late', ended: null });
    // The log tells the end of the one before the other, though the worker has not come by.
    expect((await eventsOf(fixture, 'acme')).slice(before)).toMatchObject([
      {
        action: 'request.lapsed',
        actor: { kind: 'system' },
        data: { requestId, receiver: { name: 'mira' }, reason: 'disk full, ticket 4711', why: 'ran-out' },
      },
      { action: 'request.asked' },
    ]);
  });

  it('comes too late, too, where the request lapses in the same moment', async () => {
    const { requestId } = await ask('mira');
    const lapsing = await fixture.root.connect();
    await lapsing.query('BEGIN');
    await lapsing.query(
      "UPDATE access_request SET outcome = 'expired', ended_at = expires_at WHERE id = $1",
      [requestId],
    );
    const answer = expect(refuse('jon', requestId)).rejects.toMatchObject({ code: 'asked/late' });
    const blocked =
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    await expect.poll(async () => (await fixture.sql(blocked)).length, { interval: 5 }).toBe(1);
    await lapsing.query('COMMIT');
    lapsing.release();
    await answer;
  });

  it('finds nobody who has left, and no machine that went elsewhere', async () => {
    const { requestId } = await ask('mira');
    await fixture.sql('UPDATE person SET disabled_at = now() WHERE id = $1', [fixture.people.mira]);
    await expect(approve('jon', requestId)).rejects.toMatchObject({ code: 'person/not-found' });
    await fixture.sql('UPDATE person SET disabled_at = NULL WHERE id = $1', [fixture.people.mira]);
    await fixture.sql('UPDATE vm SET gone_at = now() WHERE id = $1', [db01]);
    expect(await waitingFor('jon')).toBe(0);
    await expect(approve('jon', requestId)).rejects.toMatchObject({ code: 'access-request/not-found' });
  });
});

describe('refusing', () => {
  it('gives nothing, and who asked reads why', async () => {
    const { requestId } = await ask('mira');
    expect(await refuse('jon', requestId)).toEqual({ refused: true });
    expect(await get('mira', requestId)).toMatchObject({
      state: 'refused',
      answer: 'not today',
      ended: { by: 'jon' },
    });
    expect(await lastEvent()).toMatchObject({
      action: 'request.refused',
      data: { requestId, answer: 'not today', receiver: { name: 'mira' } },
    });
    expect(await mails()).toContainEqual(['request-answered', emailOf('mira')]);
  });
});

describe('the page', () => {
  it('lists one’s own, and what is one’s to decide', async () => {
    const { requestId } = await ask('mira');
    const of = async (who: Name) => listRequests(fixture.deps, await fixture.actor(who));
    expect((await of('jon')).waiting.map(({ id }) => id)).toEqual([requestId]);
    const mine = await of('mira');
    expect([mine.waiting, mine.mine[0]?.id]).toEqual([[], requestId]);
    await refuse('jon', requestId);
    expect((await of('jon')).answered[0]).toMatchObject({ id: requestId, state: 'refused' });
    const [ana, gus] = [await of('ana'), await listRequests(fixture.deps, await fixture.actor('gus'))];
    expect([ana.waiting, ana.mine, ana.answered, gus.answered]).toEqual([[], [], [], []]);
    await expect(get('gus', requestId)).rejects.toMatchObject({ code: 'access-request/not-found' });
  });

  it('says of what nobody answered that it is late, to who asked; to nobody that somebody answered it', async () => {
    const { requestId } = await ask('mira');
    await makeLate(requestId);
    const of = async (who: Name) => listRequests(fixture.deps, await fixture.actor(who));
    const seen = async () => {
      const [mine, theirs] = [await of('mira'), await of('jon')];
      const rows = [...theirs.waiting, ...theirs.answered].map(({ id }) => id);
      return [
        mine.mine.find(({ id }) => id === requestId),
        rows.includes(requestId),
        await waitingFor('jon'),
      ];
    };
    const before = await seen();
    expect(before).toMatchObject([{ state: 'late', ended: null }, false, 0]);
    await fixture.sql('SELECT ends_tell()');
    expect(await seen()).toEqual(before);
    await expect(approve('jon', requestId)).rejects.toMatchObject({ code: 'asked/late' });
    await expect(withdraw('mira', requestId)).rejects.toMatchObject({ code: 'asked/late' });
  });
});
