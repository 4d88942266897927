import { randomUUID } from 'node:crypto';
import { verifyLog } from '@porthole/audit';
import { denyTicket } from '@porthole/tickets';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from '../testing/browser.ts';
import {
  addPoolRow,
  addRelay,
  addSeat,
  addVm,
  createFixture,
  emailOf,
  eventsOf,
  type Fixture,
  type Name,
  PASSWORD,
} from '../testing/portal-fixture.ts';

let fixture: Fixture;
let web: string;
let shop: string;
const browsers: Partial<Record<Name, Browser>> = {};

beforeAll(async () => {
  fixture = await createFixture();
  const poolId = await addPoolRow(fixture);
  await addRelay(fixture, 'relay-1');
  await fixture.sql("UPDATE relay SET beat_at = now() + interval '1 hour'");
  web = await addVm(fixture, { name: 'web-01', poolId });
  shop = await addVm(fixture, { name: 'shop-01', poolId, holder: 'globex' });
  for (const name of ['olga', 'jon', 'mira', 'ana', 'gus'] as const) {
    const browser = new Browser(fixture.deps);
    await browser.signIn(name);
    browsers[name] = browser;
  }
});
afterAll(() => fixture.end());
beforeEach(async () => {
  await fixture.sql('DELETE FROM support_grant');
  await fixture.sql('DELETE FROM rate_counter');
  await fixture.sql('DELETE FROM mail');
  await fixture.sql('UPDATE login_session SET confirmed_at = now()');
});

const by = (name: Name) => {
  const browser = browsers[name];
  if (browser === undefined) throw new Error(`${name} is not signed in`);
  return browser;
};
const HALF_HOUR = 1_800_000;
const acme = () => fixture.tenants.acme;
const ask = (input: object = {}, name: Name = 'olga') =>
  by(name).mutate('support.ask', {
    org: 'northgate',
    id: acme(),
    can: 'look',
    lengthMs: HALF_HOUR,
    reason: 'ticket 4711',
    ...input,
  });
const asked = async (input: object = {}) => String(Object((await ask(input)).data).grantId);
const inAcme = (call: string, input: object = {}, name: Name = 'jon') =>
  by(name).mutate(`support.${call}`, { org: 'acme', ...input });
const approve = (grantId: string, input: object = {}, name: Name = 'jon') =>
  inAcme('approve', { grantId, can: 'look', lengthMs: HALF_HOUR, ...input }, name);
const atProvider = (call: 'enter' | 'leave', grantId: string) =>
  by('olga').mutate(`support.${call}`, { org: 'northgate', id: acme(), grantId });
const inside = async (input: object = {}) => {
  const grantId = await asked({ can: 'type', ...input });
  expect((await approve(grantId, { can: 'type', ...input })).error).toBeNull();
  expect((await atProvider('enter', grantId)).error).toBeNull();
  return grantId;
};
const code = (answer: { error: { data: Record<string, unknown> } | null }) => answer.error?.data.appCode;
const sees = async (org = 'acme') => (await by('olga').query('machines.list', { org })).status;
const open = (mode = 'look', vmId = web, org = 'acme') =>
  by('olga').mutate('console.open', { org, vmId, kind: 'screen', mode });
const epoch = async () =>
  BigInt(
    String((await fixture.sql("SELECT authority_epoch FROM tenant WHERE slug = 'acme'"))[0]?.authority_epoch),
  );

