import type { Db } from '@porthole/db';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  addGrant,
  addPoolRow,
  addVm,
  createFixture,
  FakeFeed,
  type Fixture,
} from '../testing/portal-fixture.ts';
import { CHANGE_KINDS, ChangeFeed, MAX_STREAMS_PER_PERSON } from './change-feed.ts';
import { EpochReader } from './epoch-reader.ts';
import { POLL_HINT_MS, RECHECK_MS, REJUDGE_MS, watchChanges } from './watch-changes.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await createFixture();
});
afterAll(() => fixture.end());

/** Watches as one person until told to stop; `at` moves the clock that paces checks. */
async function watch(lastEventId: string | null = null, judged: () => void = () => undefined) {
  const actor = await fixture.actor('jon');
  const leaving = new AbortController();
  let now = Date.now();
  const feed = new FakeFeed();
  const withTenant: Db['withTenant'] = (tenantId, work) => {
    judged();
    return fixture.db.withTenant(tenantId, work);
  };
  const db = { ...fixture.db, withTenant };
  const deps = { ...fixture.deps, db, changes: feed, clock: () => new Date(now) };
  const hints = watchChanges(deps, actor, { lastEventId }, leaving.signal);
  const next = async () => {
    const { value, done } = await hints.next();
    return done ? 'ended' : value[1].kind;
  };
  const stop = async () => {
    leaving.abort();
    await hints.return(undefined);
  };
  return { actor, feed, stop, next, forward: (ms: number) => (now += ms) };
}

describe('an access that ends by its date', () => {
  it('is told as a change of rights, though nothing was written', async () => {
    const { next, feed, stop, forward } = await watch();
    const vmId = await addVm(fixture, { name: 'web-01', poolId: await addPoolRow(fixture) });
    const grant = await addGrant(fixture, { to: 'jon', vmId, role: 'viewer' });
    const hint = async () => {
      const coming = next();
      await expect.poll(() => feed.subscribers.size).toBe(1);
      feed.tell('audit', fixture.tenants.acme);
      return coming;
    };
    expect(await hint()).toBe('audit');
    // As it runs out: without the trigger that tells of a change.
    await fixture.sql('ALTER TABLE access_grant DISABLE TRIGGER USER');
    await fixture.sql("UPDATE access_grant SET ends_at = now() - interval '1 second' WHERE id = $1", [grant]);
    await fixture.sql('ALTER TABLE access_grant ENABLE TRIGGER USER');
    forward(REJUDGE_MS);
    const kinds = new Set<string>();
    while (!kinds.has('authority')) kinds.add(await next());
    await stop();
    expect(kinds).toContain('authority');
  });
});

describe('the right to watch', () => {
  it('is judged with fresh facts only where something was changed, or some time has passed', async () => {
    const judged = vi.fn();
    const { next, feed, stop, forward } = await watch(null, judged);
    const hint = async () => {
      const coming = next();
      await expect.poll(() => feed.subscribers.size).toBe(1);
      feed.tell('audit', fixture.tenants.acme);
      return coming;
    };
    await hint();
    expect(judged).toHaveBeenCalledTimes(1);
    for (let round = 0; round < 3; round += 1) {
      forward(RECHECK_MS);
      await hint();
    }
    expect(judged).toHaveBeenCalledTimes(1);
    await fixture.sql("UPDATE membership SET role = 'owner' WHERE person_id = $1", [fixture.people.jon]);
    forward(RECHECK_MS);
    await hint();
    expect(judged).toHaveBeenCalledTimes(2);
    expect(await next()).toBe('authority');
    forward(REJUDGE_MS);
    await hint();
    expect(judged).toHaveBeenCalledTimes(3);
    await stop();
    await fixture.sql("UPDATE membership SET role = 'admin' WHERE person_id = $1", [fixture.people.jon]);
  });

  it('is asked for by all streams in one statement', async () => {
    const asked = vi.fn();
    const withoutTenant: Db['withoutTenant'] = (work) => {
      asked();
      return fixture.db.withoutTenant(work);
    };
    const reader = new EpochReader({ withoutTenant });
    const [jon, gus] = [await fixture.actor('jon'), await fixture.actor('gus')];
    const [one, same, other] = await Promise.all([reader.read(jon), reader.read(jon), reader.read(gus)]);
    expect(one).toBe(same);
    expect(other).not.toContain('undefined');
    expect(asked).toHaveBeenCalledTimes(1);
  });
});

