import { decodeBase32IgnorePadding } from '@oslojs/encoding';
import { codeAt, MAX_PASSKEYS, PASSKEY_ASKS, stepOf } from '@porthole/auth';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from '../testing/browser.ts';
import { createFixture, eventsOf, type Fixture, type Name, PASSWORD } from '../testing/portal-fixture.ts';
import { SoftPasskey } from '../testing/soft-passkey.ts';

let fixture: Fixture;
let now: Date;

beforeAll(async () => {
  fixture = await createFixture();
  fixture.deps.clock = () => now;
});
beforeEach(async () => {
  now = new Date();
  for (const table of ['passkey', 'passkey_challenge', 'totp', 'recovery_code', 'tenant_policy'])
    await fixture.sql(`DELETE FROM ${table}`);
  await fixture.sql('DELETE FROM rate_counter');
  await fixture.sql('DELETE FROM login_session');
});
afterAll(() => fixture.end());

const pick = (value: unknown, name: string): unknown => Reflect.get(Object(value), name);
const appCode = ({ error }: Awaited<ReturnType<Browser['query']>>) => error?.data.appCode;
const plain = ({ text, status }: { text: string; status: number }) =>
  `${status} ${text.replace(/"reference":"[^"]*"/, '')}`;

async function enter(name: Name): Promise<Browser> {
  const browser = new Browser(fixture.deps);
  expect((await browser.signIn(name)).data).toEqual({ next: 'inside' });
  return browser;
}

interface Holder {
  browser: Browser;
  passkey: SoftPasskey;
  recoveryCodes: unknown;
}

async function add(browser: Browser, name = 'Desk'): Promise<Holder> {
  const passkey = new SoftPasskey();
  const options = (await browser.mutate('auth.beginPasskey')).data;
  const added = await browser.mutate('auth.addPasskey', { name, response: passkey.make(options) });
  expect(added.error).toBeNull();
  return { browser, passkey, recoveryCodes: pick(added.data, 'recoveryCodes') };
}

const holder = async (name: Name) => add(await enter(name));

/** A browser that has been asked for a passkey. */
async function asked(browser = new Browser(fixture.deps), as = 'sign-in') {
  const answer = await browser.mutate('auth.askPasskey', { as });
  expect(answer.error).toBeNull();
  return { browser, options: answer.data };
}

const signIn = (browser: Browser, response: unknown) => browser.mutate('auth.signInByPasskey', { response });

