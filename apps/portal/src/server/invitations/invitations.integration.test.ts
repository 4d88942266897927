import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from '../testing/browser.ts';
import { takeLinkTo, takeMails } from '../testing/mailed-links.ts';
import { createFixture, emailOf, eventsOf, type Fixture, type Name } from '../testing/portal-fixture.ts';
import { MAX_OPEN_INVITATIONS } from './invitation-limits.ts';

const NEW = 'nina@new.example';
const PASSWORD = 'a password of her own';

let fixture: Fixture;
const browsers: Partial<Record<Name, Browser>> = {};
beforeAll(async () => {
  fixture = await createFixture();
  // Ada of the cast is no one here: Jon administers, so an owner is made of Tom.
  await fixture.sql(`UPDATE membership SET role = 'owner' WHERE person_id = $1`, [fixture.people.tom]);
});
afterAll(() => fixture.end());
beforeEach(async () => {
  for (const table of ['rate_counter', 'invitation', 'mail', 'mail_token'])
    await fixture.sql(`DELETE FROM ${table}`);
});

async function as(name: Name): Promise<Browser> {
  const browser = browsers[name] ?? new Browser(fixture.deps, '192.0.2.9');
  if (browsers[name] === undefined) await browser.signIn(name);
  browsers[name] = browser;
  return browser;
}
const stranger = () => new Browser(fixture.deps);
const send = async (by: Name, email: string, role = 'member') =>
  (await as(by)).mutate('invitations.send', { org: 'acme', email, role });
const list = async () =>
  (await (await as('jon')).query('invitations.list', { org: 'acme' })).data as Record<string, unknown>[];
const idOf = (answer: { data: unknown }) => String(Reflect.get(Object(answer.data), 'invitationId'));
const look = (link: string, browser = stranger()) => browser.mutate('links.lookAtInvitation', { link });
const joinAsNew = (link: string, over: object = {}) =>
  stranger().mutate('links.acceptAsNew', { link, name: 'Nina New', password: PASSWORD, ...over });

