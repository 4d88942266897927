import { randomBytes } from 'node:crypto';
import { decodeBase32IgnorePadding } from '@oslojs/encoding';
import { CATALOGUE, verifyLog } from '@porthole/audit';
import { codeAt, stepOf } from '@porthole/auth';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from '../testing/browser.ts';
import { fillRate } from '../testing/fill-rate.ts';
import { takeLinkTo, takeMails } from '../testing/mailed-links.ts';
import {
  createFixture,
  emailOf,
  eventsOf,
  type Fixture,
  type Name,
  PASSWORD,
} from '../testing/portal-fixture.ts';
import { PASSWORD_CHANGES } from './change-my-password.ts';

const NEXT = 'a quite different horse';

let fixture: Fixture;
let kept: Record<string, unknown>[];
beforeAll(async () => {
  fixture = await createFixture();
  kept = await fixture.sql('SELECT id, password_hash FROM person');
});
afterAll(() => fixture.end());
beforeEach(async () => {
  for (const { id, password_hash } of kept)
    await fixture.sql('UPDATE person SET password_hash = $2 WHERE id = $1', [id, password_hash]);
  for (const table of [
    'rate_counter',
    'login_session',
    'mail',
    'mail_token',
    'totp',
    'recovery_code',
    'api_token',
  ])
    await fixture.sql(`DELETE FROM ${table}`);
});

async function enter(name: Name): Promise<Browser> {
  const browser = new Browser(fixture.deps);
  expect((await browser.signIn(name)).data).toEqual({ next: 'inside' });
  return browser;
}
const change = (browser: Browser, current: unknown = PASSWORD, next: unknown = NEXT) =>
  browser.mutate('auth.changePassword', { current, next });
/** One of Mira's, in an organisation of hers. */
async function addToken(tenantId: string, name: string, endsIn = '1 hour'): Promise<string> {
  const [row] = await fixture.sql(
    `INSERT INTO api_token (tenant_id, person_id, name, digest, scopes, created_at, ends_at)
     VALUES ($1, $2, $3, $4, '{machines}', clock_timestamp() - interval '1 day', now() + $5::interval) RETURNING id`,
    [tenantId, fixture.people.mira, name, randomBytes(32), endsIn],
  );
  return String(row?.id);
}
const codeIn = ({ error }: Awaited<ReturnType<typeof change>>) => error?.data.appCode;
const canSignIn = async (name: Name, password: string) =>
  (await new Browser(fixture.deps).signIn(name, password)).status === 200;