describe('the provider', () => {
  it('is outside of every organisation, and stays there by asking', async () => {
    expect(await sees()).toBe(404);
    await asked();
    expect(await sees()).toBe(404);
    expect((await open()).status).toBe(404);
    expect((await by('olga').query('auth.me')).data).toMatchObject({
      organisations: [{ slug: 'northgate' }],
    });
  });

  it('can’t let itself in: not by a call, and not by the table', async () => {
    const grantId = await asked();
    expect(
      (await by('olga').mutate('support.approve', { org: 'acme', grantId, can: 'look', lengthMs: HALF_HOUR }))
        .status,
    ).toBe(404);
    expect(code(await atProvider('enter', grantId))).toBe('support/decided');
    const give = (by: string) =>
      fixture.db.withTenant(acme(), (tx) =>
        tx.supportGrant.updateMany({
          where: { tenantId: acme(), id: grantId },
          data: { givenAt: new Date(), givenBy: by, givenName: 'x', endsAt: new Date(Date.now() + 60_000) },
        }),
      );
    for (const name of ['olga', 'mira', 'ana', 'gus'] as const)
      await expect(give(fixture.people[name])).rejects.toThrow();
  });

  it('is who may: a customer’s owner asks nobody, nor does a member of the provider who helps nobody', async () => {
    const answer = await by('gus').mutate('support.ask', {
      org: 'globex',
      id: acme(),
      can: 'look',
      lengthMs: HALF_HOUR,
      reason: 'x',
    });
    expect(answer.status).toBe(403);
    await expect(
      fixture.db.withTenant(
        fixture.tenants.globex,
        (tx) => tx.$queryRaw`SELECT slug FROM support_of_provider(${fixture.tenants.globex}::uuid)`,
      ),
    ).rejects.toThrow();
    await expect(
      fixture.db.withTenant(acme(), (tx) =>
        tx.supportGrant.create({
          data: {
            tenantId: acme(),
            providerId: fixture.tenants.northgate,
            personId: fixture.people.gus,
            personName: 'gus',
            reason: 'x',
            rights: ['look'],
            lengthMs: HALF_HOUR,
            expiresAt: new Date(Date.now() + 60_000),
          },
          select: { id: true },
        }),
      ),
    ).rejects.toThrow();
  });

  it('asks once at a time, and who runs the organisation hears of it by mail', async () => {
    await asked();
    expect(code(await ask())).toBe('support/asked');
    const mails = await fixture.sql("SELECT to_email FROM mail WHERE kind = 'support-asked'");
    expect(mails).toEqual([{ to_email: emailOf('jon') }]);
    expect((await ask({ id: randomUUID() })).status).toBe(404);
    expect((await ask({ id: fixture.tenants.northgate })).status).toBe(404);
  });

  it('withdraws what nobody answered, and asks anew once that is late', async () => {
    const first = await asked();
    expect((await atProvider('leave', first)).error).toBeNull();
    const second = await asked();
    await fixture.sql(
      "UPDATE support_grant SET created_at = now() - interval '1 day', expires_at = now() WHERE id = $1",
      [second],
    );
    expect(code(await approve(second))).toBe('support/decided');
    expect((await ask()).error).toBeNull();
    const { rows } = (await by('olga').query('support.ofProvider', { org: 'northgate' })).data as {
      rows: object[];
    };
    expect(rows.map((row) => Object(row).state).sort()).toEqual(['waiting', 'withdrawn', 'withdrawn']);
  });
});

describe('the organisation', () => {
  it('gives it by owners and admins alone, with a fresh proof, as it was asked or less', async () => {
    const grantId = await asked();
    for (const name of ['mira', 'ana'] as const) expect((await approve(grantId, {}, name)).status).toBe(403);
    expect((await approve(grantId, { can: 'type' })).error?.data.appCode).toBe('support/more');
    expect((await approve(grantId, { lengthMs: 3_600_000 })).error?.data.appCode).toBe('support/more');
    await fixture.sql("UPDATE login_session SET confirmed_at = now() - interval '11 minutes'");
    expect(code(await approve(grantId))).toBe('auth/confirm-first');
    await by('jon').mutate('auth.confirm', { kind: 'password', proof: PASSWORD });
    expect((await approve(grantId, { lengthMs: 900_000 })).error).toBeNull();
    expect(await sees()).toBe(404);
  });

  it('refuses with a reason; of two who answer at once one is told', async () => {
    const grantId = await asked();
    const answers = await Promise.all([approve(grantId), inAcme('refuse', { grantId, reason: 'not today' })]);
    expect(answers.map(code).sort()).toEqual(['support/decided', undefined].sort());
  });

  it('offers it unasked: whom of the provider comes first is the one it lets in', async () => {
    const offer = await inAcme('offer', { can: 'look', lengthMs: HALF_HOUR, reason: 'come and look' });
    const grantId = String(Object(offer.data).grantId);
    const { rows } = (await by('olga').query('support.ofProvider', { org: 'northgate' })).data as {
      rows: object[];
    };
    expect(rows).toMatchObject([{ state: 'ready', mayEnter: true, supporter: null, asked: false }]);
    expect((await atProvider('enter', grantId)).error).toBeNull();
    expect(await sees()).toBe(200);
    const given = (await eventsOf(fixture, 'northgate')).filter(({ action }) => action === 'support.entered');
    expect(given.length).toBeGreaterThan(0);
  });

  it('is told of what is another’s as of what isn’t there', async () => {
    const grantId = await asked();
    const foreign = await by('gus').mutate('support.refuse', { org: 'globex', grantId, reason: 'x' });
    const absent = await by('gus').mutate('support.refuse', {
      org: 'globex',
      grantId: randomUUID(),
      reason: 'x',
    });
    expect([foreign.status, foreign.text]).toEqual([404, absent.text]);
    const rows = await fixture.db.withTenant(fixture.tenants.globex, (tx) => tx.supportGrant.count());
    expect(rows).toBe(0);
  });
});