describe('adding a passkey', () => {
  it('asks for one that is found by itself and verifies who holds it, bound to our name', async () => {
    const browser = await enter('mira');
    const { data } = await browser.mutate('auth.beginPasskey');
    expect(data).toMatchObject({
      rp: { id: 'console.example', name: 'Porthole' },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      excludeCredentials: [],
    });
    // What a device keeps about the person says nothing to who finds it.
    expect(pick(pick(data, 'user'), 'id')).toBe(
      Buffer.from(fixture.people.mira.replaceAll('-', ''), 'hex').toString('base64url'),
    );
  });

  it('gives recovery codes with the first factor, ends other sessions, and shows a factor', async () => {
    const other = await enter('mira');
    const { browser, recoveryCodes } = await holder('mira');
    expect(Object.keys(Object(recoveryCodes))).toHaveLength(10);
    expect(appCode(await other.query('auth.me'))).toBe('auth/signed-out');
    expect((await browser.query('auth.factor')).data).toMatchObject({
      appSince: null,
      passkeys: [{ name: 'Desk', isSynced: false, lastUsedAt: null }],
      recoveryCodesLeft: 10,
    });
    expect((await fixture.sql('SELECT factor_at FROM login_session'))[0]?.factor_at).toBeInstanceOf(Date);
    expect((await add(browser, 'Stick')).recoveryCodes).toBeNull();
    expect(await eventsOf(fixture, 'acme')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ action: 'factor.added', data: { factor: 'passkey', name: 'Desk' } }),
        expect.objectContaining({ action: 'session.ended' }),
      ]),
    );
  });

  it('wants a fresh proof of who it is', async () => {
    const browser = await enter('mira');
    const { data } = await browser.mutate('auth.beginPasskey');
    now = new Date(now.getTime() + 10 * 60_000 + 1_000);
    expect(appCode(await browser.mutate('auth.beginPasskey'))).toBe('auth/confirm-first');
    const response = new SoftPasskey().make(data);
    expect(appCode(await browser.mutate('auth.addPasskey', { name: 'x', response }))).toBe(
      'auth/confirm-first',
    );
  });

  it.each([
    ['another origin', { origin: 'https://console.example.evil' }],
    ['another name', { party: 'evil.example' }],
    ['nobody verified', { isVerified: false }],
  ])('refuses one made for %s', async (_, deviation) => {
    const browser = await enter('mira');
    const { data } = await browser.mutate('auth.beginPasskey');
    const response = new SoftPasskey().make(data, deviation);
    expect(appCode(await browser.mutate('auth.addPasskey', { name: 'x', response }))).toBe(
      'auth/passkey-no-match',
    );
    expect(await fixture.sql('SELECT 1 FROM passkey')).toEqual([]);
  });

  it('takes a challenge once, late no longer, and from the browser that asked alone', async () => {
    const browser = await enter('mira');
    const first = (await browser.mutate('auth.beginPasskey')).data;
    const cookies = new Map(browser.cookies);
    const wrong = new SoftPasskey().make(first, { origin: 'https://evil.example' });
    await browser.mutate('auth.addPasskey', { name: 'x', response: wrong });
    // The challenge went with the try that failed, though the cookie is there again.
    browser.cookies.set('__Host-porthole-passkey', cookies.get('__Host-porthole-passkey') ?? '');
    const again = { name: 'x', response: new SoftPasskey().make(first) };
    expect(appCode(await browser.mutate('auth.addPasskey', again))).toBe('auth/passkey-no-match');
    const second = (await browser.mutate('auth.beginPasskey')).data;
    now = new Date(now.getTime() + 5 * 60_000);
    const late = { name: 'x', response: new SoftPasskey().make(second) };
    expect(appCode(await browser.mutate('auth.addPasskey', late))).toBe('auth/passkey-no-match');
    const third = (await browser.mutate('auth.beginPasskey')).data;
    browser.cookies.delete('__Host-porthole-passkey');
    const elsewhere = { name: 'x', response: new SoftPasskey().make(third) };
    expect(appCode(await browser.mutate('auth.addPasskey', elsewhere))).toBe('auth/passkey-no-match');
  });

  it('ends at twenty', async () => {
    const browser = await enter('mira');
    await fixture.sql(
      `INSERT INTO passkey (person_id, credential_id, public_key, sign_count, name, is_synced)
       SELECT $1, decode(lpad(n::text, 8, '0'), 'hex'), '\\x01', 0, 'k', false FROM generate_series(1, $2) n`,
      [fixture.people.mira, MAX_PASSKEYS],
    );
    expect(appCode(await browser.mutate('auth.beginPasskey'))).toBe('auth/passkeys-full');
  });
});

