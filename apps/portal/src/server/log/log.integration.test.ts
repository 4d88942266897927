import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { giveGrant } from '../grants/give-grant.ts';
import { fillRate } from '../testing/fill-rate.ts';
import {
  addPoolRow,
  addVm,
  createFixture,
  eventsOf,
  type Fixture,
  type Name,
} from '../testing/portal-fixture.ts';
import { getEvent } from './get-event.ts';
import { listLog } from './list-log.ts';
import { CHECKS_PER_HOUR, verifyLog } from './verify-log.ts';

let fixture: Fixture;
let web: string;
const EVENTS = 60;

beforeAll(async () => {
  fixture = await createFixture();
  const poolId = await addPoolRow(fixture);
  web = await addVm(fixture, { name: 'web-01', poolId });
  const jon = await fixture.actor('jon');
  for (let count = 0; count < EVENTS; count += 1)
    await giveGrant(fixture.deps, jon, {
      org: 'acme',
      to: [{ kind: 'person', id: count % 2 === 0 ? fixture.people.tom : fixture.people.mira }],
      over: { kind: 'vm', vmId: web },
      role: 'viewer',
      rights: [],
      endsAt: null,
      reason: `round ${count}`,
    });
});
afterAll(() => fixture.end());

const list = async (name: Name, filter: object = {}) =>
  listLog(fixture.deps, await fixture.actor(name), { org: 'acme', ...filter });

describe('the log', () => {
  it('comes newest first, page by page, without a gap', async () => {
    const first = await list('ana');
    expect(first.events).toHaveLength(50);
    expect(first.nextCursor).toBe(EVENTS - 49);
    const second = await list('ana', { cursor: first.nextCursor });
    expect(second.nextCursor).toBeNull();
    expect([...first.events, ...second.events].map(({ seq }) => seq)).toEqual(
      Array.from({ length: EVENTS }, (_, index) => EVENTS - index),
    );
  });

  it('says who, what, to what and why', async () => {
    const { events } = await list('ana');
    expect(events[0]).toMatchObject({
      action: 'grant.given',
      actor: { personId: fixture.people.jon, name: 'jon', kind: 'person' },
      target: { kind: 'vm', id: web, name: 'web-01' },
      ip: '192.0.2.7',
      data: { receiver: { name: 'mira' }, reason: `round ${EVENTS - 1}` },
    });
  });

  it.each([
    [{ q: 'jon web' }, 50],
    [{ q: 'nobody' }, 0],
    [{ q: '%' }, 0],
    [{ kind: 'access' }, 50],
    [{ kind: 'console' }, 0],
    [{ outcome: 'ok' }, 50],
    [{ outcome: 'refused' }, 0],
  ])('narrows by %j', async (filter, count) => {
    expect((await list('ana', filter)).events).toHaveLength(count);
  });

  it('narrows by person and by machine', async () => {
    expect((await list('ana', { person: fixture.people.jon, machine: web })).events).toHaveLength(50);
    expect((await list('ana', { person: fixture.people.mira })).events).toEqual([]);
  });

  it('is refused to a member', async () => {
    await expect(list('mira')).rejects.toMatchObject({ code: 'rbac/forbidden' });
  });

  it('is empty of other organisations', async () => {
    expect(await listLog(fixture.deps, await fixture.actor('gus'), { org: 'globex' })).toEqual({
      events: [],
      nextCursor: null,
    });
  });
});

describe('one event', () => {
  const get = async (name: Name, seq: number) =>
    getEvent(fixture.deps, await fixture.actor(name), { org: 'acme', seq });

  it('carries what proves it: its hash is what the next one builds on', async () => {
    const [one, next] = [await get('ana', 7), await get('ana', 8)];
    expect(one.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(next.prevHash).toBe(one.hash);
  });

  it('is not found when absent, and refused to a member', async () => {
    await expect(get('ana', 999_999)).rejects.toMatchObject({ code: 'event/not-found' });
    await expect(get('mira', 7)).rejects.toMatchObject({ code: 'rbac/forbidden' });
  });
});

describe('verifying', () => {
  const verify = async (name: Name) => verifyLog(fixture.deps, await fixture.actor(name), { org: 'acme' });

  it('finds an untouched log intact, and notes that somebody looked', async () => {
    expect(await verify('ana')).toMatchObject({ intact: true, events: EVENTS, brokenAt: null });
    expect((await eventsOf(fixture, 'acme')).at(-1)).toMatchObject({
      action: 'audit.verified',
      actor: { name: 'ana' },
      data: { intact: true, events: EVENTS },
    });
  });

  it('is refused to a member', async () => {
    await expect(verify('mira')).rejects.toMatchObject({ code: 'rbac/forbidden' });
  });

  it('may be asked for sixty times an hour', async () => {
    const key = `log.verify:tenant:${fixture.tenants.acme}`;
    await fillRate(fixture, { key, windowS: 3_600, max: CHECKS_PER_HOUR });
    await expect(verify('ana')).rejects.toMatchObject({ code: 'rate/limited' });
    await fixture.sql('DELETE FROM rate_counter');
    expect(CHECKS_PER_HOUR).toBe(60);
  });

  it('names the event that somebody with the keys to the database has edited', async () => {
    await fixture.sql('ALTER TABLE audit_event DISABLE TRIGGER append_only');
    await fixture.sql(
      "UPDATE audit_event SET payload = replace(payload, 'round 4', 'round 9') WHERE tenant_id = $1 AND seq = 5",
      [fixture.tenants.acme],
    );
    expect(await verify('ana')).toMatchObject({
      intact: false,
      brokenAt: { seq: 5, why: 'changed', found: 5 },
    });
    expect((await eventsOf(fixture, 'acme')).at(-1)).toMatchObject({ data: { intact: false, brokenAt: 5 } });
  });
});