describe('support that is inside', () => {
  it('finds machines and opens their consoles with what was given, and nothing else', async () => {
    await inside({ can: 'look' });
    expect((await by('olga').query('auth.me')).data).toMatchObject({
      organisations: [{ slug: 'acme', role: 'support' }, { slug: 'northgate' }],
    });
    const list = (await by('olga').query('machines.list', { org: 'acme' })).data;
    expect(JSON.stringify(list)).toContain('web-01');
    expect((await by('olga').query('machines.get', { org: 'acme', id: web })).data).toMatchObject({
      access: { because: 'support', rights: ['look'], sharers: [] },
      recentSeats: [],
    });
    expect((await open('look')).error).toBeNull();
    expect((await open('type')).status).toBe(403);
    expect((await open('look', shop)).status).toBe(404);
    for (const call of [
      'people.list',
      'pools.list',
      'log.list',
      'policy.read',
      'live.seats',
      'locks.list',
      'support.list',
    ])
      expect([call, (await by('olga').query(call, { org: 'acme' })).status]).toEqual([call, 403]);
    expect((await by('olga').query('grants.list', { org: 'acme', vmId: web })).data).toEqual([]);
    expect(
      (await by('olga').mutate('power.request', { org: 'acme', vmIds: [web], act: 'clean_shutdown' })).status,
    ).toBe(403);
    expect(
      (
        await by('olga').mutate('requests.ask', {
          org: 'acme',
          vmId: web,
          role: 'manager',
          lengthMs: 3_600_000,
          reason: 'x',
        })
      ).status,
    ).toBe(403);
  });

  it('is seen by everybody in the organisation, and by nobody elsewhere', async () => {
    const grantId = await inside();
    for (const name of ['mira', 'ana', 'jon'] as const)
      expect((await by(name).query('support.here', { org: 'acme' })).data).toMatchObject([
        { id: grantId, name: 'olga', can: 'type', mayEnd: name === 'jon' },
      ]);
    expect((await by('gus').query('support.here', { org: 'globex' })).data).toEqual([]);
    const mails = await fixture.sql("SELECT to_email FROM mail WHERE kind = 'support-entered'");
    expect(mails).toEqual([{ to_email: emailOf('jon') }]);
    const seatId = await addSeat(fixture, { tenant: 'acme', person: 'olga', vmId: web });
    const seats = (await by('jon').query('live.seats', { org: 'acme' })).data;
    expect(seats).toMatchObject([{ id: seatId, person: { name: 'olga', isSupport: true } }]);
    await fixture.sql(
      "UPDATE console_seat SET closed_at = now(), close_reason = 'left' WHERE closed_at IS NULL",
    );
  });

  it('is out the moment that somebody ends it: the epoch rises, and nothing is left', async () => {
    const grantId = await inside();
    const before = await epoch();
    expect((await inAcme('end', { grantId })).error).toBeNull();
    expect(await epoch()).toBeGreaterThan(before);
    expect([await sees(), (await open()).status]).toEqual([404, 404]);
    expect(code(await atProvider('enter', grantId))).toBe('support/decided');
    expect(code(await inAcme('end', { grantId }))).toBe('support/decided');
  });

  it('leaves by itself, and from the provider’s page', async () => {
    const grantId = await inside();
    const answer = await by('olga').mutate('support.end', { org: 'acme', grantId });
    expect(answer.error).toBeNull();
    expect(await sees()).toBe(404);
    const second = await inside();
    expect((await atProvider('leave', second)).error).toBeNull();
    expect(await sees()).toBe(404);
  });

  it('is out when the time is over, though nobody pressed anything', async () => {
    const grantId = await inside();
    await fixture.sql(
      `UPDATE support_grant SET given_at = now() - interval '31 minutes', entered_at = now() - interval '30 minutes',
         ends_at = now() - interval '1 ms' WHERE id = $1`,
      [grantId],
    );
    expect([await sees(), (await open()).status]).toEqual([404, 404]);
  });

  it('is out when its person leaves the provider, and both the log and the page say so', async () => {
    await inside();
    await fixture.sql("UPDATE membership SET role = 'auditor' WHERE person_id = $1", [fixture.people.olga]);
    expect(await sees()).toBe(404);
    await fixture.sql("UPDATE membership SET role = 'operator' WHERE person_id = $1", [fixture.people.olga]);
    expect(await sees()).toBe(404);
    const last = (await eventsOf(fixture, 'acme')).at(-1);
    expect(last).toMatchObject({ action: 'support.ended', data: { why: 'left-provider' } });
  });

  it('never lasts longer than an hour: the table says so, too', async () => {
    expect((await ask({ lengthMs: 7_200_000 })).status).toBe(400);
    const grantId = await inside();
    await expect(
      fixture.sql("UPDATE support_grant SET ends_at = given_at + interval '61 minutes' WHERE id = $1", [
        grantId,
      ]),
    ).rejects.toThrow(/support_grant_given/);
    await expect(
      fixture.sql("UPDATE support_grant SET rights = '{look,power}' WHERE id = $1", [grantId]),
    ).rejects.toThrow(/support_grant_rights/);
  });
});

