import { randomUUID } from 'node:crypto';
import { CHECK_LIMITS } from '@porthole/check-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../testing/browser.ts';
import { addPoolRow, addVm, createFixture, eventsOf, type Fixture } from '../testing/portal-fixture.ts';

let fixture: Fixture;
let olga: Browser;
let pool: string;
let other: string;
let vm: string;

beforeAll(async () => {
  fixture = await createFixture();
  pool = await addPoolRow(fixture);
  other = await addPoolRow(fixture);
  vm = await addVm(fixture, { name: 'web-01', poolId: pool });
  olga = new Browser(fixture.deps);
  expect((await olga.signIn('olga')).status).toBe(200);
});
afterAll(() => fixture.end());

const run = (input: object) => olga.mutate('checks.run', { org: 'northgate', ...input });
const endAll = (state = 'done', result: string | null = 'good', sql = '') =>
  fixture.sql(
    `UPDATE check_run SET state = $1::check_state, result = $2::check_result, finished_at = clock_timestamp()${sql}
     WHERE finished_at IS NULL`,
    [state, result],
  );

describe('a check', () => {
  it('is asked once at a time: a second click finds the first one’s run, and the log says who asked', async () => {
    const [first, second] = [await run({ id: pool, vmId: vm }), await run({ id: pool })];
    expect(first.error).toBeNull();
    expect(second.data).toEqual(first.data);
    const asked = (await eventsOf(fixture, 'northgate')).filter(({ action }) => action === 'check.asked');
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({
      actor: { name: expect.any(String) },
      target: { kind: 'vm', name: 'web-01' },
    });
    await endAll();
  });

  it('of a machine or host of another pool is as absent as one that never was', async () => {
    const [foreign, absent] = [
      await run({ id: other, vmId: vm }),
      await run({ id: other, vmId: randomUUID() }),
    ];
    expect([foreign.status, foreign.text]).toEqual([404, absent.text]);
    expect((await run({ id: pool, hostId: randomUUID() })).status).toBe(404);
    expect((await run({ id: pool, hostId: randomUUID(), vmId: vm })).status).toBe(400);
  });

  it('is refused with words where the pool is paused', async () => {
    await fixture.sql(`UPDATE pool SET state = 'paused' WHERE id = $1`, [other]);
    const answer = await run({ id: other });
    expect([answer.status, answer.error?.data.appCode]).toEqual([412, 'check/paused']);
  });

  it('is called off once, by an event of its own', async () => {
    const { data } = await run({ id: pool });
    const { runId } = Object(data);
    const cancel = () => olga.mutate('checks.cancel', { org: 'northgate', runId });
    expect([(await cancel()).data, (await cancel()).data]).toEqual([{ asked: true }, { asked: false }]);
    expect((await olga.query('checks.get', { org: 'northgate', runId })).data).toMatchObject({
      cancelAsked: true,
    });
    await endAll('cancelled', null);
  });

  it('is asked at most so many times in ten minutes', async () => {
    const third = await addPoolRow(fixture);
    for (let n = 0; n < CHECK_LIMITS.perTenMinutes; n++) expect((await run({ id: third })).status).toBe(200);
    const late = await run({ id: third });
    expect([late.status, late.error?.data.appCode]).toEqual([429, 'rate/limited']);
    await endAll();
  });
});

describe('the schedule and the list', () => {
  it('takes hours within its bounds, or never', async () => {
    const { min, max } = CHECK_LIMITS.everyH;
    const set = (everyH: number | null) =>
      olga.mutate('checks.schedule', { org: 'northgate', id: pool, everyH });
    for (const outside of [min - 1, max + 1, 1.5]) expect((await set(outside)).status).toBe(400);
    for (const inside of [min, max, null]) expect((await set(inside)).data).toEqual({ everyH: inside });
    const list = await olga.query('checks.list', { org: 'northgate', id: pool });
    expect(list.data).toMatchObject({ everyH: null, mayManage: true });
  });

  it('the list of pools says since when something is in the way, by checks of the whole pool alone', async () => {
    const mine = await addPoolRow(fixture);
    const add = (result: string, minutesAgo: number, vmId: string | null = null) =>
      fixture.sql(
        `INSERT INTO check_run (tenant_id, pool_id, vm_id, target_name, origin, state, result, created_at, finished_at)
         VALUES ($1, $2, $3, 'P', 'schedule', 'done', $4::check_result,
           clock_timestamp() - make_interval(mins => $5), clock_timestamp() - make_interval(mins => $5))`,
        [fixture.tenants.northgate, mine, vmId, result, minutesAgo],
      );
    await add('bad', 50);
    await add('good', 40);
    await add('bad', 30);
    await add('bad', 20);
    await add('good', 10, vm);
    const { data } = await olga.query('pools.list', { org: 'northgate' });
    const rows: { id: string; lastCheck: { result: string; at: string; since: string } | null }[] =
      Object(data).rows;
    const last = rows.find(({ id }) => id === mine)?.lastCheck;
    expect(last?.result).toBe('bad');
    const minutes = (at: string | undefined) =>
      Math.round((Date.now() - new Date(at ?? 0).getTime()) / 60_000);
    expect([minutes(last?.since), minutes(last?.at)]).toEqual([30, 20]);
  });
});
