import { decodeBase32IgnorePadding } from '@oslojs/encoding';
import { codeAt, stepOf } from '@porthole/auth';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from '../testing/browser.ts';
import {
  addGrant,
  addPoolRow,
  addRelay,
  addVm,
  createFixture,
  eventsOf,
  type Fixture,
  type Name,
  PASSWORD,
} from '../testing/portal-fixture.ts';

let fixture: Fixture;
let web: string;
/** Moves on with each code, since every step of a clock is good for one. */
let now: Date;

beforeAll(async () => {
  fixture = await createFixture();
  fixture.deps.clock = () => now;
  const poolId = await addPoolRow(fixture);
  await addRelay(fixture, 'relay-1');
  web = await addVm(fixture, { name: 'web-01', poolId });
  await addGrant(fixture, { to: 'mira', vmId: web, role: 'operator' });
});
beforeEach(async () => {
  now = new Date();
  await fixture.sql('DELETE FROM totp');
  await fixture.sql('DELETE FROM recovery_code');
  await fixture.sql('DELETE FROM tenant_policy');
  await fixture.sql('DELETE FROM rate_counter');
  await fixture.sql('DELETE FROM login_session');
});
afterAll(() => fixture.end());

const pick = (value: unknown, name: string): unknown => Reflect.get(Object(value), name);
const appCode = ({ error }: Awaited<ReturnType<Browser['query']>>) => error?.data.appCode;

async function enter(name: Name): Promise<Browser> {
  const browser = new Browser(fixture.deps);
  expect((await browser.signIn(name)).data).toEqual({ next: 'inside' });
  return browser;
}

interface Enrolled {
  browser: Browser;
  seed: Uint8Array;
  recoveryCodes: string[];
}

async function enrol(name: Name): Promise<Enrolled> {
  const browser = await enter(name);
  const begun = await browser.mutate('auth.beginFactor', { password: PASSWORD });
  const seed = decodeBase32IgnorePadding(String(pick(begun.data, 'secret')));
  const confirmed = await browser.mutate('auth.confirmFactor', { code: codeNow(seed) });
  const recoveryCodes = pick(confirmed.data, 'recoveryCodes');
  if (!Array.isArray(recoveryCodes)) throw new TypeError(confirmed.text);
  return { browser, seed, recoveryCodes };
}

function codeNow(seed: Uint8Array): string {
  return codeAt(seed, stepOf(now));
}

function nextCode(seed: Uint8Array): string {
  now = new Date(now.getTime() + 30_000);
  return codeNow(seed);
}

/** A browser between the password and the code. */
async function halfway(name: Name, ip?: string): Promise<Browser> {
  const browser = new Browser(fixture.deps, ip);
  expect((await browser.signIn(name)).data).toEqual({ next: 'factor', by: ['code'] });
  return browser;
}

const finish = (browser: Browser, code: string, kind = 'code') =>
  browser.mutate('auth.finishSignIn', { kind, code });

describe('setting an app up', () => {
  it('wants the password, then a code, and gives ten recovery codes once', async () => {
    const browser = await enter('mira');
    expect(appCode(await browser.mutate('auth.beginFactor', { password: 'wrong' }))).toBe('auth/no-match');
    const begun = await browser.mutate('auth.beginFactor', { password: PASSWORD });
    const seed = decodeBase32IgnorePadding(String(pick(begun.data, 'secret')));
    expect(seed).toHaveLength(20);
    expect(pick(begun.data, 'squares')).toEqual(
      expect.arrayContaining([expect.stringMatching(/^[01]{20,}$/)]),
    );
    expect(appCode(await browser.mutate('auth.confirmFactor', { code: '000000' }))).toBe(
      'auth/factor-no-match',
    );
    expect((await browser.query('auth.factor')).data).toEqual({
      appSince: null,
      passkeys: [],
      recoveryCodesLeft: 0,
    });
    const confirmed = await browser.mutate('auth.confirmFactor', { code: codeNow(seed) });
    const codes = pick(confirmed.data, 'recoveryCodes');
    expect(new Set(Object.values(Object(codes))).size).toBe(10);
    expect((await browser.query('auth.factor')).data).toMatchObject({ recoveryCodesLeft: 10 });
    expect(appCode(await browser.mutate('auth.beginFactor', { password: PASSWORD }))).toBe(
      'auth/factor-there',
    );
  });

  it('keeps neither seed nor code as anybody could read it', async () => {
    const { seed, recoveryCodes } = await enrol('mira');
    const rows = JSON.stringify([
      await fixture.sql(`SELECT encode(ct, 'hex') AS ct FROM totp`),
      await fixture.sql(`SELECT encode(digest, 'hex') AS digest FROM recovery_code`),
    ]);
    expect(rows).not.toContain(Buffer.from(seed).toString('hex'));
    for (const code of recoveryCodes) expect(rows).not.toContain(code.replaceAll('-', ''));
  });

  it('does not open a seed that was copied to another person', async () => {
    const { seed } = await enrol('mira');
    await fixture.sql(
      `INSERT INTO totp (person_id, kid, iv, ct, tag, confirmed_at)
       SELECT $1, kid, iv, ct, tag, now() FROM totp WHERE person_id = $2`,
      [fixture.people.tom, fixture.people.mira],
    );
    expect((await finish(await halfway('tom'), nextCode(seed))).status).toBe(500);
  });

  it('ends the other sessions, and goes on under another bearer', async () => {
    const other = await enter('mira');
    const { browser } = await enrol('mira');
    expect(appCode(await other.query('auth.me'))).toBe('auth/signed-out');
    expect((await browser.query('auth.me')).status).toBe(200);
    expect(await eventsOf(fixture, 'acme')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ action: 'factor.added' }),
        expect.objectContaining({
          action: 'session.ended',
          data: expect.objectContaining({ reason: 'factor-changed' }),
        }),
      ]),
    );
  });
});

