import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appRouter } from './app-router.ts';
import { Browser } from './testing/browser.ts';
import {
  addGrant,
  addPoolRow,
  addRelay,
  addVm,
  createFixture,
  eventsOf,
  type Fixture,
  type Name,
} from './testing/portal-fixture.ts';
import { PUBLIC_CALLS } from './testing/public-calls.ts';

let fixture: Fixture;
let web: string;
let theirs: string;

beforeAll(async () => {
  fixture = await createFixture();
  const poolId = await addPoolRow(fixture);
  await addRelay(fixture, 'relay-1');
  web = await addVm(fixture, { name: 'web-01', poolId });
  theirs = await addVm(fixture, { name: 'theirs', poolId, holder: 'globex' });
  await addGrant(fixture, { to: 'mira', vmId: web, role: 'operator' });
});
afterAll(() => fixture.end());
// A relay beats; this one is the fixture's, and many tests come before those that want it.
beforeEach(() => fixture.sql('UPDATE relay SET beat_at = now()'));

async function signedIn(name: Name, ip?: string): Promise<Browser> {
  const browser = new Browser(fixture.deps, ip);
  expect((await browser.signIn(name)).status).toBe(200);
  return browser;
}

/** Every procedure of the router, so that a new one is covered the day it is written. */
const procedures = Object.entries<object>(appRouter._def.procedures).map(([path, procedure]) => ({
  path,
  type: String(Reflect.get(Object(Reflect.get(procedure, '_def')), 'type')),
}));

function call(browser: Browser, { path, type }: (typeof procedures)[number], input: unknown) {
  return type === 'mutation' ? browser.mutate(path, input) : browser.query(path, input);
}

describe('a stranger', () => {
  it.each(procedures.filter(({ path }) => !PUBLIC_CALLS.includes(path)))(
    'is refused by $path',
    async (procedure) => {
      const answer = await call(new Browser(fixture.deps), procedure, { org: 'acme' });
      expect(answer.text).toContain('auth/signed-out');
      expect(answer.text).not.toContain('"result":{"data"');
    },
  );

  it('finds the public calls and no other', () => {
    expect(procedures.map(({ path }) => path)).toEqual(expect.arrayContaining([...PUBLIC_CALLS]));
    expect(procedures.length).toBeGreaterThan(20);
  });
});

describe('a member of another organisation', () => {
  const inTenant = procedures.filter(
    ({ path }) => !PUBLIC_CALLS.includes(path) && !/^(?:auth|links)\./.test(path),
  );

  it.each(inTenant)('cannot tell a foreign organisation from none at $path', async (procedure) => {
    const browser = await signedIn('gus');
    const [foreign, absent] = [
      await call(browser, procedure, { org: 'acme' }),
      await call(browser, procedure, { org: 'no-such-one' }),
    ];
    expect(foreign.text).toContain('organisation/not-found');
    expect(foreign.text).toBe(absent.text);
    expect(foreign.status).toBe(absent.status);
  });

  it.each([
    ['machines.get', (id: string) => ({ org: 'acme', id })],
    ['console.open', (id: string) => ({ org: 'acme', vmId: id, mode: 'look' })],
    ['console.outcome', (id: string) => ({ org: 'acme', ticketId: id })],
    ['grants.list', (id: string) => ({ org: 'acme', vmId: id })],
    [
      'grants.give',
      (id: string) => ({
        org: 'acme',
        to: [{ kind: 'person', id: fixture.people.tom }],
        over: { kind: 'vm', vmId: id },
        role: 'viewer',
        rights: [],
        endsAt: null,
        reason: '',
      }),
    ],
    ['grants.end', (id: string) => ({ org: 'acme', grantId: id })],
  ])('cannot tell a foreign thing from none at %s', async (path, inputFor) => {
    const browser = await signedIn('mira');
    const foreignId = path === 'grants.end' ? await foreignGrant() : theirs;
    const procedure = { path, type: path.match(/get|list|outcome/) ? 'query' : 'mutation' } as const;
    const foreign = await call(browser, procedure, inputFor(foreignId));
    const absent = await call(browser, procedure, inputFor(randomUUID()));
    expect(foreign.status).toBe(404);
    expect(foreign.text).toBe(absent.text);
  });

  it('cannot tell an unshared machine of its own organisation from none', async () => {
    const browser = await signedIn('tom');
    const unshared = await browser.query('machines.get', { org: 'acme', id: web });
    expect(unshared.text).toBe((await browser.query('machines.get', { org: 'acme', id: randomUUID() })).text);
  });

  async function foreignGrant(): Promise<string> {
    const id = randomUUID();
    await fixture.sql(
      "INSERT INTO access_grant (tenant_id, id, person_id, vm_id, role) VALUES ($1, $2, $3, $4, 'viewer')",
      [fixture.tenants.globex, id, fixture.people.gus, theirs],
    );
    return id;
  }
});