describe('an invitation', () => {
  it('goes by mail, makes an account whose address it proves, joins, and signs in', async () => {
    expect((await send('jon', NEW.toUpperCase(), 'auditor')).status).toBe(200);
    const [mail] = await takeMails(fixture);
    expect(mail).toMatchObject({ kind: 'invitation', to: NEW, names: { inviter: 'jon', org: 'ACME' } });
    const link = mail?.link ?? '';
    expect((await look(link)).data).toMatchObject({
      org: 'ACME',
      role: 'auditor',
      by: 'jon',
      email: NEW,
      case: 'new',
    });
    for (const password of ['short', 'Password1234!'])
      expect((await joinAsNew(link, { password })).error?.data.appCode).toBe('auth/weak-password');
    const browser = stranger();
    const joined = await browser.mutate('links.acceptAsNew', { link, name: 'Nina New', password: PASSWORD });
    expect(joined.data).toEqual({ org: 'acme' });
    expect((await browser.query('auth.me')).data).toMatchObject({
      person: { name: 'Nina New', email: NEW },
      organisations: [{ slug: 'acme', role: 'auditor' }],
    });
    expect(await list()).toEqual([]);
    const [event] = (await eventsOf(fixture, 'acme')).filter(
      ({ action }) => action === 'invitation.accepted',
    );
    expect(event).toMatchObject({ actor: { name: 'Nina New' }, data: { role: 'auditor', isNew: true } });
    for (const again of [await look(link), await joinAsNew(link)])
      expect([again.status, again.error?.data.appCode]).toEqual([412, 'auth/link-over']);
    await fixture.sql(
      'DELETE FROM login_session WHERE person_id = (SELECT id FROM person WHERE email = $1)',
      [NEW],
    );
    await fixture.sql('DELETE FROM membership WHERE person_id = (SELECT id FROM person WHERE email = $1)', [
      NEW,
    ]);
    await fixture.sql('DELETE FROM person WHERE email = $1', [NEW]);
  });

  it('is accepted by who is signed in with its address, and by nobody else', async () => {
    await send('jon', emailOf('gus'), 'member');
    const link = await takeLinkTo(fixture, emailOf('gus'));
    expect((await look(link)).data).toMatchObject({ case: 'sign-in' });
    expect((await joinAsNew(link)).error?.data.appCode).toBe('invitation/has-account');
    expect((await look(link, await as('mira'))).data).toMatchObject({ case: 'other' });
    const other = await (await as('mira')).mutate('links.acceptInvitation', { link });
    expect([other.status, other.error?.data.appCode]).toEqual([412, 'invitation/other-address']);
    expect((await look(link, await as('gus'))).data).toMatchObject({ case: 'yours' });
    expect((await (await as('gus')).mutate('links.acceptInvitation', { link })).data).toEqual({
      org: 'acme',
    });
    const [row] = await fixture.sql('SELECT role FROM membership WHERE tenant_id = $1 AND person_id = $2', [
      fixture.tenants.acme,
      fixture.people.gus,
    ]);
    expect(row).toEqual({ role: 'member' });
    const already = await send('jon', emailOf('gus'));
    expect(already.error?.data.appCode).toBe('person/already-member');
    await fixture.sql('DELETE FROM membership WHERE tenant_id = $1 AND person_id = $2', [
      fixture.tenants.acme,
      fixture.people.gus,
    ]);
  });

  it.each([
    [
      'withdrawn',
      async (id: string) =>
        void (await (await as('jon')).mutate('invitations.withdraw', { org: 'acme', invitationId: id })),
    ],
    [
      'late',
      async () => void (await fixture.sql(`UPDATE mail_token SET expires_at = now() - interval '1 second'`)),
    ],
    [
      'of a suspended organisation',
      async () => void (await fixture.sql(`UPDATE tenant SET suspended_at = now() WHERE slug = 'acme'`)),
    ],
  ])('that is %s is over like one that never was', async (_, end) => {
    const id = idOf(await send('jon', NEW));
    const link = await takeLinkTo(fixture, NEW);
    await end(id);
    const unknown = await look('A'.repeat(64));
    for (const answer of [await look(link), await joinAsNew(link)])
      expect([answer.status, answer.error?.message]).toEqual([unknown.status, unknown.error?.message]);
    await fixture.sql('UPDATE tenant SET suspended_at = NULL');
  });

  it('to more than a member’s role asks for a fresh proof, as a change of a role does', async () => {
    await as('jon');
    await fixture.sql("UPDATE login_session SET confirmed_at = now() - interval '11 minutes'");
    for (const role of ['admin', 'auditor'])
      expect((await send('jon', NEW, role)).error?.data.appCode).toBe('auth/confirm-first');
    expect(await takeMails(fixture)).toEqual([]);
    expect((await send('jon', NEW)).status).toBe(200);
    await fixture.sql('UPDATE login_session SET confirmed_at = now()');
  });

  it('is sent again with a new link, and the old one is over', async () => {
    const id = idOf(await send('jon', NEW));
    const first = await takeLinkTo(fixture, NEW);
    expect((await send('jon', NEW)).error?.data.appCode).toBe('invitation/pending');
    expect(
      (await (await as('jon')).mutate('invitations.resend', { org: 'acme', invitationId: id })).status,
    ).toBe(200);
    const second = await takeLinkTo(fixture, NEW);
    expect((await look(first)).error?.data.appCode).toBe('auth/link-over');
    expect((await look(second)).status).toBe(200);
    expect(await list()).toMatchObject([{ id, late: false, mail: { state: 'sent' } }]);
  });

  it('that is late gives its place to a new one', async () => {
    await send('jon', NEW);
    await fixture.sql(`UPDATE invitation SET expires_at = now() - interval '1 second'`);
    expect(await list()).toMatchObject([{ late: true }]);
    expect((await send('jon', NEW)).status).toBe(200);
    expect(await list()).toMatchObject([{ late: false }]);
  });

  it('says that its mail could not be sent', async () => {
    await send('jon', NEW);
    await fixture.sql(`UPDATE mail SET failed_at = now(), failure = 'mail/refused'`);
    expect(await list()).toMatchObject([{ mail: { state: 'unsent' } }]);
  });

  it('as owner is an owner’s to send, to send again and to withdraw', async () => {
    expect((await send('jon', NEW, 'owner')).error?.data.appCode).toBe('rbac/forbidden');
    const id = idOf(await send('tom', NEW, 'owner'));
    for (const call of ['resend', 'withdraw'])
      expect(
        (await (await as('jon')).mutate(`invitations.${call}`, { org: 'acme', invitationId: id })).error?.data
          .appCode,
      ).toBe('rbac/forbidden');
  });

  it('offers a customer no role of the provider’s', async () => {
    expect((await send('tom', NEW, 'operator')).error?.data.appCode).toBe('person/no-such-role');
  });

  it('goes three times an hour to one address', async () => {
    const id = idOf(await send('jon', NEW));
    const again = async () =>
      (await (await as('jon')).mutate('invitations.resend', { org: 'acme', invitationId: id })).status;
    expect([await again(), await again(), await again()]).toEqual([200, 200, 429]);
  });

  it('is one of a bounded number, however many are sent at once', async () => {
    await fixture.sql(
      `INSERT INTO invitation (tenant_id, email, role, created_name, expires_at)
       SELECT $1, 'p' || n || '@many.example', 'member', 'jon', now() + interval '1 day' FROM generate_series(1, $2::int) n`,
      [fixture.tenants.acme, MAX_OPEN_INVITATIONS - 2],
    );
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) => send('jon', `q${index}@many.example`)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(answers.filter(({ error }) => error?.data.appCode === 'invitation/too-many')).toHaveLength(4);
  });

  it('to one address is one, however often it is sent at once', async () => {
    const answers = await Promise.all(Array.from({ length: 3 }, () => send('jon', NEW)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await list()).toHaveLength(1);
  });

  it('makes one account, however often it is accepted at once', async () => {
    await send('jon', 'twice@new.example');
    const link = await takeLinkTo(fixture, 'twice@new.example');
    const answers = await Promise.all(Array.from({ length: 5 }, () => joinAsNew(link)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await fixture.sql('SELECT FROM person WHERE email = $1', ['twice@new.example'])).toHaveLength(1);
  });
});
