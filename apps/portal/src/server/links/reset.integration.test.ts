import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from '../testing/browser.ts';
import { takeLinkTo, takeMails } from '../testing/mailed-links.ts';
import { createFixture, emailOf, eventsOf, type Fixture, PASSWORD } from '../testing/portal-fixture.ts';

const NEXT = 'a quite different horse';
const MIRA = emailOf('mira');

let fixture: Fixture;
beforeAll(async () => {
  fixture = await createFixture();
});
afterAll(() => fixture.end());
beforeEach(async () => {
  await fixture.sql('DELETE FROM rate_counter');
  await fixture.sql('DELETE FROM mail');
  await fixture.sql('DELETE FROM mail_token');
});

const stranger = (ip?: string) => new Browser(fixture.deps, ip);
const askFor = (email: unknown, browser = stranger()) => browser.mutate('links.askReset', { email });
const reset = (link: unknown, password = NEXT) =>
  stranger().mutate('links.resetPassword', { link, password });

async function linkFor(email = MIRA): Promise<string> {
  expect((await askFor(email)).status).toBe(200);
  return takeLinkTo(fixture, email);
}

describe('asking for a new password', () => {
  it('answers alike, to the byte, whether the address has an account or not, and mails where it has', async () => {
    const [known, unknown] = [await askFor(MIRA), await askFor('nobody@acme.example')];
    expect([unknown.status, unknown.text, unknown.setCookies]).toEqual([
      known.status,
      known.text,
      known.setCookies,
    ]);
    expect((await takeMails(fixture)).map(({ kind, to }) => [kind, to])).toEqual([['reset', MIRA]]);
  });

  it('writes the same rows for both: what is slower about one would tell', async () => {
    await askFor(MIRA);
    await askFor('nobody@acme.example');
    const rows = await fixture.sql(
      `SELECT t.person_id, m.tries, cardinality(t.secret_hashes) AS links FROM mail m JOIN mail_token t ON t.id = m.token_id`,
    );
    expect(rows).toEqual(Array(2).fill({ person_id: null, tries: 0, links: 0 }));
  });

  it.each([
    [['a@b.example', 'c@d.example']],
    [{ 0: MIRA }],
    [`${MIRA},evil@x.example`],
    [`${MIRA} evil@x.example`],
    [`Mira <${MIRA}>`],
    [`${MIRA}\r\nBcc: evil@x.example`],
    [''],
  ])('takes one address and nothing else: %j', async (email) => {
    expect((await askFor(email)).status).toBe(400);
    expect(await fixture.sql('SELECT FROM mail')).toEqual([]);
  });

  it('takes an address as it is stored, however it is typed', async () => {
    await askFor(`  ${MIRA.toUpperCase()} `);
    expect(await takeMails(fixture)).toMatchObject([{ to: MIRA }]);
  });

  it('sends three an hour to one account, and drops the rest with the same answer', async () => {
    const texts = [];
    for (let index = 0; index < 5; index += 1)
      texts.push((await askFor(MIRA, stranger(`192.0.2.${index}`))).text);
    expect(new Set(texts).size).toBe(1);
    expect(await fixture.sql('SELECT FROM mail')).toHaveLength(3);
  });

  it('sends twenty an hour from one address, and drops the rest with the same answer', async () => {
    for (let index = 0; index < 22; index += 1)
      expect((await askFor(`p${index}@acme.example`)).status).toBe(200);
    expect(await fixture.sql('SELECT FROM mail')).toHaveLength(20);
    const last = (await fixture.sql(
      `SELECT payload FROM audit_event WHERE action = 'reset.asked' AND outcome = 'refused'`,
    )) as { payload: string }[];
    expect(JSON.parse(last[0]?.payload ?? '{}')).toMatchObject({ data: { reason: 'too-many-mails' } });
  });
});