describe('changing the password', () => {
  it('takes the one before, ends the other sessions, goes on under another bearer, and is told', async () => {
    const [other, browser] = [await enter('mira'), await enter('mira')];
    const bearer = browser.cookies.get('__Host-porthole');
    const eventsBefore = (await eventsOf(fixture, 'acme')).length;
    expect((await change(browser)).data).toEqual({ ended: 1 });
    expect((await other.query('auth.me')).status).toBe(401);
    expect((await browser.query('auth.me')).status).toBe(200);
    expect(browser.cookies.get('__Host-porthole')).not.toBe(bearer);
    expect([await canSignIn('mira', PASSWORD), await canSignIn('mira', NEXT)]).toEqual([false, true]);
    expect((await takeMails(fixture)).map(({ kind, to }) => [kind, to])).toEqual([
      ['password-changed', emailOf('mira')],
    ]);
    const events = (await eventsOf(fixture, 'acme')).slice(eventsBefore);
    expect(events).toMatchObject([
      { action: 'session.ended', data: { reason: 'password-changed' } },
      { action: 'password.changed', actor: { name: 'mira' }, data: { sessions: 1 } },
      { action: 'sign-in.ok' },
    ]);
    expect(JSON.stringify(events)).not.toContain(NEXT);
  });

  it('ends links to another password', async () => {
    const browser = await enter('mira');
    await new Browser(fixture.deps).mutate('links.askReset', { email: emailOf('mira') });
    const link = await takeLinkTo(fixture, emailOf('mira'));
    expect((await change(browser)).status).toBe(200);
    const late = await new Browser(fixture.deps).mutate('links.resetPassword', { link, password: PASSWORD });
    expect(codeIn(late)).toBe('auth/link-over');
  });

  it('ends API tokens in every organisation, each told there as its person’s doing', async () => {
    const browser = await enter('mira');
    const { acme, globex } = fixture.tenants;
    await fixture.sql("INSERT INTO membership (tenant_id, person_id, role) VALUES ($1, $2, 'member')", [
      globex,
      fixture.people.mira,
    ]);
    const [first, second, theirs] = [
      await addToken(acme, 'Nightly'),
      await addToken(acme, 'Weekly'),
      await addToken(globex, 'Away'),
    ];
    const late = await addToken(acme, 'Late', '-1 second');
    const before = {
      acme: (await eventsOf(fixture, 'acme')).length,
      globex: (await eventsOf(fixture, 'globex')).length,
    };
    expect((await change(browser)).status).toBe(200);
    // What had ended by its date is told as that, by who tells of dates.
    expect(await fixture.sql('SELECT id FROM api_token WHERE ended_at IS NULL')).toEqual([{ id: late }]);
    const ended = (id: string, name: string) => ({
      action: 'token.ended',
      actor: { personId: fixture.people.mira, name: 'mira', kind: 'person' },
      target: { kind: 'token', id, name },
      data: { tokenId: id, name, why: 'password-changed' },
    });
    const changed = { action: 'password.changed' };
    const toldIn = async (org: 'acme' | 'globex') => (await eventsOf(fixture, org)).slice(before[org]);
    expect(await toldIn('acme')).toMatchObject([changed, ended(first, 'Nightly'), ended(second, 'Weekly')]);
    expect(await toldIn('globex')).toMatchObject([changed, ended(theirs, 'Away')]);
    for (const { data } of [...(await toldIn('acme')), ...(await toldIn('globex'))].filter(
      ({ action }) => action === 'token.ended',
    ))
      expect(() => CATALOGUE['token.ended'].parse(data)).not.toThrow();
    for (const tenantId of [acme, globex])
      expect(await verifyLog(fixture.db, tenantId)).toMatchObject({ intact: true });
    await fixture.sql('DELETE FROM membership WHERE tenant_id = $1 AND person_id = $2', [
      globex,
      fixture.people.mira,
    ]);
  });

  it('is nothing at all where the log can’t tell that a token ended', async () => {
    const browser = await enter('mira');
    const tokenId = await addToken(fixture.tenants.acme, 'Nightly');
    const silence = "ADD CONSTRAINT silent CHECK (action <> 'token.ended') NOT VALID";
    await fixture.sql(`ALTER TABLE audit_event ${silence}`);
    expect((await change(browser)).status).toBe(500);
    await fixture.sql('ALTER TABLE audit_event DROP CONSTRAINT silent');
    expect(await canSignIn('mira', PASSWORD)).toBe(true);
    expect(await fixture.sql('SELECT ended_at FROM api_token WHERE id = $1', [tokenId])).toEqual([
      { ended_at: null },
    ]);
  });

  it.each([
    ['too short', 'short', 'auth/weak-password'],
    ['in lists of stolen ones', 'Password1234!', 'auth/weak-password'],
    ['the one that it is', PASSWORD, 'auth/same-password'],
  ])('takes none that is %s', async (_, next, code) => {
    const browser = await enter('mira');
    expect(codeIn(await change(browser, PASSWORD, next))).toBe(code);
    expect(await canSignIn('mira', PASSWORD)).toBe(true);
  });

  it('refuses a wrong one before, says so in the log, and stops listening after a few', async () => {
    const [browser, other] = [await enter('mira'), await enter('mira')];
    const codes = [];
    for (let tries = 0; tries < 6; tries += 1) codes.push(codeIn(await change(browser, 'wrong')));
    expect(codes).toEqual([...Array(5).fill('auth/no-match'), 'auth/wait']);
    expect(codeIn(await change(browser))).toBe('auth/wait');
    expect((await eventsOf(fixture, 'acme')).at(-1)).toMatchObject({
      action: 'factor.refused',
      outcome: 'refused',
      data: { step: 'password', reason: 'too-many-tries' },
    });
    // Nobody who is signed in is put out by it, and nothing was changed.
    expect((await other.query('auth.me')).status).toBe(200);
    expect(await canSignIn('mira', PASSWORD)).toBe(true);
  });

  it('goes through so many times an hour', async () => {
    const browser = await enter('mira');
    const key = `password.change:person:${fixture.people.mira}`;
    await fillRate(fixture, { key, ...PASSWORD_CHANGES });
    expect(codeIn(await change(browser))).toBe('rate/limited');
  });

  it('lets one of two changes at once win, and the other change nothing', async () => {
    const [one, two] = [await enter('mira'), await enter('mira')];
    const statuses = (
      await Promise.all([change(one, PASSWORD, 'the horse of the first'), change(two, PASSWORD, NEXT)])
    ).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    const winner = statuses[0] === 200 ? 'the horse of the first' : NEXT;
    expect(await canSignIn('mira', winner)).toBe(true);
    const told = (await eventsOf(fixture, 'acme')).filter(
      ({ action, data }) => action === 'password.changed' && Reflect.get(Object(data), 'sessions') === 1,
    );
    expect(told.length).toBeGreaterThan(0);
  });

  it('asks who has a second factor for a fresh proof beside it', async () => {
    const browser = await enter('tom');
    const { data } = await browser.mutate('auth.beginFactor', { password: PASSWORD });
    const seed = decodeBase32IgnorePadding(String(Reflect.get(Object(data), 'secret')));
    const code = codeAt(seed, stepOf(new Date()));
    expect((await browser.mutate('auth.confirmFactor', { code })).status).toBe(200);
    await fixture.sql("UPDATE login_session SET confirmed_at = now() - interval '11 minutes'");
    expect(codeIn(await change(browser))).toBe('auth/confirm-first');
    expect((await browser.mutate('auth.confirm', { kind: 'password', proof: PASSWORD })).status).toBe(200);
    expect((await change(browser)).status).toBe(200);
    // The factor stays as it is.
    expect(await fixture.sql('SELECT FROM totp WHERE confirmed_at IS NOT NULL')).toHaveLength(1);
  });

  it('is nothing for who is not signed in, or has no password', async () => {
    expect(codeIn(await change(new Browser(fixture.deps)))).toBe('auth/signed-out');
    const browser = await enter('ana');
    expect((await browser.query('auth.password')).data).toEqual({ isSet: true, ssoOnly: false });
    await fixture.sql('UPDATE person SET password_hash = NULL WHERE id = $1', [fixture.people.ana]);
    expect((await browser.query('auth.password')).data).toEqual({ isSet: false, ssoOnly: false });
    expect(codeIn(await change(browser))).toBe('auth/no-match');
    expect(await canSignIn('ana', NEXT)).toBe(false);
  });
});
