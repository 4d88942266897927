import { decodeBase32IgnorePadding } from '@oslojs/encoding';
import { codeAt, SSO_BEGINNINGS, stepOf } from '@porthole/auth';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from '../testing/browser.ts';
import { CLIENT, type Issuer, lyingFetch, type Said, startIssuer } from '../testing/issuer.ts';
import { takeLinkTo } from '../testing/mailed-links.ts';
import {
  createFixture,
  emailOf,
  eventsOf,
  type Fixture,
  type Name,
  ORIGIN,
  PASSWORD,
} from '../testing/portal-fixture.ts';
import { comeBack } from './come-back.ts';
import { MAX_DOMAINS } from './domains.ts';

let fixture: Fixture;
let issuer: Issuer;
let owner: Browser;
const org = 'acme';
const DOMAIN = emailOf('mira').split('@')[1] ?? '';

beforeAll(async () => {
  fixture = await createFixture();
  issuer = await startIssuer(`${ORIGIN}/sign-in/single-sign-on`);
});
beforeEach(async () => {
  fixture.deps.fetch = issuer.fetch;
  for (const table of ['sso_identity', 'sso_attempt', 'sso_domain', 'sso_connection', 'rate_counter'])
    await fixture.sql(`DELETE FROM ${table}`);
  for (const table of ['totp', 'recovery_code', 'login_session', 'invitation'])
    await fixture.sql(`DELETE FROM ${table}`);
  await fixture.sql(
    `DELETE FROM membership WHERE person_id IN (SELECT id FROM person WHERE password_hash IS NULL)`,
  );
  await fixture.sql('DELETE FROM person WHERE password_hash IS NULL');
  await fixture.sql(`UPDATE membership SET role = 'owner' WHERE tenant_id = $1 AND person_id = $2`, [
    fixture.tenants.acme,
    fixture.people.jon,
  ]);
  owner = new Browser(fixture.deps);
  await owner.signIn('jon');
});
afterAll(async () => {
  issuer.end();
  await fixture.end();
});

const pick = (value: unknown, name: string): unknown => Reflect.get(Object(value), name);
const appCode = ({ error }: Awaited<ReturnType<Browser['query']>>) => error?.data.appCode;

interface Settings {
  version?: number;
  issuer?: string;
  clientSecret?: string | null;
  joining?: 'invited' | 'members';
  use?: 'off' | 'beside' | 'only';
}
const change = (settings: Settings = {}, browser = owner) =>
  browser.mutate('singleSignOn.change', {
    org,
    version: 0,
    issuer: issuer.url,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    use: 'beside',
    joining: 'invited',
    ...settings,
  });

/** A domain whose DNS says that it is the organisation's. */
async function ownDomain(domain = DOMAIN, browser = owner, of = org) {
  await browser.mutate('singleSignOn.addDomain', { org: of, domain });
  const read = (await browser.query('singleSignOn.read', { org: of })).data;
  const row = Object.values(Object(pick(read, 'domains'))).find((one) => pick(one, 'domain') === domain);
  const proof = pick(row, 'proof');
  fixture.deps.resolveText = async (name) =>
    name === pick(proof, 'name') ? [String(pick(proof, 'text'))] : [];
  return browser.mutate('singleSignOn.verifyDomain', { org: of, domain });
}

async function setUp(settings: Settings = {}) {
  expect((await ownDomain()).error).toBeNull();
  expect((await change(settings)).error).toBeNull();
}

const said = (name: Name, more: Partial<Said> = {}): Said => ({
  sub: `sub-of-${name}`,
  email: emailOf(name),
  email_verified: true,
  name,
  ...more,
});

/** Off to the issuer. */
async function begin(email = emailOf('mira'), next: string | null = null) {
  const browser = new Browser(fixture.deps, '192.0.2.77');
  const answer = await browser.mutate('singleSignOn.begin', { email, next });
  return { browser, answer, url: String(pick(answer.data, 'url')) };
}

