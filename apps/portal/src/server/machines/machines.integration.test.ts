import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import {
  addGrant,
  addPoolRow,
  addVm,
  createFixture,
  type Fixture,
  type Name,
} from '../testing/portal-fixture.ts';
import { getMachine } from './get-machine.ts';
import { listMachines, type listMachinesInput } from './list-machines.ts';

let fixture: Fixture;
let poolId: string;
const ids: Record<string, string> = {};

beforeAll(async () => {
  fixture = await createFixture();
  poolId = await addPoolRow(fixture);
  ids.web1 = await addVm(fixture, { name: 'web-1', poolId, tags: ['prod', 'web'] });
  ids.web10 = await addVm(fixture, { name: 'web-10', poolId, tags: ['web'], powerState: 'Halted' });
  ids.web2 = await addVm(fixture, { name: 'web-2', poolId, tags: ['web'] });
  ids.theirs = await addVm(fixture, { name: 'theirs', poolId, holder: 'globex' });
  await fixture.sql("UPDATE vm SET addresses = '{10.0.4.11}', os_name = 'Debian 12' WHERE id = $1", [
    ids.web1,
  ]);
  await addGrant(fixture, { to: 'mira', vmId: ids.web1 ?? '', role: 'operator' });
  await addGrant(fixture, { to: 'mira', vmId: ids.web10 ?? '', role: 'viewer' });
});
afterAll(() => fixture.end());

async function list(name: Name, filter: Partial<z.infer<typeof listMachinesInput>> = {}) {
  return listMachines(fixture.deps, await fixture.actor(name), { org: 'acme', ...filter });
}
const names = (found: { rows: { name: string }[] }) => found.rows.map((row) => row.name);

describe('the list of machines', () => {
  it('shows a member what was shared, with what they may do', async () => {
    const { rows, total, tags } = await list('mira');
    expect(rows.map(({ name, rights }) => [name, rights])).toEqual([
      ['web-1', ['look', 'type', 'clipboard', 'power', 'media']],
      ['web-10', ['look']],
    ]);
    expect([total, tags]).toEqual([2, ['prod', 'web']]);
    expect(rows[0]).toMatchObject({
      poolName: 'Frankfurt',
      unknownSince: null,
      screen: true,
      text: true,
      here: [],
    });
    expect(rows[1]).toMatchObject({ powerState: 'Halted', screen: false, text: false });
  });

  it('shows who runs the organisation all of it, numbers in their order, and nothing of another', async () => {
    expect(names(await list('jon'))).toEqual(['web-1', 'web-2', 'web-10']);
    expect(names(await listMachines(fixture.deps, await fixture.actor('gus'), { org: 'globex' }))).toEqual([
      'theirs',
    ]);
  });

  it('shows the provider what it holds itself, not what it only owns', async () => {
    expect(
      names(await listMachines(fixture.deps, await fixture.actor('olga'), { org: 'northgate' })),
    ).toEqual([]);
  });

  it('shows an auditor names and states without a right', async () => {
    const { rows } = await list('ana');
    expect(rows).toHaveLength(3);
    expect(rows.flatMap((row) => row.rights)).toEqual([]);
  });

  it('shows nothing to who has no grant', async () => {
    expect(await list('tom')).toMatchObject({ rows: [], total: 0, tags: [], managers: ['jon'] });
  });

  it.each([
    [{ q: 'WEB-1' }, ['web-1', 'web-10']],
    [{ q: '10.0.4' }, ['web-1']],
    [{ q: 'debian prod' }, ['web-1']],
    [{ q: 'theirs' }, []],
    [{ state: 'Halted' }, ['web-10']],
    [{ tag: 'prod' }, ['web-1']],
    [{ sort: '-name' }, ['web-10', 'web-2', 'web-1']],
    [{ sort: 'state' }, ['web-1', 'web-2', 'web-10']],
  ] as const)('narrows and sorts by %j', async (filter, expected) => {
    expect(names(await list('jon', filter))).toEqual(expected);
  });

  it('says since when a pool is away', async () => {
    await fixture.sql(
      "UPDATE pool SET state = 'unreachable', state_since = '2026-05-03T09:00:00Z' WHERE id = $1",
      [poolId],
    );
    const { rows } = await list('mira');
    await fixture.sql("UPDATE pool SET state = 'connected' WHERE id = $1", [poolId]);
    expect(rows[0]?.unknownSince).toEqual(new Date('2026-05-03T09:00:00Z'));
  });

  it('says who is on a console, each person once', async () => {
    const hub = randomUUID();
    await fixture.sql(
      "INSERT INTO console_hub (tenant_id, id, vm_id, kind, relay_id, lease_until) VALUES ($1, $2, $3, 'screen', 'r', now())",
      [fixture.tenants.acme, hub, ids.web1],
    );
    for (const rights of [['look'], ['look', 'type']])
      await fixture.sql(
        `INSERT INTO console_seat (tenant_id, hub_id, ticket_id, person_id, person_name, login_session_id, vm_id, vm_name,
           kind, relay_id, rights) VALUES ($1, $2, $3, $4, 'jon', $3, $5, 'web-1', 'screen', 'r', $6)`,
        [fixture.tenants.acme, hub, randomUUID(), fixture.people.jon, ids.web1, rights],
      );
    const { rows } = await list('mira');
    expect(rows[0]?.here).toEqual([{ personId: fixture.people.jon, name: 'jon', typing: true }]);
  });

  it('takes the rights away under a lock, not the knowledge', async () => {
    await fixture.sql('INSERT INTO emergency_lock (tenant_id, vm_id) VALUES ($1, $2)', [
      fixture.tenants.acme,
      ids.web1,
    ]);
    const { rows } = await list('mira');
    await fixture.sql('DELETE FROM emergency_lock');
    expect(rows.map(({ name, rights }) => [name, rights.length])).toEqual([
      ['web-1', 0],
      ['web-10', 1],
    ]);
  });
});

describe('one machine', () => {
  const get = async (name: Name, id: string | undefined) =>
    getMachine(fixture.deps, await fixture.actor(name), { org: 'acme', id: id ?? '' });

  it('says which console is best, why one may look, and who can share it', async () => {
    expect(await get('mira', ids.web1)).toMatchObject({
      consoles: [
        { kind: 'screen', available: true, best: true, reason: null },
        { kind: 'text', available: true, best: false, reason: null },
      ],
      access: { because: 'grant', grantRole: 'operator', endsAt: null, sharers: ['jon'] },
      recentSeats: [{ personName: 'jon' }, { personName: 'jon' }],
    });
    expect(await get('jon', ids.web1)).toMatchObject({ access: { because: 'role', grantRole: null } });
  });

  it.each([
    ['absent', () => randomUUID()],
    ['foreign', () => ids.theirs],
    ['not shared', () => ids.web2],
  ])('is not found when %s', async (_which, id) => {
    await expect(get('mira', id())).rejects.toMatchObject({ code: 'vm/not-found' });
  });
});
