import { createDb, type Db, inTenantTransaction, sqlStateOf } from '@porthole/db';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { giveGrant } from '../grants/give-grant.ts';
import { type AllotmentStage, rule, setAllotmentStage } from '../testing/allotment-stage.ts';
import { applyAllotment, MOVES_PER_TRANSACTION } from './apply-allotment.ts';

/** PostgreSQL's `lock_not_available`. */
const LOCK_NOT_AVAILABLE = '55P03';

let stage: AllotmentStage;

beforeAll(async () => {
  stage = await setAllotmentStage();
});
beforeEach(() => stage.newPool());
afterAll(() => stage.fixture.end());

describe('many at once', () => {
  let second: Db;
  beforeAll(() => {
    second = createDb({ url: stage.fixture.portalUrl });
  });
  afterAll(() => second.close());

  it('previews 5,000 machines in a few statements, and moves them in a handful for each 250', async () => {
    await stage.fixture.sql(
      `INSERT INTO vm (tenant_id, pool_tenant_id, pool_id, uuid, name, tags, power_state)
       SELECT $1, $1, $2, gen_random_uuid(), 'vm-' || n, '{acme}', 'Running' FROM generate_series(1, 5000) n`,
      [stage.fixture.tenants.northgate, stage.id],
    );
    const draft = { rules: [rule('tag', 'nobody', 'globex'), rule('name', 'vm-*')] };
    const previewed = countQueries();
    const { seen, total, rows, nextCursor } = await stage.preview(draft);
    expect(previewed()).toBeLessThan(30);
    expect([total, rows.length, nextCursor]).toEqual([5_000, 100, 100]);
    const queries = countQueries();
    expect(await stage.apply(draft, seen)).toMatchObject({ moved: 5_000, left: 0 });
    const transactions = 5_000 / MOVES_PER_TRANSACTION;
    expect(transactions).toBe(20);
    // Each is of BEGIN, context, lock, judgement, door, COMMIT, and there is what the plan needs: not one for each machine.
    expect(queries()).toBeLessThan(8 * transactions);
    expect((await stage.list('vm-1', 0)).total).toBe(1_111);
  }, 120_000);

  it('of people and rules neither wait for each other for ever nor lose a move', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        stage.vm(`m-${at}`, { tags: ['acme'], holder: at % 2 === 0 ? 'acme' : 'globex' }),
      ),
    );
    const { acme, globex, northgate } = stage.fixture.tenants;
    const asked = (to: string) =>
      JSON.stringify(ids.map((one) => ({ vm: one, to })).sort(() => Math.random() - 0.5));
    // Who waits too long on a busy machine tries again, as worker and people do; a deadlock is no such wait and fails.
    const door = (to: string): Promise<unknown> =>
      doorOnce(to).catch((error) => {
        if (sqlStateOf(error) === LOCK_NOT_AVAILABLE) return door(to);
        throw error;
      });
    const doorOnce = (to: string) =>
      inTenantTransaction(second.pool, northgate, (client) =>
        client.query(
          'SELECT * FROM vms_allot($1, $2, 0, $3::jsonb, \'{"personId":null,"name":"w","kind":"system"}\', NULL)',
          [northgate, stage.id, asked(to)],
        ),
      );
    const jon = await stage.fixture.actor('jon');
    const grants = ids.slice(0, 10).map((vmId) =>
      giveGrant(stage.fixture.deps, jon, {
        org: 'acme',
        to: [{ kind: 'person', id: stage.fixture.people.tom }],
        over: { kind: 'vm', vmId },
        role: 'viewer',
        rights: [],
        endsAt: null,
        reason: '',
      }),
    );
    const moves = Array.from({ length: 8 }, (_, at) => door([acme, globex, northgate][at % 3] ?? acme));
    const [moved, given] = await Promise.all([Promise.allSettled(moves), Promise.allSettled(grants)]);
    expect(moved.filter(({ status }) => status === 'rejected')).toEqual([]);
    // A grant was given before the machine left, and ended with that, or was refused; never a deadlock.
    for (const one of given)
      if (one.status === 'rejected' && sqlStateOf(one.reason) !== LOCK_NOT_AVAILABLE)
        expect(Reflect.get(Object(one.reason), 'code')).toMatch(/not-found|conflict/);
    // Each machine is with one organisation, and no grant of another one is left on it.
    expect(
      await stage.fixture.sql(
        'SELECT g.id FROM access_grant g JOIN vm v ON v.id = g.vm_id WHERE v.pool_id = $1 AND g.tenant_id <> v.tenant_id',
        [stage.id],
      ),
    ).toEqual([]);
    const holders = await stage.fixture.sql('SELECT DISTINCT tenant_id FROM vm WHERE pool_id = $1', [
      stage.id,
    ]);
    expect(holders).toHaveLength(1);
  });

  it('by two people at once: one is told that it isn’t what they saw', async () => {
    const web = await stage.vm('web-01');
    const drafts = (['acme', 'globex'] as const).map((holder) => ({ hands: [{ vmId: web, holder }] }));
    const seen = await Promise.all(drafts.map((draft) => stage.preview(draft)));
    const done = await Promise.allSettled(drafts.map((draft, at) => stage.apply(draft, seen[at]?.seen)));
    expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('by rules leaves alone what the pool says otherwise of since the rules were written', async () => {
    const [web, db] = [await stage.vm('web', { tags: ['acme'] }), await stage.vm('db', { tags: ['acme'] })];
    const draft = { rules: [rule('tag', 'globex', 'globex'), rule('tag', 'acme')] };
    expect(await applyWith(draft, "UPDATE vm SET tags = '{globex}' WHERE id = $1", [web])).toMatchObject({
      moved: 1,
      left: 1,
    });
    // The worker, who wrote the tag, moves it next.
    expect([await stage.holderOf(web), await stage.holderOf(db)]).toEqual([
      ['northgate', false],
      ['acme', false],
    ]);
  });

  it('counts as moved what the worker moved first by the new rules', async () => {
    const web = await stage.vm('web', { tags: ['acme'] });
    const moved = await applyWith(
      { rules: [rule('tag', 'acme')] },
      'UPDATE vm SET tenant_id = $2 WHERE id = $1',
      [web, stage.fixture.tenants.acme],
    );
    expect(moved).toMatchObject({ moved: 1, left: 0 });
  });

  /** Applies, with something that happens once the rules are written and before the first machine has moved. */
  async function applyWith(draft: Parameters<typeof stage.preview>[0], text: string, values: unknown[]) {
    const { deps, sql } = stage.fixture;
    const { seen } = await stage.preview(draft);
    const whole = { version: (await stage.read()).version, rules: [], hands: [], ...draft };
    let happened = false;
    const db: typeof deps.db = {
      ...deps.db,
      withTenant: async (tenantId, work) => {
        const [rules] = await sql('SELECT FROM allotment WHERE pool_id = $1', [stage.id]);
        if (rules !== undefined && !happened) {
          happened = true;
          await sql(text, values);
        }
        return deps.db.withTenant(tenantId, work);
      },
    };
    const olga = await stage.fixture.actor('olga');
    const applied = await applyAllotment({ db }, olga, { org: stage.org, id: stage.id, draft: whole, seen });
    expect(happened).toBe(true);
    return applied;
  }

  /** Statements that reach the database from now on. */
  function countQueries(): () => number {
    const { pool } = stage.fixture.db;
    let count = 0;
    const counted = new Map<object, unknown>();
    const onAcquire = (client: object) => {
      const query: unknown = Reflect.get(client, 'query');
      if (counted.has(client) || typeof query !== 'function') return;
      counted.set(client, query);
      Reflect.set(client, 'query', (...args: unknown[]) => {
        count += 1;
        return Reflect.apply(query, client, args);
      });
    };
    pool.on('acquire', onAcquire);
    return () => {
      pool.off('acquire', onAcquire);
      for (const [client, query] of counted) Reflect.set(client, 'query', query);
      return count;
    };
  }
});