/** And back. @returns where the browser is sent */
async function back(browser: Browser, search: string): Promise<string> {
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const request = new Request(`https://elsewhere.invalid/sign-in/single-sign-on${search}`, {
    headers: { cookie },
  });
  const response = await comeBack(fixture.deps, request);
  expect(response.status).toBe(303);
  for (const set of response.headers.getSetCookie()) {
    const [name = '', value = ''] = set.split(';')[0]?.split('=') ?? [];
    if (value === '') browser.cookies.delete(name);
    else browser.cookies.set(name, value);
  }
  return (response.headers.get('location') ?? '').replace(ORIGIN, '');
}

async function signIn(who: Said, next: string | null = null, typed = who.email) {
  issuer.state.said = who;
  const { browser, url } = await begin(typed ?? emailOf('mira'), next);
  return { browser, place: await back(browser, await issuer.walk(url)) };
}

describe('the settings', () => {
  it('keep the secret sealed, and give it back to nobody', async () => {
    await setUp();
    const read = await owner.query('singleSignOn.read', { org });
    expect(read.data).toMatchObject({
      connection: { issuer: issuer.url, clientId: CLIENT.id, use: 'beside' },
      redirectUri: `${ORIGIN}/sign-in/single-sign-on`,
    });
    expect(read.text).not.toContain(CLIENT.secret);
    const rows = JSON.stringify(
      await fixture.sql(`SELECT encode(ct, 'escape') AS ct, * FROM sso_connection`),
    );
    expect(rows).not.toContain(CLIENT.secret);
    const events = await eventsOf(fixture, 'acme');
    expect(JSON.stringify(events)).not.toContain(CLIENT.secret);
    expect(events).toContainEqual(
      expect.objectContaining({
        action: 'sso.changed',
        data: expect.objectContaining({ secret: 'changed' }),
      }),
    );
  });

  it('are for who runs the people, after a fresh proof', async () => {
    const mira = new Browser(fixture.deps);
    await mira.signIn('mira');
    expect((await change({}, mira)).status).toBe(403);
    expect((await mira.query('singleSignOn.read', { org })).status).toBe(403);
    await fixture.sql(`UPDATE login_session SET confirmed_at = now() - interval '11 minutes'`);
    expect(appCode(await change())).toBe('auth/confirm-first');
  });

  it('want the secret anew for another issuer, and tell who was quicker', async () => {
    await setUp();
    const moved = { version: 1, issuer: 'https://elsewhere.example', clientSecret: null };
    expect(appCode(await change(moved))).toBe('sso/secret-missing');
    expect(appCode(await change({ version: 7 }))).toBe('sso/changed-meanwhile');
    expect((await change({ version: 1, clientSecret: null, joining: 'members' })).data).toEqual({
      version: 2,
    });
    expect((await change({ issuer: 'http://plain.example' })).status).toBe(400);
  });

  it('count a domain only once its DNS says so, and for one organisation', async () => {
    fixture.deps.resolveText = async () => ['porthole-domain=guessed'];
    await owner.mutate('singleSignOn.addDomain', { org, domain: DOMAIN });
    const unproved = await owner.mutate('singleSignOn.verifyDomain', { org, domain: DOMAIN });
    expect(appCode(unproved)).toBe('sso/domain-unproved');
    await change();
    expect(appCode((await begin()).answer)).toBe('sso/none');
    expect((await ownDomain()).error).toBeNull();
    expect((await begin()).answer.error).toBeNull();
    await fixture.sql(`UPDATE membership SET role = 'owner' WHERE person_id = $1`, [fixture.people.gus]);
    const gus = new Browser(fixture.deps);
    await gus.signIn('gus');
    expect(appCode(await ownDomain(DOMAIN, gus, 'globex'))).toBe('sso/domain-taken');
    expect(
      appCode(await gus.mutate('singleSignOn.removeDomain', { org: 'globex', domain: 'no.example' })),
    ).toBe('domain/not-found');
    expect((await owner.mutate('singleSignOn.removeDomain', { org, domain: DOMAIN })).error).toBeNull();
    expect(appCode((await begin()).answer)).toBe('sso/none');
  });

  it('name twenty domains at most', async () => {
    for (let n = 0; n < MAX_DOMAINS; n++)
      await owner.mutate('singleSignOn.addDomain', { org, domain: `d${n}.example` });
    expect(appCode(await owner.mutate('singleSignOn.addDomain', { org, domain: 'more.example' }))).toBe(
      'sso/domains-full',
    );
  });
});

