import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from '../testing/browser.ts';
import { takeLinkTo, takeMails } from '../testing/mailed-links.ts';
import { createFixture, eventsOf, type Fixture } from '../testing/portal-fixture.ts';

let fixture: Fixture;
let olga: Browser;
let jon: Browser;
beforeAll(async () => {
  fixture = await createFixture();
  olga = new Browser(fixture.deps);
  jon = new Browser(fixture.deps);
  await olga.signIn('olga');
  await jon.signIn('jon');
});
afterAll(() => fixture.end());
beforeEach(async () => {
  await fixture.sql('DELETE FROM rate_counter');
  await takeMails(fixture);
});

const org = 'northgate';
const call = (path: string, input: object, browser = olga) =>
  browser.mutate(`organisations.${path}`, { org, ...input });
const rows = async () => (await olga.query('organisations.list', { org })).data as Record<string, unknown>[];
const rowOf = async (slug: string) => (await rows()).find((row) => row.slug === slug);
const make = (slug: string) =>
  call('createForCustomer', { name: 'Initech', slug, ownerEmail: `boss@${slug}.example` });

describe('the provider', () => {
  it('makes a customer’s organisation, invites its owner, and both logs say so', async () => {
    expect((await make('initech')).status).toBe(200);
    expect(await rowOf('initech')).toMatchObject({
      name: 'Initech',
      members: 0,
      owners: 0,
      invited: 1,
      suspendedAt: null,
    });
    const link = await takeLinkTo(fixture, 'boss@initech.example');
    const boss = new Browser(fixture.deps);
    await boss.mutate('links.acceptAsNew', { link, name: 'Bill Boss', password: 'a password of his own' });
    expect((await boss.query('auth.me')).data).toMatchObject({
      organisations: [{ slug: 'initech', role: 'owner' }],
    });
    expect(await rowOf('initech')).toMatchObject({ members: 1, owners: 1, invited: 0 });
    const theirs = await boss.query('log.list', { org: 'initech' });
    expect(JSON.stringify(theirs.data)).toContain('organisation.created');
    expect(
      (await eventsOf(fixture, 'northgate')).some(({ action }) => action === 'organisation.created'),
    ).toBe(true);
    const again = await call('inviteOwner', {
      id: (await rowOf('initech'))?.id,
      email: 'two@initech.example',
    });
    expect(again.error?.data.appCode).toBe('organisation/has-owner');
  });

  it('takes each short name once', async () => {
    await make('umbrella');
    expect((await make('umbrella')).error?.data.appCode).toBe('organisation/name-taken');
  });

  it('invites another owner while there is none', async () => {
    await make('hooli');
    const id = (await rowOf('hooli'))?.id;
    await fixture.sql("UPDATE login_session SET confirmed_at = now() - interval '11 minutes'");
    const late = await call('inviteOwner', { id, email: 'gavin@hooli.example' });
    expect(late.error?.data.appCode).toBe('auth/confirm-first');
    await fixture.sql('UPDATE login_session SET confirmed_at = now()');
    expect((await call('inviteOwner', { id, email: 'gavin@hooli.example' })).status).toBe(200);
    expect(await rowOf('hooli')).toMatchObject({ invited: 2 });
  });

  it('suspends and lets go on: the epoch rises, people are refused, both logs say so', async () => {
    const acme = await rowOf('acme');
    const epoch = async () =>
      BigInt(
        String(
          (await fixture.sql(`SELECT authority_epoch FROM tenant WHERE slug = 'acme'`))[0]?.authority_epoch,
        ),
      );
    const before = await epoch();
    expect((await call('suspend', { id: acme?.id, reason: 'Unpaid' })).status).toBe(200);
    expect(await epoch()).toBeGreaterThan(before);
    expect((await rowOf('acme'))?.suspendedAt).toBeInstanceOf(Date);
    expect((await jon.query('people.list', { org: 'acme' })).status).toBe(403);
    expect((await call('resume', { id: acme?.id })).status).toBe(200);
    expect((await jon.query('people.list', { org: 'acme' })).status).toBe(200);
    for (const chain of ['acme', 'northgate'] as const) {
      const actions = (await eventsOf(fixture, chain)).map(({ action }) => action);
      expect(actions).toEqual(expect.arrayContaining(['organisation.suspended', 'organisation.resumed']));
    }
  });

  it('suspends neither itself nor what is not there, with one answer', async () => {
    const [own, absent] = [
      await call('suspend', { id: fixture.tenants.northgate, reason: '' }),
      await call('suspend', { id: randomUUID(), reason: '' }),
    ];
    expect([own.status, own.text]).toEqual([404, absent.text]);
  });

  it('is who may: a customer’s owner is refused, and the database refuses a customer that claims to be one', async () => {
    const gus = new Browser(fixture.deps);
    await gus.signIn('gus');
    expect((await gus.query('organisations.list', { org: 'globex' })).status).toBe(403);
    expect(
      (await gus.mutate('organisations.suspend', { org: 'globex', id: fixture.tenants.acme, reason: '' }))
        .status,
    ).toBe(403);
    await expect(
      fixture.db.withTenant(
        fixture.tenants.globex,
        (tx) => tx.$queryRaw`SELECT id::text FROM organisations_of_provider(${fixture.tenants.globex}::uuid)`,
      ),
    ).rejects.toThrow();
    await expect(
      fixture.db.withTenant(
        fixture.tenants.globex,
        (tx) =>
          tx.$queryRaw`SELECT id::text FROM organisations_of_provider(${fixture.tenants.northgate}::uuid)`,
      ),
    ).rejects.toThrow();
  });
});