describe('a sign-in between password and code', () => {
  it('is no session, and can do nothing but finish or leave', async () => {
    await enrol('mira');
    const browser = await halfway('mira');
    expect([...browser.cookies.keys()]).toEqual(['__Host-porthole-factor']);
    for (const call of ['auth.me', 'auth.factor', 'auth.mySessions'])
      expect(appCode(await browser.query(call))).toBe('auth/signed-out');
    expect(appCode(await browser.query('machines.list', { org: 'acme' }))).toBe('auth/signed-out');
    // Nor does its value pass as a login cookie.
    const [value = ''] = browser.cookies.values();
    browser.cookies.set('__Host-porthole', value);
    expect(appCode(await browser.query('auth.me'))).toBe('auth/signed-out');
  });

  it('becomes a session by a code, once', async () => {
    const { seed } = await enrol('mira');
    const browser = await halfway('mira');
    const other = new Browser(fixture.deps);
    for (const [name, value] of browser.cookies) other.cookies.set(name, value);
    expect((await finish(browser, nextCode(seed))).data).toEqual({ codesLeft: null });
    expect((await browser.query('auth.me')).status).toBe(200);
    expect(browser.cookies.has('__Host-porthole-factor')).toBe(false);
    expect(appCode(await finish(other, nextCode(seed)))).toBe('auth/sign-in-over');
    expect(await eventsOf(fixture, 'platform')).toContainEqual(
      expect.objectContaining({
        action: 'sign-in.ok',
        data: expect.objectContaining({ method: 'password-and-code' }),
      }),
    );
  });

  it('refuses a code that was used, an old one and a wrong one alike', async () => {
    const { seed } = await enrol('mira');
    const used = nextCode(seed);
    await finish(await halfway('mira'), used);
    const browser = await halfway('mira');
    const old = codeAt(seed, stepOf(now) - 5);
    const answers = [
      await finish(browser, used),
      await finish(browser, old),
      await finish(browser, '12345x'),
    ];
    const [first, ...rest] = answers.map(
      ({ text, status }) => `${status} ${text.replace(/"reference":"[^"]*"/, '')}`,
    );
    expect(first).toContain('auth/factor-no-match');
    expect(rest).toEqual([first, first]);
    expect(await eventsOf(fixture, 'acme')).toContainEqual(
      expect.objectContaining({ action: 'factor.refused', outcome: 'refused' }),
    );
  });

  it('is taken once by a recovery code, whose number is told', async () => {
    const { recoveryCodes } = await enrol('mira');
    const [code = ''] = recoveryCodes;
    expect((await finish(await halfway('mira'), code.toUpperCase(), 'recovery')).data).toEqual({
      codesLeft: 9,
    });
    expect(appCode(await finish(await halfway('mira'), code, 'recovery'))).toBe('auth/factor-no-match');
  });

  it('hears five wrong codes in a quarter of an hour, from wherever they come', async () => {
    const { seed } = await enrol('mira');
    for (const at of [1, 2, 3, 4, 5])
      expect((await finish(await halfway('mira', `192.0.2.${at}`), '000000')).status).toBe(401);
    const answer = await finish(await halfway('mira', '192.0.2.9'), nextCode(seed));
    expect([answer.status, appCode(answer)]).toEqual([429, 'auth/wait']);
    expect(pick(answer.error?.data, 'retryAfterS')).toBeGreaterThan(0);
  });

  it('is over after ten minutes, and once somebody leaves', async () => {
    const { seed } = await enrol('mira');
    const late = await halfway('mira');
    now = new Date(now.getTime() + 11 * 60_000);
    expect(appCode(await finish(late, codeNow(seed)))).toBe('auth/sign-in-over');
    const left = await halfway('mira');
    const copy = new Map(left.cookies);
    await left.mutate('auth.leaveSignIn');
    for (const [name, value] of copy) left.cookies.set(name, value);
    expect(appCode(await finish(left, nextCode(seed)))).toBe('auth/sign-in-over');
  });
});