describe('signing in', () => {
  it('sets both cookies as they have to be, and answers who it is', async () => {
    const browser = new Browser(fixture.deps);
    const answer = await browser.signIn('mira');
    expect(answer.setCookies).toHaveLength(2);
    expect(answer.setCookies[0]).toMatch(
      /^__Host-porthole=[a-z2-7]{40}; Path=\/; .*HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(answer.setCookies[1]).toMatch(
      /^__Host-porthole_bind=[\w-]{43}; Path=\/; .*HttpOnly; Secure; SameSite=Strict$/,
    );
    expect((await browser.query('auth.me')).data).toMatchObject({
      person: { id: fixture.people.mira, name: 'mira' },
      organisations: [{ slug: 'acme', role: 'member', kind: 'customer', suspended: false }],
    });
  });

  it('gives a wrong password and an unknown account the same answer', async () => {
    const known = await new Browser(fixture.deps, '192.0.2.50').signIn('tom', 'not the password');
    const unknown = await new Browser(fixture.deps, '192.0.2.50').mutate('auth.signIn', {
      email: 'nobody@acme.example',
      password: 'not the password',
    });
    const strip = (text: string) => text.replace(/"reference":"[^"]+"/, '"reference":""');
    expect(known.status).toBe(401);
    expect(strip(known.text)).toBe(strip(unknown.text));
    expect(known.setCookies).toEqual(unknown.setCookies);
  });

  it('is told to each organisation of the person, with its end and that of the session it replaced', async () => {
    const before = (await eventsOf(fixture, 'acme')).length;
    const browser = await signedIn('tom');
    await browser.signIn('mira');
    await browser.mutate('auth.signOut');
    const told = (await eventsOf(fixture, 'acme')).slice(before);
    expect(told.map(({ action, actor }) => [action, actor])).toEqual([
      ['sign-in.ok', expect.objectContaining({ name: 'tom' })],
      ['session.ended', expect.objectContaining({ name: 'tom' })],
      ['sign-in.ok', expect.objectContaining({ name: 'mira' })],
      ['sign-out', expect.objectContaining({ name: 'mira' })],
    ]);
    expect(told[1]).toMatchObject({ data: { reason: 'replaced-by-sign-in' } });
    expect((await eventsOf(fixture, 'globex')).filter(({ action }) => action === 'session.ended')).toEqual(
      [],
    );
  });

  it('is refused in words for text that no database holds, and is no fault of ours', async () => {
    for (const email of ['mira\u0000@acme.example', 'mira\ud800@acme.example']) {
      const answer = await new Browser(fixture.deps).mutate('auth.signIn', { email, password: 'x' });
      expect(answer.error?.data).toMatchObject({ appCode: 'request/unreadable', httpStatus: 400 });
    }
  });

  it('opens no console for who has the login cookie alone', async () => {
    const browser = await signedIn('mira');
    browser.cookies.set('__Host-porthole_bind', 'A'.repeat(43));
    const answer = await browser.mutate('console.open', { org: 'acme', vmId: web, mode: 'look' });
    expect(answer.error?.data).toMatchObject({ appCode: 'console/no-binder' });
  });

  it('opens a console with the cookies it set', async () => {
    const browser = await signedIn('mira');
    const answer = await browser.mutate('console.open', { org: 'acme', vmId: web, mode: 'type' });
    expect(answer.data).toMatchObject({ kind: 'screen', path: '/console/ws/relay-1' });
  });

  it('ends with signing out, in the database too', async () => {
    const browser = await signedIn('mira');
    const login = browser.cookies.get('__Host-porthole') ?? '';
    expect((await browser.mutate('auth.signOut')).data).toEqual({ signedOut: true });
    expect(browser.cookies.size).toBe(0);
    browser.cookies.set('__Host-porthole', login);
    expect((await browser.query('auth.me')).error?.data).toMatchObject({ appCode: 'auth/signed-out' });
  });
});

describe('a change', () => {
  it.each([
    ['another site', { origin: 'https://evil.example', 'content-type': 'application/json' }],
    [
      'the same host on another port',
      { origin: 'https://console.example:444', 'content-type': 'application/json' },
    ],
    ['nowhere', { 'content-type': 'application/json' }],
  ])('from %s is refused', async (_from, headers) => {
    const browser = await signedIn('mira');
    browser.headers = headers as Record<string, string>;
    const answer = await browser.mutate('console.open', { org: 'acme', vmId: web, mode: 'look' });
    expect(answer.error?.data).toMatchObject({ appCode: 'request/other-site', httpStatus: 403 });
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/octet-stream'])(
    'as %s, which a form of any site can send, is refused',
    async (type) => {
      const browser = await signedIn('mira');
      browser.headers = { ...browser.headers, 'content-type': type };
      const answer = await browser.mutate('auth.signOut');
      expect(answer.status).toBeGreaterThanOrEqual(400);
      browser.headers['content-type'] = 'application/json';
      expect((await browser.query('auth.me')).status).toBe(200);
    },
  );

  it.each(['cross-site', 'same-site', 'none'])(
    'or a question by a link, %s, is refused and told to no log',
    async (site) => {
      const browser = await signedIn('mira');
      const before = await eventsOf(fixture, 'acme');
      browser.headers['sec-fetch-site'] = site;
      const id = '00000000-0000-4000-8000-000000000000';
      const answer = await browser.query('machines.get', { org: 'acme', id });
      expect(answer.error?.data).toMatchObject({ appCode: 'request/other-site' });
      expect(await eventsOf(fixture, 'acme')).toEqual(before);
      browser.headers['sec-fetch-site'] = 'same-origin';
      expect((await browser.query('auth.me')).status).toBe(200);
    },
  );

  it('by GET is refused', async () => {
    const browser = await signedIn('mira');
    expect((await browser.send('auth.signOut', { method: 'GET' })).status).toBe(405);
    expect((await browser.query('auth.me')).status).toBe(200);
  });
});

describe('what a refusal says', () => {
  it('is a code, a sentence and a reference, and not one word of the inside', async () => {
    const browser = await signedIn('mira');
    await fixture.sql('UPDATE vm SET power_state = $2 WHERE id = $1', [web, 'Halted']);
    const { error } = await browser.mutate('console.open', { org: 'acme', vmId: web, mode: 'look' });
    await fixture.sql('UPDATE vm SET power_state = $2 WHERE id = $1', [web, 'Running']);
    expect(error?.message).toBe('web-01 is off. There is no screen until it starts.');
    expect(error?.data).toEqual({
      code: 'PRECONDITION_FAILED',
      httpStatus: 412,
      appCode: 'vm/off',
      reference: expect.stringMatching(/^[2-9A-Z]{4}-[2-9A-Z]{2}$/),
      retryAfterS: null,
    });
  });

  it('hides our own faults behind a sentence, and gives the log all of it under the same reference', async () => {
    const broken = {
      ...fixture.deps,
      db: { ...fixture.deps.db, withTenant: () => Promise.reject(new Error('SECRET SQL')) },
    };
    const browser = await signedIn('mira');
    const other = new Browser(broken);
    for (const [name, value] of browser.cookies) other.cookies.set(name, value);
    const answer = await other.query('machines.list', { org: 'acme' });
    expect(answer.text).not.toContain('SECRET');
    expect(answer.error?.data).toMatchObject({ appCode: 'portal/failed', httpStatus: 500 });
    const line = fixture.lines.findLast((one) => one.includes('SECRET SQL')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({
      reference: answer.error?.data.reference,
      path: 'machines.list',
    });
  });

  it('is the same for any badly formed call, and never echoes it', async () => {
    const browser = await signedIn('mira');
    for (const id of [{ contains: '' }, ['x'], null, 7, 'x', { not: web }]) {
      const answer = await browser.query('machines.get', { org: 'acme', id });
      expect(answer.error?.data).toMatchObject({ appCode: 'request/unreadable', httpStatus: 400 });
    }
  });

  it('refuses fields that nobody asked for', async () => {
    const browser = await signedIn('mira');
    const answer = await browser.query('machines.list', { org: 'acme', where: { tenantId: 'x' } });
    expect(answer.status).toBe(400);
  });
});

describe('a refusal in the log of the organisation', () => {
  const last = async () => (await eventsOf(fixture, 'acme')).at(-1);

  it('names who asked for which console, and the true reason that they did not read', async () => {
    const browser = await signedIn('tom', '192.0.2.81');
    await browser.mutate('console.open', { org: 'acme', vmId: web, mode: 'look' });
    expect(await last()).toMatchObject({
      action: 'console.request',
      outcome: 'refused',
      actor: { name: 'tom' },
      target: { kind: 'vm', id: web, name: 'web-01' },
      ip: '192.0.2.81',
      data: { reason: 'vm/not-found (unseen)' },
    });
  });

  it('is one of the platform’s log where the organisation isn’t theirs', async () => {
    const before = await eventsOf(fixture, 'acme');
    const browser = new Browser(fixture.deps, '192.0.2.77');
    await browser.signIn('gus');
    await browser.query('machines.list', { org: 'acme' });
    expect((await eventsOf(fixture, 'platform')).at(-1)).toMatchObject({
      action: 'access.refused',
      actor: { personId: fixture.people.gus },
      data: { call: 'machines.list', reason: 'organisation/not-found' },
    });
    expect(await eventsOf(fixture, 'acme')).toEqual(before);
  });

  it('does not name what belongs to others', async () => {
    const browser = await signedIn('mira', '192.0.2.82');
    await browser.mutate('console.open', { org: 'acme', vmId: theirs, mode: 'look' });
    expect(await last()).toMatchObject({ data: { reason: 'vm/not-found (absent)' } });
    expect(await last()).not.toHaveProperty('target');
  });

  it('holds a machine that is off too: a console was asked for', async () => {
    const browser = await signedIn('jon', '192.0.2.83');
    await fixture.sql('UPDATE vm SET power_state = $2 WHERE id = $1', [web, 'Halted']);
    await browser.mutate('console.open', { org: 'acme', vmId: web, mode: 'look' });
    await fixture.sql('UPDATE vm SET power_state = $2 WHERE id = $1', [web, 'Running']);
    expect(await last()).toMatchObject({ action: 'console.request', data: { reason: 'vm/off' } });
  });

  it('holds other calls by their name', async () => {
    // Of one address and kind the log writes ten a minute, and this file has refused more than that by now.
    const browser = await signedIn('mira', '192.0.2.88');
    await browser.query('log.list', { org: 'acme' });
    expect(await last()).toMatchObject({
      action: 'access.refused',
      actor: { name: 'mira' },
      data: { call: 'log.list', reason: 'rbac/forbidden (no-grant)' },
    });
  });
});

describe('many calls in one request', () => {
  it('are ten at most', async () => {
    const browser = await signedIn('mira');
    const paths = Array.from({ length: 11 }, () => 'auth.me').join(',');
    expect(
      (await browser.send(`${paths}?batch=1&input=%7B%7D`, { method: 'GET' })).status,
    ).toBeGreaterThanOrEqual(400);
  });
});