describe('a link to a new password', () => {
  it('sets it once, ends every session, tells by mail and in the logs, and is over', async () => {
    const browser = stranger();
    await browser.signIn('mira');
    const endsAt = new Date(Date.now() + 3_600_000);
    const token = { org: 'acme', name: 'Nightly', scopes: ['machines'], endsAt };
    const { tokenId } = Object((await browser.mutate('tokens.make', token)).data);
    const link = await linkFor();
    expect((await stranger().mutate('links.lookAtReset', { link })).data).toEqual({ email: MIRA });
    expect((await reset(link)).data).toEqual({ reset: true });
    expect((await browser.query('auth.me')).status).toBe(401);
    expect((await stranger().signIn('mira')).status).toBe(401);
    expect((await stranger().signIn('mira', NEXT)).status).toBe(200);
    expect((await takeMails(fixture)).map(({ kind, to }) => [kind, to])).toEqual([
      ['password-changed', MIRA],
    ]);
    const events = await eventsOf(fixture, 'acme');
    expect(events.filter(({ action }) => action === 'password.reset')).toHaveLength(1);
    expect(events.filter(({ action }) => action === 'token.ended')).toMatchObject([
      { actor: { name: 'mira', kind: 'person' }, data: { tokenId, why: 'password-changed' } },
    ]);
    expect(
      events.filter(
        ({ action, data }) =>
          action === 'session.ended' && Reflect.get(Object(data), 'reason') === 'password-reset',
      ),
    ).toHaveLength(1);
    const [again, unknown] = [await reset(link), await reset('A'.repeat(64))];
    expect([again.status, again.error?.data.appCode]).toEqual([412, 'auth/link-over']);
    expect([unknown.status, unknown.error?.message]).toEqual([again.status, again.error?.message]);
    // As it was, for the other tests.
    expect((await reset(await linkFor(), PASSWORD)).status).toBe(200);
  });

  it('raises the epoch that closes live consoles', async () => {
    const epoch = async () =>
      BigInt(
        String(
          (await fixture.sql('SELECT authority_epoch FROM person WHERE email = $1', [MIRA]))[0]
            ?.authority_epoch,
        ),
      );
    const link = await linkFor();
    const before = await epoch();
    await reset(link, PASSWORD);
    expect(await epoch()).toBeGreaterThan(before);
  });

  it('leaves a second factor as it is, and ends a sign-in that waits for it', async () => {
    const person = fixture.people.mira;
    await fixture.sql(
      `INSERT INTO totp (person_id, kid, iv, ct, tag, confirmed_at)
       VALUES ($1, 'k', decode(repeat('00', 12), 'hex'), decode(repeat('00', 20), 'hex'), decode(repeat('00', 16), 'hex'), now())`,
      [person],
    );
    await fixture.sql(
      `INSERT INTO pending_sign_in (digest, person_id, expires_at) VALUES ('d', $1, now() + interval '5 minutes')`,
      [person],
    );
    expect((await reset(await linkFor(), PASSWORD)).status).toBe(200);
    expect(await fixture.sql('SELECT FROM pending_sign_in')).toEqual([]);
    expect(await fixture.sql('SELECT FROM totp WHERE confirmed_at IS NOT NULL')).toHaveLength(1);
    await fixture.sql('DELETE FROM totp');
  });

  it('is not used up by a password that is too short', async () => {
    const link = await linkFor();
    for (const weak of ['short', 'Password1234!'])
      expect((await reset(link, weak)).error?.data.appCode).toBe('auth/weak-password');
    expect((await reset(link, PASSWORD)).status).toBe(200);
  });

  it('makes every other link of the account worthless', async () => {
    const first = await linkFor();
    const second = await linkFor();
    expect((await reset(second, PASSWORD)).status).toBe(200);
    expect((await reset(first, PASSWORD)).error?.data.appCode).toBe('auth/link-over');
  });

  it.each([
    ['late', `expires_at = now() - interval '1 second'`],
    ['withdrawn', 'withdrawn_at = now()'],
    ['of another kind', `purpose = 'email'`],
  ])('is over when it is %s', async (_, set) => {
    const link = await linkFor();
    await fixture.sql(`UPDATE mail_token SET ${set}`);
    expect((await reset(link)).error?.data.appCode).toBe('auth/link-over');
    expect((await stranger().mutate('links.lookAtReset', { link })).error?.data.appCode).toBe(
      'auth/link-over',
    );
  });

  it('opens for one of many that try at once', async () => {
    const link = await linkFor();
    const answers = await Promise.all(Array.from({ length: 8 }, () => reset(link, PASSWORD)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it.each(['', 'x', 'A'.repeat(63), `${'A'.repeat(64)}=`, '../../../etc', 'Ä'.repeat(64)])(
    'that is no link of ours is over like any other: %s',
    async (link) => {
      const answer = await reset(link);
      expect([answer.status, answer.error?.data.appCode]).toEqual(
        link === '' ? [400, 'request/unreadable'] : [412, 'auth/link-over'],
      );
    },
  );

  it.each([[['A'.repeat(64)]], [{ link: 'A' }], [null]])('that is no text is refused: %j', async (link) => {
    expect((await reset(link)).status).toBe(400);
  });

  it('does nothing for a person who was disabled meanwhile', async () => {
    const link = await linkFor();
    await fixture.sql('UPDATE person SET disabled_at = now() WHERE email = $1', [MIRA]);
    expect((await reset(link)).error?.data.appCode).toBe('auth/link-over');
    await fixture.sql('UPDATE person SET disabled_at = NULL WHERE email = $1', [MIRA]);
  });
});

describe('another e-mail', () => {
  const OTHER = 'mira@new.example';

  it('is taken once its owner opens the mail, tells the old one, and ends resets to it', async () => {
    const browser = stranger();
    await browser.signIn('mira');
    const resetLink = await linkFor();
    expect((await browser.mutate('links.askEmailChange', { email: OTHER, password: PASSWORD })).status).toBe(
      200,
    );
    const link = await takeLinkTo(fixture, OTHER);
    expect((await browser.query('auth.me')).data).toMatchObject({ person: { email: MIRA } });
    expect((await stranger().mutate('links.confirmEmail', { link })).data).toEqual({ email: OTHER });
    expect((await browser.query('auth.me')).data).toMatchObject({ person: { email: OTHER } });
    expect(await takeMails(fixture)).toMatchObject([
      { kind: 'email-changed', to: MIRA, names: { next: OTHER } },
    ]);
    expect((await reset(resetLink)).error?.data.appCode).toBe('auth/link-over');
    expect((await stranger().mutate('links.confirmEmail', { link })).error?.data.appCode).toBe(
      'auth/link-over',
    );
    expect((await eventsOf(fixture, 'acme')).some(({ action }) => action === 'email.changed')).toBe(true);
    await fixture.sql('UPDATE person SET email = $1 WHERE email = $2', [MIRA, OTHER]);
  });

  it('wants the password', async () => {
    const browser = stranger();
    await browser.signIn('mira');
    const answer = await browser.mutate('links.askEmailChange', { email: OTHER, password: 'not it at all' });
    expect([answer.status, answer.error?.data.appCode]).toEqual([401, 'auth/no-match']);
    expect(await fixture.sql('SELECT FROM mail')).toEqual([]);
  });

  it('that has an account gets no mail, and who asked is told nothing', async () => {
    const browser = stranger();
    await browser.signIn('mira');
    const [taken, free] = [
      await browser.mutate('links.askEmailChange', { email: emailOf('gus'), password: PASSWORD }),
      await browser.mutate('links.askEmailChange', { email: OTHER, password: PASSWORD }),
    ];
    expect(taken.text).toBe(free.text);
    expect(await takeMails(fixture)).toMatchObject([{ to: OTHER }]);
  });
});