describe('a sign-in by a passkey alone', () => {
  it('names nobody, makes a session, and counts as a fresh factor', async () => {
    const { passkey } = await holder('mira');
    const { browser, options } = await asked();
    expect(options).toMatchObject({ userVerification: 'required', rpId: 'console.example' });
    expect(pick(options, 'allowCredentials') ?? []).toEqual([]);
    expect((await signIn(browser, passkey.show(options))).data).toEqual({ next: 'inside' });
    expect((await browser.query('auth.me')).data).toMatchObject({ person: { name: expect.any(String) } });
    const rows = await fixture.sql(
      'SELECT factor_at, confirmed_at FROM login_session ORDER BY created_at DESC LIMIT 1',
    );
    expect(rows[0]).toMatchObject({ factor_at: now, confirmed_at: now });
    expect(browser.cookies.has('__Host-porthole-passkey')).toBe(false);
    expect(await eventsOf(fixture, 'platform')).toContainEqual(
      expect.objectContaining({
        action: 'sign-in.ok',
        data: expect.objectContaining({ method: 'passkey' }),
      }),
    );
  });

  it('answers alike to an unknown key, a wrong signature, a foreign handle and a disabled person', async () => {
    const { passkey } = await holder('mira');
    const tom = await holder('tom');
    await fixture.sql('UPDATE person SET disabled_at = now() WHERE id = $1', [fixture.people.tom]);
    const answers: string[] = [];
    const tries: ((options: unknown) => unknown)[] = [
      (options) => new SoftPasskey().show(options),
      (options) => passkey.show({ ...Object(options), challenge: 'AAAA' }),
      (options) => passkey.show(options, { userHandle: 'AAAA' }),
      (options) => passkey.show(options, { isVerified: false }),
      (options) => tom.passkey.show(options),
    ];
    for (const attempt of tries) {
      const { browser, options } = await asked();
      answers.push(plain(await signIn(browser, attempt(options))));
    }
    await fixture.sql('UPDATE person SET disabled_at = NULL');
    expect(answers[0]).toMatch(/^401 .*auth\/passkey-no-match/);
    expect(new Set(answers).size).toBe(1);
  });

  it('refuses what was signed before: each challenge is good for one try', async () => {
    const { passkey } = await holder('mira');
    const { browser, options } = await asked();
    const copy = new Map(browser.cookies);
    const response = passkey.show(options);
    expect((await signIn(browser, response)).status).toBe(200);
    const thief = new Browser(fixture.deps);
    for (const [name, value] of copy) thief.cookies.set(name, value);
    expect(appCode(await signIn(thief, response))).toBe('auth/passkey-no-match');
  });

  it('believes neither of two keys that count alike, and notes it', async () => {
    const { passkey } = await holder('mira');
    const first = await asked();
    expect((await signIn(first.browser, passkey.show(first.options, { count: 9 }))).status).toBe(200);
    for (const count of [9, 3, 0]) {
      const { browser, options } = await asked();
      expect(appCode(await signIn(browser, passkey.show(options, { count })))).toBe('auth/passkey-no-match');
    }
    expect(await eventsOf(fixture, 'acme')).toContainEqual(
      expect.objectContaining({ action: 'factor.refused', data: { step: 'sign-in', reason: 'copied' } }),
    );
    expect((await fixture.sql('SELECT sign_count::int FROM passkey'))[0]).toEqual({ sign_count: 9 });
  });

  it('takes a key that never counts', async () => {
    const browser = await enter('mira');
    const passkey = new SoftPasskey();
    const options = (await browser.mutate('auth.beginPasskey')).data;
    const response = passkey.make(options, { count: 0 });
    await browser.mutate('auth.addPasskey', { name: 'x', response });
    for (const _ of [1, 2]) {
      const again = await asked();
      expect((await signIn(again.browser, passkey.show(again.options, { count: 0 }))).status).toBe(200);
    }
  });

  it('hears fifty askings that lead nowhere from one address', async () => {
    const browser = new Browser(fixture.deps, '192.0.2.44');
    for (let n = 0; n < PASSKEY_ASKS.max; n++)
      expect((await browser.mutate('auth.askPasskey', { as: 'sign-in' })).status).toBe(200);
    const answer = await browser.mutate('auth.askPasskey', { as: 'sign-in' });
    expect([answer.status, appCode(answer)]).toEqual([429, 'auth/wait']);
  });
});

