import { randomUUID } from 'node:crypto';
import type { VmRole } from '@porthole/rbac';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
import { giveGrant } from './give-grant.ts';
import { listGrants } from './list-grants.ts';

let fixture: Fixture;
let poolId: string;
let web: string;

beforeAll(async () => {
  fixture = await createFixture();
  poolId = await addPoolRow(fixture);
});
beforeEach(async () => {
  web = await addVm(fixture, { name: 'web-01', poolId });
});
afterAll(() => fixture.end());

const inAnHour = () => new Date(Date.now() + 3_600_000);

async function give(
  by: Name,
  over: { vmId?: string; personId?: string; role?: VmRole; endsAt?: Date | null } = {},
) {
  const input = {
    org: 'acme',
    vmId: web,
    personId: fixture.people.tom,
    role: 'viewer',
    endsAt: null,
  } as const;
  return giveGrant(fixture.deps, await fixture.actor(by), { ...input, reason: 'disk full', ...over });
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
    const given = give('mira', { personId: fixture.people.tom }).catch((error: unknown) => error);
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
    await expect(give('jon', { personId: personId() })).rejects.toMatchObject({ code: 'person/not-found' });
  });

  it('finds no machine that is absent, foreign or unseen', async () => {
    const theirs = await addVm(fixture, { name: 'theirs', poolId, holder: 'globex' });
    await expect(give('jon', { vmId: theirs })).rejects.toMatchObject({ code: 'vm/not-found' });
    await expect(give('jon', { vmId: randomUUID() })).rejects.toMatchObject({ code: 'vm/not-found' });
    await expect(give('tom')).rejects.toMatchObject({ code: 'vm/not-found' });
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
    expect(grants.length).toBeGreaterThan(1);
    expect(grants.some(({ mayEnd }) => mayEnd)).toBe(false);
  });
});