describe('mails that don’t go', () => {
  it('are told to the provider with their reason and without an address', async () => {
    const state = async () => (await olga.query('organisations.mail', { org })).data;
    expect(await state()).toEqual({ waiting: 0, waitingSince: null, held: null, unsent: [] });
    await fixture.sql(
      `INSERT INTO mail (kind, to_email, failure, failed_at) VALUES
         ('password-changed', 'a@secret.example', 'mail/refused', now()), ('password-changed', 'b@secret.example', 'mail/sign-in', NULL)`,
    );
    const seen = await state();
    expect(seen).toMatchObject({
      waiting: 1,
      held: 'mail/sign-in',
      unsent: [{ kind: 'password-changed', failure: 'mail/refused' }],
    });
    expect(JSON.stringify(seen)).not.toContain('secret.example');
    await fixture.sql('DELETE FROM mail');
  });
});

describe('an organisation of one’s own', () => {
  it('is made where the provider lets people, and owned by who made it', async () => {
    expect((await jon.mutate('auth.createOrganisation', { name: 'Jon’s', slug: 'jons' })).data).toEqual({
      slug: 'jons',
    });
    expect((await jon.query('auth.me')).data).toMatchObject({
      organisations: expect.arrayContaining([expect.objectContaining({ slug: 'jons', role: 'owner' })]),
    });
    expect(
      (await jon.mutate('auth.createOrganisation', { name: 'x', slug: 'acme' })).error?.data.appCode,
    ).toBe('organisation/name-taken');
  });

  it('is not made where the provider doesn’t', async () => {
    fixture.deps.signUp = false;
    expect((await jon.mutate('auth.createOrganisation', { name: 'x', slug: 'xx' })).status).toBe(403);
    fixture.deps.signUp = true;
  });

  it('is made by nobody who is signed out, nor is an invitation accepted by them', async () => {
    const stranger = new Browser(fixture.deps);
    for (const [path, input] of [
      ['auth.createOrganisation', { name: 'x', slug: 'xy' }],
      ['links.acceptInvitation', { link: 'A'.repeat(64) }],
    ] as const)
      expect((await stranger.mutate(path, input)).status).toBe(401);
  });

  it('is one of three a day', async () => {
    const make = async (slug: string) =>
      (await jon.mutate('auth.createOrganisation', { name: slug, slug })).status;
    expect([await make('j1'), await make('j2'), await make('j3'), await make('j4')]).toEqual([
      200, 200, 200, 429,
    ]);
  });
});

describe('a first account', () => {
  const EMAIL = 'fay@fresh.example';
  const org = { name: 'Fresh', slug: 'fresh' };
  const signUp = (link: string, over: object = {}) =>
    new Browser(fixture.deps).mutate('links.signUp', {
      link,
      name: 'Fay Fresh',
      password: 'a password of her own',
      org,
      ...over,
    });

  it('and its organisation are made by a mailed link, once', async () => {
    const stranger = new Browser(fixture.deps);
    expect((await stranger.mutate('links.askSignUp', { email: EMAIL })).data).toEqual({ asked: true });
    const link = await takeLinkTo(fixture, EMAIL);
    expect((await stranger.mutate('links.lookAtSignUp', { link })).data).toEqual({ email: EMAIL });
    for (const password of ['short', 'Password1234!'])
      expect((await signUp(link, { password })).error?.data.appCode).toBe('auth/weak-password');
    const taken = await signUp(link, { org: { name: 'x', slug: 'acme' } });
    expect(taken.error?.data.appCode).toBe('organisation/name-taken');
    const browser = new Browser(fixture.deps);
    const made = await browser.mutate('links.signUp', {
      link,
      name: 'Fay Fresh',
      password: 'a password of her own',
      org,
    });
    expect(made.data).toEqual({ org: 'fresh' });
    expect((await browser.query('auth.me')).data).toMatchObject({
      person: { email: EMAIL },
      organisations: [{ slug: 'fresh', role: 'owner' }],
    });
    expect((await signUp(link)).error?.data.appCode).toBe('auth/link-over');
  });

  it('is not offered to an address that has one, and the answer is the same', async () => {
    const stranger = new Browser(fixture.deps);
    const [known, unknown] = [
      await stranger.mutate('links.askSignUp', { email: 'jon@acme.example' }),
      await stranger.mutate('links.askSignUp', { email: 'new@fresh.example' }),
    ];
    expect(known.text).toBe(unknown.text);
    expect((await takeMails(fixture)).map(({ to }) => to)).toEqual(['new@fresh.example']);
  });

  it('is made by nobody where the provider doesn’t let people', async () => {
    fixture.deps.signUp = false;
    const stranger = new Browser(fixture.deps);
    expect((await stranger.mutate('links.askSignUp', { email: EMAIL })).status).toBe(403);
    expect((await signUp('A'.repeat(64))).status).toBe(403);
    fixture.deps.signUp = true;
  });
});