describe('a passkey as the second factor', () => {
  async function halfway(name: Name, by = ['passkey']) {
    const browser = new Browser(fixture.deps);
    expect((await browser.signIn(name)).data).toEqual({ next: 'factor', by });
    return browser;
  }

  it('ends the second half of a sign-in, and names the account’s own keys', async () => {
    const { passkey } = await holder('mira');
    const { browser, options } = await asked(await halfway('mira'), 'factor');
    expect(pick(options, 'allowCredentials')).toEqual([
      expect.objectContaining({ id: passkey.id.toString('base64url') }),
    ]);
    expect((await signIn(browser, passkey.show(options))).status).toBe(200);
    expect(browser.cookies.has('__Host-porthole-factor')).toBe(false);
    expect(await fixture.sql('SELECT 1 FROM pending_sign_in')).toEqual([]);
    expect(await eventsOf(fixture, 'platform')).toContainEqual(
      expect.objectContaining({
        action: 'sign-in.ok',
        data: expect.objectContaining({ method: 'password-and-passkey' }),
      }),
    );
  });

  it('is asked of nobody whose sign-in does not wait, and is no other person’s', async () => {
    expect(appCode(await new Browser(fixture.deps).mutate('auth.askPasskey', { as: 'factor' }))).toBe(
      'auth/sign-in-over',
    );
    await holder('mira');
    const tom = await holder('tom');
    const { browser, options } = await asked(await halfway('mira'), 'factor');
    expect(appCode(await signIn(browser, tom.passkey.show(options)))).toBe('auth/passkey-no-match');
    expect(appCode(await browser.query('auth.me'))).toBe('auth/signed-out');
  });

  it('stands beside an app and recovery codes, and the last factor takes the codes along', async () => {
    const { browser, recoveryCodes } = await holder('mira');
    const begun = await browser.mutate('auth.beginFactor', { password: PASSWORD });
    const seed = decodeBase32IgnorePadding(String(pick(begun.data, 'secret')));
    await browser.mutate('auth.confirmFactor', { code: codeAt(seed, stepOf(now)) });
    expect(recoveryCodes).not.toBeNull();
    await halfway('mira', ['passkey', 'code']);
    await browser.mutate('auth.turnFactorOff');
    const left = (await browser.query('auth.factor')).data;
    expect(left).toMatchObject({ appSince: null, recoveryCodesLeft: 10 });
    expect((await fixture.sql('SELECT factor_at FROM login_session'))[0]?.factor_at).toBeInstanceOf(Date);
    const [passkey] = Object.values(Object(pick(left, 'passkeys')));
    expect((await browser.mutate('auth.removePasskey', { id: pick(passkey, 'id') })).status).toBe(200);
    expect((await browser.query('auth.factor')).data).toEqual({
      appSince: null,
      passkeys: [],
      recoveryCodesLeft: 0,
    });
    expect((await fixture.sql('SELECT factor_at FROM login_session'))[0]).toEqual({ factor_at: null });
  });

  it('opens an organisation that asks for one, and closes it with the last', async () => {
    await fixture.sql(`INSERT INTO tenant_policy (tenant_id, second_factor) VALUES ($1, 'members')`, [
      fixture.tenants.acme,
    ]);
    const browser = await enter('mira');
    const list = () => browser.query('machines.list', { org: 'acme' });
    expect(appCode(await list())).toBe('auth/factor-required');
    await add(browser);
    expect((await list()).status).toBe(200);
    const [row] = await fixture.sql('SELECT id FROM passkey');
    await browser.mutate('auth.removePasskey', { id: row?.id });
    expect(appCode(await list())).toBe('auth/factor-required');
  });
});

describe('a passkey as a fresh proof', () => {
  it('confirms who acts, and counts as a fresh factor', async () => {
    const { browser, passkey } = await holder('mira');
    now = new Date(now.getTime() + 10 * 60_000 + 1_000);
    expect(appCode(await browser.mutate('auth.makeCodes'))).toBe('auth/confirm-first');
    const { data } = await browser.mutate('auth.askMyPasskey');
    expect((await browser.mutate('auth.confirmByPasskey', { response: passkey.show(data) })).data).toEqual({
      confirmed: true,
    });
    expect((await browser.mutate('auth.makeCodes')).status).toBe(200);
    expect((await fixture.sql('SELECT factor_at FROM login_session'))[0]).toEqual({ factor_at: now });
  });

  it('is not what was signed to sign in, nor another person’s', async () => {
    const { browser, passkey } = await holder('mira');
    const tom = await holder('tom');
    const { options } = await asked(browser);
    expect(appCode(await browser.mutate('auth.confirmByPasskey', { response: passkey.show(options) }))).toBe(
      'auth/passkey-no-match',
    );
    const { data } = await browser.mutate('auth.askMyPasskey');
    expect(appCode(await browser.mutate('auth.confirmByPasskey', { response: tom.passkey.show(data) }))).toBe(
      'auth/passkey-no-match',
    );
  });
});

describe('names of passkeys', () => {
  it('change, and the log keeps both', async () => {
    const { browser } = await holder('mira');
    const [row] = await fixture.sql('SELECT id FROM passkey');
    expect((await browser.mutate('auth.renamePasskey', { id: row?.id, name: 'Laptop' })).status).toBe(200);
    expect((await browser.query('auth.factor')).data).toMatchObject({ passkeys: [{ name: 'Laptop' }] });
    expect(await eventsOf(fixture, 'acme')).toContainEqual(
      expect.objectContaining({ action: 'factor.renamed', data: { before: 'Desk', after: 'Laptop' } }),
    );
  });
});