describe('the way to the issuer', () => {
  it('is code flow with PKCE, state and nonce, and the same for whoever has or has no account', async () => {
    await setUp();
    const one = await begin();
    const other = await begin(`nobody@${DOMAIN}`);
    for (const { url, answer } of [one, other]) {
      expect(answer.status).toBe(200);
      const { searchParams, origin } = new URL(url);
      expect(origin).toBe(issuer.url);
      expect(Object.fromEntries(searchParams)).toMatchObject({
        response_type: 'code',
        code_challenge_method: 'S256',
        scope: 'openid email profile',
        redirect_uri: `${ORIGIN}/sign-in/single-sign-on`,
        state: expect.stringMatching(/.{40}/),
        nonce: expect.stringMatching(/.{40}/),
      });
    }
    expect(one.answer.setCookies[0]).toMatch(/^__Host-porthole-sso=.*HttpOnly; Secure; SameSite=Lax$/);
  });

  it('ends where no organisation has the domain, or the issuer is inside or silent', async () => {
    await setUp();
    expect(appCode((await begin('somebody@elsewhere.example')).answer)).toBe('sso/none');
    fixture.deps.fetch = issuer.fetchByTheRules;
    const { answer } = await begin();
    expect([answer.status, appCode(answer)]).toEqual([503, 'sso/unreachable']);
  });

  it('begins fifty times a quarter of an hour from one address', async () => {
    const browser = new Browser(fixture.deps, '192.0.2.78');
    const call = () => browser.mutate('singleSignOn.begin', { email: 'x@y.example', next: null });
    for (let n = 0; n < SSO_BEGINNINGS.max; n++) expect(appCode(await call())).toBe('sso/none');
    expect((await call()).status).toBe(429);
  });
});

