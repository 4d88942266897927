import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addGrant,
  addPoolRow,
  addSeat,
  addVm,
  createFixture,
  type Fixture,
  type Name,
} from '../testing/portal-fixture.ts';
import { changedMachines, changedMachinesInput, MOST_CHANGED, TOLD_AGAIN_MS } from './changed-machines.ts';
import { listMachines } from './list-machines.ts';
import { POOLS_MARK_CHARACTERS } from './load-surroundings.ts';

let fixture: Fixture;
let poolId: string;
const ids: Record<string, string> = {};
/** Of the list that is brought in step. */
let pools = '';

beforeAll(async () => {
  fixture = await createFixture();
  poolId = await addPoolRow(fixture);
  ids.web = await addVm(fixture, { name: 'web', poolId });
  ids.db = await addVm(fixture, { name: 'db', poolId });
  ids.theirs = await addVm(fixture, { name: 'theirs', poolId, holder: 'globex' });
  await addGrant(fixture, { to: 'mira', vmId: ids.web ?? '', role: 'viewer' });
  pools = (await listMachines(fixture.deps, await fixture.actor('jon'), { org: 'acme' })).pools;
});
afterAll(() => fixture.end());

/** All was written long ago, but for what a test does. */
async function longAgo(): Promise<Date> {
  await fixture.sql("UPDATE vm SET seen_at = now() - interval '1 hour'");
  return new Date(Date.now() - TOLD_AGAIN_MS / 2);
}
async function changed(name: Name, since: Date) {
  return changedMachines(fixture.deps, await fixture.actor(name), { org: 'acme', since, pools });
}
const write = (vm: string | undefined, what: string) =>
  fixture.sql(`UPDATE vm SET ${what}, seen_at = now() WHERE id = $1`, [vm]);
const names = (found: { rows: { name: string }[] }) => found.rows.map((row) => row.name).sort();

describe('what has changed of a list of machines', () => {
  it('is nothing where nothing was written', async () => {
    expect(await changed('jon', await longAgo())).toMatchObject({ rows: [], left: [], isWhole: false });
  });

  it('is the row that was written, as the list would show it', async () => {
    const since = await longAgo();
    await write(ids.web, "power_state = 'Paused'");
    const found = await changed('mira', since);
    expect(found.rows).toMatchObject([{ id: ids.web, powerState: 'Paused', rights: ['look'] }]);
    expect(found.asOf.getTime()).toBeGreaterThan(since.getTime());
  });

  it('is told again for a while, since a transaction may end after one that began later', async () => {
    await longAgo();
    await write(ids.web, "power_state = 'Running'");
    expect(names(await changed('jon', new Date()))).toEqual(['web']);
  });

  it('takes the mark of pools that a list gives, and nothing longer', () => {
    const ask = { org: 'acme', since: new Date(), pools };
    expect(pools).toHaveLength(POOLS_MARK_CHARACTERS);
    expect(changedMachinesInput.safeParse(ask).success).toBe(true);
    expect(changedMachinesInput.safeParse({ ...ask, pools: `${pools}0` }).success).toBe(false);
  });

  it('tells who may see no machine neither which there are, nor whose pools, nor that somebody is there', async () => {
    const since = await longAgo();
    await write(ids.web, "power_state = 'Running'");
    const seat = await addSeat(fixture, { tenant: 'acme', person: 'mira', vmId: ids.db ?? '' });
    expect(await changed('tom', since)).toMatchObject({ rows: [], left: [], isWhole: false });
    await write(ids.web, 'gone_at = now()');
    const found = await changed('tom', since);
    const list = await listMachines(fixture.deps, await fixture.actor('tom'), { org: 'acme' });
    for (const known of [...Object.values(ids), poolId, 'Frankfurt'])
      expect(JSON.stringify([found, list])).not.toContain(known);
    await write(ids.web, 'gone_at = NULL');
    await fixture.sql('DELETE FROM console_seat WHERE id = $1', [seat]);
  });

  it('names what a person sees no more, and nothing of another organisation', async () => {
    const since = await longAgo();
    await write(ids.web, 'gone_at = now()');
    await write(ids.db, "power_state = 'Paused'");
    await write(ids.theirs, "power_state = 'Paused'");
    expect(await changed('jon', since)).toMatchObject({ rows: [{ name: 'db' }], left: [ids.web] });
    const ofMira = await changed('mira', since);
    expect(ofMira.rows).toEqual([]);
    expect(ofMira.left).toEqual([ids.web]);
    await write(ids.web, 'gone_at = NULL');
  });

  it('is also who sits there, and that somebody left', async () => {
    const since = await longAgo();
    const seat = await addSeat(fixture, { tenant: 'acme', person: 'mira', vmId: ids.web ?? '' });
    expect((await changed('jon', since)).rows).toMatchObject([{ name: 'web', here: [{ name: 'mira' }] }]);
    await fixture.sql("UPDATE console_seat SET closed_at = now(), close_reason = 'left' WHERE id = $1", [
      seat,
    ]);
    expect((await changed('jon', since)).rows).toMatchObject([{ name: 'web', here: [] }]);
  });

  it.each([
    ['state', "state = 'unreachable'", "state = 'connected'"],
    ['name', "display_name = 'Vienna'", "display_name = 'Frankfurt'"],
  ])('is the whole list where a pool got another %s', async (_what, change, back) => {
    const since = await longAgo();
    await fixture.sql(`UPDATE pool SET ${change}`);
    expect(await changed('jon', since)).toMatchObject({ rows: [], isWhole: true });
    await fixture.sql(`UPDATE pool SET ${back}`);
    expect(await changed('jon', since)).toMatchObject({ isWhole: false });
  });

  it('is the whole list where too many rows were written', async () => {
    const since = await longAgo();
    await fixture.sql(
      `INSERT INTO vm (tenant_id, pool_tenant_id, pool_id, uuid, name, power_state)
       SELECT $1, $2, $3, gen_random_uuid(), 'many-' || n, 'Halted' FROM generate_series(1, $4::int) n`,
      [fixture.tenants.acme, fixture.tenants.northgate, poolId, MOST_CHANGED + 1],
    );
    expect(await changed('jon', since)).toMatchObject({ rows: [], isWhole: true });
  });
});