describe('the logs', () => {
  it('mark a console that support asks for, and one that it is refused', async () => {
    const grantId = await inside();
    const asked = await open();
    const ticketId = String(Object(asked.data).ticketId);
    const [requested] = (await eventsOf(fixture, 'acme')).slice(-1);
    expect(requested).toMatchObject({
      action: 'console.request',
      actor: { name: 'olga' },
      data: { ticketId, supportGrantId: grantId },
    });
    const denial = { relayId: 'relay-1', reason: 'no-grant', ip: '192.0.2.9', userAgent: 'test' } as const;
    await denyTicket(fixture.root, { ticketId, outcome: 'right-gone', ...denial });
    const denied = async () => (await eventsOf(fixture, 'acme')).at(-1);
    expect(await denied()).toMatchObject({
      action: 'console.denied',
      data: { ticketId, supportGrantId: grantId },
    });
    // What is refused after their support ended was not as support.
    await inAcme('end', { grantId });
    await denyTicket(fixture.root, { ticketId, outcome: 'right-gone', ...denial });
    expect(await denied()).toMatchObject({ action: 'console.denied', data: { ticketId } });
    expect(Object(await denied()).data).not.toHaveProperty('supportGrantId');
  });

  it('of both sides tell every step, and hold', async () => {
    const marks = {
      acme: (await eventsOf(fixture, 'acme')).length,
      northgate: (await eventsOf(fixture, 'northgate')).length,
    };
    const grantId = await inside();
    await inAcme('end', { grantId });
    const refused = await asked();
    await inAcme('refuse', { grantId: refused, reason: 'not today' });
    for (const chain of ['acme', 'northgate'] as const) {
      const events = (await eventsOf(fixture, chain)).slice(marks[chain]);
      const actions = events
        .map(({ action }) => String(action))
        .filter((action) => action.startsWith('support.'));
      expect(actions).toEqual([
        'support.asked',
        'support.given',
        'support.entered',
        'support.ended',
        'support.asked',
        'support.refused',
      ]);
      const tenantId = fixture.tenants[chain];
      expect(await verifyLog(fixture.db, tenantId)).toMatchObject({
        intact: true,
      });
    }
    expect(
      (await eventsOf(fixture, 'globex')).some(({ action }) => String(action).startsWith('support.')),
    ).toBe(false);
  });
});