describe('the way back', () => {
  it('lets a member in, ties the subject to them, and leads on', async () => {
    await setUp();
    const { browser, place } = await signIn(said('mira'), '/o/acme/machines?q=web');
    expect(place).toBe('/o/acme/machines?q=web');
    expect((await browser.query('auth.me')).data).toMatchObject({ person: { id: fixture.people.mira } });
    expect(await fixture.sql('SELECT subject, person_id FROM sso_identity')).toEqual([
      { subject: 'sub-of-mira', person_id: fixture.people.mira },
    ]);
    const events = await eventsOf(fixture, 'acme');
    expect(events).toContainEqual(expect.objectContaining({ action: 'sso.linked' }));
    expect(events).toContainEqual(
      expect.objectContaining({
        action: 'sign-in.ok',
        data: expect.objectContaining({ method: 'single-sign-on' }),
      }),
    );
    expect((await signIn(said('mira'))).place).toBe('/organisations');
  });

  it('still asks for a second factor of who has one', async () => {
    await setUp();
    const mira = new Browser(fixture.deps);
    await mira.signIn('mira');
    const begun = await mira.mutate('auth.beginFactor', { password: PASSWORD });
    const seed = decodeBase32IgnorePadding(String(pick(begun.data, 'secret')));
    await mira.mutate('auth.confirmFactor', { code: codeAt(seed, stepOf(new Date()) - 1) });
    const { browser, place } = await signIn(said('mira'));
    expect(place).toBe('/sign-in/factor?next=%2Forganisations');
    expect(appCode(await browser.query('auth.me'))).toBe('auth/signed-out');
    const code = codeAt(seed, stepOf(new Date()));
    expect((await browser.mutate('auth.finishSignIn', { kind: 'code', code })).status).toBe(200);
    expect(await eventsOf(fixture, 'platform')).toContainEqual(
      expect.objectContaining({
        action: 'sign-in.ok',
        data: expect.objectContaining({ method: 'single-sign-on-and-code' }),
      }),
    );
  });

  it('adds nobody unless invited, or the organisation says so', async () => {
    await setUp();
    const nia = { sub: 'nia', email: `nia@${DOMAIN}`, email_verified: true, name: 'Nia New' };
    expect((await signIn(nia)).place).toBe('/sign-in?sso=no-member');
    expect(await fixture.sql('SELECT 1 FROM person WHERE email = $1', [nia.email])).toEqual([]);
    expect(await eventsOf(fixture, 'acme')).toContainEqual(
      expect.objectContaining({ action: 'sso.refused', data: { reason: 'no-member', account: nia.email } }),
    );
    await change({ version: 1, joining: 'members' });
    const { browser } = await signIn(nia);
    expect((await browser.query('auth.me')).data).toMatchObject({
      person: { name: 'Nia New' },
      organisations: [{ slug: 'acme', role: 'member' }],
    });
    expect(await eventsOf(fixture, 'acme')).toContainEqual(
      expect.objectContaining({ action: 'member.joined' }),
    );
  });

  it('takes no name and no address that nobody could type here', async () => {
    await setUp({ joining: 'members' });
    const nia = { sub: 'nia', email: `nia@${DOMAIN}`, email_verified: true };
    for (const email of [
      `nia\r\nbcc:x@${DOMAIN}`,
      `ni\u200ba@${DOMAIN}`,
      `a,nia@${DOMAIN}`,
      `nia@x@${DOMAIN}`,
    ])
      expect((await signIn({ ...nia, email }, null, nia.email)).place).toBe('/sign-in?sso=unverified');
    const nameOf = async (sub: string, name: string) => {
      const { browser } = await signIn({ ...nia, sub, email: `${sub}@${DOMAIN}`, name });
      return pick(pick((await browser.query('auth.me')).data, 'person'), 'name');
    };
    expect(await nameOf('one', 'Jon\u202e nimda')).toBe(`one@${DOMAIN}`);
    expect(await nameOf('two', '\u3164')).toBe(`two@${DOMAIN}`);
    expect(await nameOf('three', 'Nia\u0000')).toBe(`three@${DOMAIN}`);
    expect(await nameOf('five', `  Zoe\u0308   ${'n'.repeat(90)}`)).toMatch(/^Zoë n{70,}$/);
  });

  it('takes an invitation as accepted, and joins the teams that it leads into', async () => {
    await setUp();
    const email = `ivo@${DOMAIN}`;
    const team = async (name: string) => {
      const insert = 'INSERT INTO team (tenant_id, name) VALUES ($1, $2) RETURNING id';
      return String((await fixture.sql(insert, [fixture.tenants.acme, name]))[0]?.id);
    };
    const [ops, gone] = [await team('Ops'), await team('Gone')];
    const teamIds = [ops, gone];
    expect(
      (await owner.mutate('invitations.send', { org, email, role: 'auditor', teamIds })).error,
    ).toBeNull();
    await fixture.sql('DELETE FROM team WHERE id = $1', [gone]);
    const before = (await eventsOf(fixture, 'acme')).length;
    const { browser } = await signIn({ sub: 'ivo', email, email_verified: true, name: 'Ivo' });
    expect((await browser.query('auth.me')).data).toMatchObject({ organisations: [{ role: 'auditor' }] });
    const places = await fixture.sql(
      'SELECT t.name FROM team_member m JOIN team t ON t.id = m.team_id JOIN person p ON p.id = m.person_id WHERE p.email = $1',
      [email],
    );
    expect(places).toEqual([{ name: 'Ops' }]);
    const told = (await eventsOf(fixture, 'acme')).slice(before);
    expect(told.filter(({ action }) => /^(?:team|invitation)\./.test(String(action)))).toMatchObject([
      { action: 'team.joined', target: { id: ops }, data: { member: { name: 'Ivo' } } },
      {
        action: 'invitation.accepted',
        data: { isNew: true, teamsPassedOver: [{ id: gone, why: 'removed' }] },
      },
    ]);
  });

  it.each<[string, Partial<Said>, string]>([
    ['an address that was not checked', { email_verified: false }, 'unverified'],
    [
      'an address of a domain that is not the organisation’s',
      { email: 'mira@elsewhere.example' },
      'other-domain',
    ],
    ['a person of another organisation by a foreign domain', { email: 'gus@globex.example' }, 'other-domain'],
  ])('does not go by %s', async (_, more, reason) => {
    await setUp();
    issuer.state.said = said('mira', more);
    const { browser, url } = await begin();
    expect(await back(browser, await issuer.walk(url))).toBe(`/sign-in?sso=${reason}`);
    expect(browser.cookies.has('__Host-porthole')).toBe(false);
  });

  it('gives nobody an account that was somebody else’s to this issuer', async () => {
    await setUp();
    await signIn(said('mira'));
    expect((await signIn(said('mira', { sub: 'somebody-new' }))).place).toBe('/sign-in?sso=other-account');
    expect((await signIn(said('tom', { sub: 'sub-of-mira' }))).place).toBe('/sign-in?sso=other-account');
  });

  it('says that the issuer said no', async () => {
    await setUp();
    expect((await signIn(said('mira', { sub: 'refused' }))).place).toBe('/sign-in?sso=refused');
  });

  it('is good once, in the browser that left, with the state that it left with', async () => {
    await setUp();
    issuer.state.said = said('mira');
    const first = await begin();
    const search = await issuer.walk(first.url);
    expect(await back(new Browser(fixture.deps), search)).toBe('/sign-in?sso=over');
    const copy = new Map(first.browser.cookies);
    expect(await back(first.browser, search)).toBe('/organisations');
    const again = new Browser(fixture.deps);
    for (const [name, value] of copy) again.cookies.set(name, value);
    expect(await back(again, search)).toBe('/sign-in?sso=over');
    const [mine, theirs] = [await begin(), await begin()];
    expect(await back(mine.browser, await issuer.walk(theirs.url))).toBe('/sign-in?sso=untrusted');
  });

  it('believes no token of another audience, issuer, nonce or time, nor one signed by somebody else', async () => {
    await setUp();
    const now = Math.floor(Date.now() / 1_000);
    const honest = { iss: issuer.url, sub: 'x', aud: CLIENT.id, iat: now, exp: now + 60 };
    const lies: [Record<string, unknown>, { isVouchedFor: boolean }?][] = [
      [{ aud: 'another-client' }],
      [{ iss: 'https://elsewhere.example' }],
      [{ nonce: 'of-another-attempt' }],
      [{ exp: now - 3_600, iat: now - 7_200 }],
      [{}, { isVouchedFor: false }],
    ];
    for (const [lie, vouched] of lies) {
      fixture.deps.fetch = issuer.fetch;
      issuer.state.said = said('mira');
      const { browser, url } = await begin();
      const search = await issuer.walk(url);
      const claims = { ...honest, email: emailOf('mira'), email_verified: true };
      const nonce = new URL(url).searchParams.get('nonce');
      fixture.deps.fetch = lyingFetch(issuer.fetch, { ...claims, nonce, ...lie }, vouched);
      expect([lie, await back(browser, search)]).toEqual([lie, '/sign-in?sso=untrusted']);
    }
    // The same liar, telling the truth.
    const { browser, url } = await begin();
    const search = await issuer.walk(url);
    const nonce = new URL(url).searchParams.get('nonce');
    const claims = { ...honest, nonce, email: emailOf('mira'), email_verified: true };
    fixture.deps.fetch = lyingFetch(issuer.fetch, claims);
    expect(await back(browser, search)).toBe('/organisations');
  });
});