describe('hints about changes', () => {
  it('reach who watches the organisation, and no other', async () => {
    const { next, feed, stop } = await watch();
    const first = next();
    await expect.poll(() => feed.subscribers.size).toBe(1);
    feed.tell('audit', fixture.tenants.globex);
    feed.tell('machines', fixture.tenants.acme);
    expect(await first).toBe('machines');
    await stop();
    expect(await next()).toBe('ended');
    expect(feed.subscribers.size).toBe(0);
  });

  it('come for everything where hints may have been lost', async () => {
    const { next, stop } = await watch('17-1');
    const kinds: unknown[] = [];
    while (kinds.length < CHANGE_KINDS.length) kinds.push(await next());
    expect(kinds.sort()).toEqual([...CHANGE_KINDS].sort());
    await stop();
  });

  it('come by themselves now and then, so that nothing hangs on NOTIFY', async () => {
    const { next, feed, stop, forward } = await watch();
    const first = next();
    await expect.poll(() => feed.subscribers.size).toBe(1);
    forward(POLL_HINT_MS);
    feed.tell('audit', fixture.tenants.acme);
    const poll = async (some: unknown[], kinds: number) => {
      const heard = new Set(some);
      while (heard.size < kinds) heard.add(await next());
      return [...heard].sort();
    };
    // Not of authority, whose hint costs a page all that it has read.
    const others = CHANGE_KINDS.filter((kind) => kind !== 'authority').sort();
    expect(await poll([await first], others.length)).toEqual(others);
    await fixture.sql('UPDATE tenant SET authority_epoch = authority_epoch + 1');
    forward(POLL_HINT_MS);
    feed.tell('audit', fixture.tenants.acme);
    expect(await poll([], CHANGE_KINDS.length)).toEqual([...CHANGE_KINDS].sort());
    await stop();
  });

  it.each([
    ['the session ends', 'DELETE FROM login_session WHERE id = $1', 'loginSessionId'],
    ['the membership ends', 'DELETE FROM membership WHERE person_id = $1', 'personId'],
  ] as const)('stop when %s', async (_what, sql, id) => {
    const { next, actor, feed, forward } = await watch();
    const first = next();
    await expect.poll(() => feed.subscribers.size).toBe(1);
    await fixture.sql(sql, [actor[id]]);
    forward(RECHECK_MS);
    feed.tell('audit', fixture.tenants.acme);
    let hint = await first;
    while (hint !== 'ended') hint = await next();
    expect(feed.subscribers.size).toBe(0);
  });
});

describe('the feed of the database', () => {
  it('has room for a person’s browsers, not for a flood of streams', async () => {
    const feed = new ChangeFeed({ url: fixture.portalUrl });
    const ends = Array.from({ length: MAX_STREAMS_PER_PERSON }, () => feed.subscribe('p', () => undefined));
    expect(() => feed.subscribe('p', () => undefined)).toThrow(
      expect.objectContaining({ code: 'rate/limited' }),
    );
    expect(() => feed.subscribe('q', () => undefined)).not.toThrow();
    ends[0]?.();
    expect(() => feed.subscribe('p', () => undefined)).not.toThrow();
    await feed.close();
  });

  it('hears what PostgreSQL says, on one connection', async () => {
    const feed = new ChangeFeed({ url: fixture.portalUrl });
    const heard: unknown[] = [];
    const unsubscribe = feed.subscribe('p', (kind, tenantId) => void heard.push([kind, tenantId]));
    await expect
      .poll(async () => {
        await fixture.sql(
          "SELECT pg_notify('inventory', $1), pg_notify('pools', $1), pg_notify('authority', 'y')",
          [fixture.tenants.acme],
        );
        return heard.length;
      })
      .toBeGreaterThanOrEqual(3);
    expect(heard.slice(0, 3)).toEqual([
      ['machines', fixture.tenants.acme],
      ['pools', fixture.tenants.acme],
      ['authority', 'y'],
    ]);
    unsubscribe();
    await feed.close();
  });
});