describe('acts that ask again who acts', () => {
  it('go through within ten minutes, and after a fresh proof', async () => {
    const { browser, seed } = await enrol('mira');
    expect((await browser.mutate('auth.makeCodes')).status).toBe(200);
    now = new Date(now.getTime() + 10 * 60_000 + 1_000);
    expect(appCode(await browser.mutate('auth.turnFactorOff'))).toBe('auth/confirm-first');
    expect(appCode(await browser.mutate('auth.makeCodes'))).toBe('auth/confirm-first');
    expect(appCode(await browser.mutate('auth.confirm', { kind: 'password', proof: 'no' }))).toBe(
      'auth/no-match',
    );
    expect((await browser.mutate('auth.confirm', { kind: 'code', proof: nextCode(seed) })).status).toBe(200);
    expect((await browser.mutate('auth.turnFactorOff')).data).toEqual({ off: true });
    expect((await browser.query('auth.factor')).data).toEqual({
      appSince: null,
      passkeys: [],
      recoveryCodesLeft: 0,
    });
    expect((await new Browser(fixture.deps).signIn('mira')).data).toEqual({ next: 'inside' });
  });

  it('ask before what a pool’s account is or where it is reached', async () => {
    const browser = await enter('olga');
    const poolId = await addPoolRow(fixture, 'Basel');
    await fixture.sql(`UPDATE login_session SET confirmed_at = now() - interval '11 minutes'`);
    const account = { org: 'northgate', id: poolId, username: 'u', password: 'p' };
    expect(appCode(await browser.mutate('pools.setAccount', account))).toBe('auth/confirm-first');
    await browser.mutate('auth.confirm', { kind: 'password', proof: PASSWORD });
    expect((await browser.mutate('pools.setAccount', account)).status).toBe(200);
  });
});

describe('an organisation that asks for a second factor', () => {
  const ask = (rule: string, ageMs: number | null = null) =>
    fixture.sql(
      'INSERT INTO tenant_policy (tenant_id, second_factor, console_factor_max_age_ms) VALUES ($1, $2, $3)',
      [fixture.tenants.acme, rule, ageMs],
    );
  const open = (browser: Browser) => browser.mutate('console.open', { org: 'acme', vmId: web, mode: 'type' });

  it('shows nothing to who has none, and everything once they do', async () => {
    await ask('members');
    const browser = await enter('mira');
    for (const call of ['machines.list', 'people.list'])
      expect(appCode(await browser.query(call, { org: 'acme' }))).toBe('auth/factor-required');
    expect(appCode(await open(browser))).toBe('auth/factor-required');
    expect((await browser.query('auth.me')).data).toMatchObject({ organisations: [{ factorMissing: true }] });
    const { browser: enrolled } = await enrol('mira');
    expect((await enrolled.query('machines.list', { org: 'acme' })).status).toBe(200);
    expect((await enrolled.query('auth.me')).data).toMatchObject({
      organisations: [{ factorMissing: false }],
    });
  });

  it('raises the epoch of those whose session loses or gains one', async () => {
    const epoch = async () =>
      (await fixture.sql('SELECT authority_epoch FROM person WHERE id = $1', [fixture.people.mira]))[0];
    const { browser } = await enrol('mira');
    const before = await epoch();
    await browser.mutate('auth.turnFactorOff');
    expect(await epoch()).not.toEqual(before);
  });

  it('opens consoles to a fresh factor alone, whatever the page says', async () => {
    await ask('off', 300_000);
    const { browser, seed } = await enrol('mira');
    expect((await open(browser)).status).toBe(200);
    await fixture.sql(`UPDATE login_session SET factor_at = now() - interval '6 minutes'`);
    expect(appCode(await open(browser))).toBe('auth/factor-stale');
    await browser.mutate('auth.confirm', { kind: 'password', proof: PASSWORD });
    expect(appCode(await open(browser))).toBe('auth/factor-stale');
    await browser.mutate('auth.confirm', { kind: 'code', proof: nextCode(seed) });
    expect((await open(browser)).status).toBe(200);
  });
});