describe('single sign-on as the only way', () => {
  it('answers the right password like a wrong one, and leaves owners their way back in', async () => {
    const mira = new Browser(fixture.deps);
    await mira.signIn('mira');
    await setUp({ use: 'only' });
    expect(appCode(await mira.query('auth.me'))).toBe('auth/signed-out');
    const plain = async (password: string) => {
      const { status, text } = await new Browser(fixture.deps).signIn('mira', password);
      return `${status} ${text.replace(/"reference":"[^"]*"/, '')}`;
    };
    expect(await plain(PASSWORD)).toBe(await plain('wrong'));
    expect((await owner.query('auth.me')).status).toBe(200);
    expect((await new Browser(fixture.deps).signIn('jon')).data).toEqual({ next: 'inside' });
    // Others than those of the organisation's domains go on as before.
    expect((await new Browser(fixture.deps).signIn('gus')).data).toEqual({ next: 'inside' });
    expect((await signIn(said('mira'))).place).toBe('/organisations');
    await change({ version: 1, use: 'beside' });
    expect((await new Browser(fixture.deps).signIn('mira')).data).toEqual({ next: 'inside' });
  });

  it('is led around by no other address, asked for before or after', async () => {
    const elsewhere = 'mira@elsewhere.example';
    const before = new Browser(fixture.deps);
    await before.signIn('mira');
    expect(
      (await before.mutate('links.askEmailChange', { email: elsewhere, password: PASSWORD })).status,
    ).toBe(200);
    const link = await takeLinkTo(fixture, elsewhere);
    await setUp({ use: 'only' });
    const { browser } = await signIn(said('mira'));
    const asked = await browser.mutate('links.askEmailChange', { email: elsewhere, password: PASSWORD });
    expect([asked.status, appCode(asked)]).toEqual([412, 'auth/sso-address']);
    expect(appCode(await new Browser(fixture.deps).mutate('links.confirmEmail', { link }))).toBe(
      'auth/link-over',
    );
    // Single sign-on beside the password leaves the address to its owner; the link was not used up.
    await change({ version: 1, use: 'beside' });
    expect((await new Browser(fixture.deps).mutate('links.confirmEmail', { link })).status).toBe(200);
    await fixture.sql('UPDATE person SET email = $1 WHERE email = $2', [emailOf('mira'), elsewhere]);
  });

  it('tells of each session that it ends, whose it was and by whom', async () => {
    const [first, second] = [new Browser(fixture.deps), new Browser(fixture.deps)];
    await first.signIn('mira');
    await second.signIn('mira');
    const before = (await eventsOf(fixture, 'acme')).length;
    const ids = (
      await fixture.sql('SELECT id FROM login_session WHERE person_id = $1', [fixture.people.mira])
    ).map(({ id }) => id);
    await setUp({ use: 'only' });
    const told = (await eventsOf(fixture, 'acme'))
      .slice(before)
      .filter(({ action }) => action === 'session.ended');
    const ofMira = told.filter(({ data }) => JSON.stringify(data).includes(fixture.people.mira));
    expect(ofMira.map(({ data }) => Reflect.get(Object(data), 'loginSessionId')).sort()).toEqual(ids.sort());
    expect(ofMira[0]).toMatchObject({
      actor: { kind: 'person', personId: fixture.people.jon },
      target: { kind: 'session' },
      data: { reason: 'single-sign-on-only', person: { name: 'mira' } },
    });
    // The owner who did it stays, and is not told of.
    expect(JSON.stringify(told)).not.toContain(`"person":{"id":"${fixture.people.jon}"`);
  });

  it('is no way while it is off', async () => {
    await setUp({ use: 'off' });
    expect((await new Browser(fixture.deps).signIn('mira')).data).toEqual({ next: 'inside' });
    expect(appCode((await begin()).answer)).toBe('sso/none');
  });
});
