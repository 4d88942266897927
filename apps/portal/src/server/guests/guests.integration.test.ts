import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../testing/browser.ts';
import {
  addGrant,
  addPoolRow,
  addRelay,
  addVm,
  createFixture,
  eventsOf,
  type Fixture,
} from '../testing/portal-fixture.ts';
import { answerKnock, listAtDoor } from './answer-door.ts';
import { endGuestLink, restoreGuestLink } from './end-guest-link.ts';
import {
  CODES_PER_LINK,
  DOOR_ANSWER_MS,
  GUEST_LINK_MAX_MS,
  GUEST_VISIT_MAX_MS,
  KNOCKS_PER_LINK,
  MAX_LINKS_PER_MACHINE,
  RESTORE_WITHIN_MS,
  TRIES_PER_VISIT,
} from './guest-limits.ts';
import { getGuestLink, listGuestLinks } from './list-guest-links.ts';
import { makeGuestLink } from './make-guest-link.ts';

let fixture: Fixture;
let web: string;
let machines = 0;
let poolId: string;
const HOUR_MS = 3_600_000;
const refusal = (code: string) => expect.objectContaining({ code });

beforeAll(async () => {
  fixture = await createFixture();
  poolId = await addPoolRow(fixture);
  await addRelay(fixture, 'relay-1');
});
afterAll(() => fixture.end());

/** A machine of its own for each test: rates and bounds are by link and by machine. */
async function newMachine(): Promise<string> {
  machines += 1;
  web = await addVm(fixture, { name: `web-${machines}`, poolId });
  return web;
}

async function make(
  over: Partial<Parameters<typeof makeGuestLink>[2]> = {},
  by: 'jon' | 'mira' | 'tom' = 'jon',
) {
  const email = `nina-${randomBytes(4).toString('hex')}@guest.example`;
  const { linkId } = await makeGuestLink(fixture.deps, await fixture.actor(by), {
    org: 'acme',
    vmId: web,
    name: 'Nina Guest',
    email,
    can: 'look',
    endsAt: new Date(Date.now() + HOUR_MS),
    visits: 'many',
    door: 'knock',
    reason: 'disk full',
    ...over,
  });
  return { linkId, email: over.email ?? email };
}

/** Takes mails as the courier does: the secret of a link, and eight digits of a code. */
async function takeMail(email: string, kind: string): Promise<string> {
  for (;;) {
    const secret = randomBytes(32);
    const hash = createHash('sha256').update(secret).digest();
    const [row] = await fixture.sql(`SELECT mail_take('test', $1) AS mail`, [hash]);
    if (row?.mail == null) throw new Error(`no ${kind} to ${email}`);
    const mail = row.mail as { id: string; kind: string; to: string; tokenId: string };
    const code = '47110815';
    if (mail.kind === 'guest-code')
      await fixture.sql(`SELECT mail_arm_code($1, 'test', $2)`, [
        mail.id,
        createHash('sha256').update(`${mail.tokenId} ${code}`).digest(),
      ]);
    await fixture.sql(`SELECT mail_sent($1, 'test')`, [mail.id]);
    if (mail.to !== email || mail.kind !== kind) continue;
    const id = Buffer.from(mail.tokenId.replaceAll('-', ''), 'hex');
    return kind === 'guest-code' ? code : Buffer.concat([id, secret]).toString('base64url');
  }
}

const newGuest = () => new Browser(fixture.deps, `203.0.113.${Math.floor(Math.random() * 250)}`);

async function proved(email: string): Promise<Browser> {
  const link = await takeMail(email, 'guest');
  const guest = newGuest();
  expect((await guest.mutate('door.arrive', { link })).data).toMatchObject({ step: 'prove' });
  const code = await takeMail(email, 'guest-code');
  expect(
    (await guest.mutate('door.prove', { code: `${code.slice(0, 4)} ${code.slice(4)}` })).error,
  ).toBeNull();
  return guest;
}

async function answer(letIn: boolean, by: 'jon' | 'tom' | 'mira' = 'jon') {
  const actor = await fixture.actor(by);
  const [knock] = await listAtDoor(fixture.deps, await fixture.actor('jon'), { org: 'acme', vmId: web });
  return answerKnock(fixture.deps, actor, {
    org: 'acme',
    visitId: knock?.visitId ?? web,
    answer: letIn ? 'let-in' : 'not-now',
  });
}
const step = async (guest: Browser) => Object(await guest.mutate('door.visit').then(({ data }) => data)).step;

describe('a guest', () => {
  it('proves the address, knocks, is let in, and gets a pass for the one console, to look', async () => {
    await newMachine();
    const { linkId, email } = await make();
    const guest = await proved(email);
    expect(await step(guest)).toBe('knock');
    expect((await guest.mutate('door.open')).error?.data.appCode).toBe('auth/link-over');
    expect((await guest.mutate('door.knock')).data).toMatchObject({ step: 'waiting', inviter: 'jon' });
    expect((await guest.mutate('door.open')).error?.data.appCode).toBe('auth/link-over');
    await answer(true);
    expect(await step(guest)).toBe('inside');
    const opened = await guest.mutate('door.open');
    expect(opened.data).toMatchObject({ mode: 'look', kind: 'screen', path: '/console/ws/relay-1' });
    const ticketId = String(Object(opened.data).ticketId);
    expect((await guest.mutate('door.outcome', { ticketId })).data).toEqual({ outcome: 'waiting' });
    const [ticket] = await fixture.sql('SELECT * FROM console_ticket WHERE id = $1', [ticketId]);
    expect(ticket).toMatchObject({ guest_link_id: linkId, person_id: linkId, vm_id: web });
    // No login: nothing else answers.
    expect((await guest.query('auth.me')).status).toBe(401);
    expect((await guest.query('machines.list', { org: 'acme' })).status).toBe(401);

    const { link, trail } = await getGuestLink(fixture.deps, await fixture.actor('jon'), {
      org: 'acme',
      linkId,
    });
    expect(link).toMatchObject({ state: 'inside', guest: 'Nina Guest', mayEnd: true });
    expect(trail.map(({ action }) => action)).toEqual([
      'guest.made',
      'guest.mailed',
      'guest.opened',
      'guest.proved',
      'guest.waiting',
      'guest.let-in',
      'console.request',
    ]);
    expect(trail[3]).toMatchObject({ actor: { personId: null, name: 'Nina Guest', kind: 'guest' } });
    // The database holds neither secret nor code nor bearer.
    const bearer = guest.cookies.get('__Host-porthole-guest') ?? '';
    const [row] = await fixture.sql(
      'SELECT row_to_json(v)::text AS text FROM guest_visit v WHERE link_id = $1',
      [linkId],
    );
    expect(String(row?.text)).not.toContain(bearer);
  });

  it('whose link has no door is inside by the code; and with the right to type gets a pass to type', async () => {
    await newMachine();
    const { email } = await make({ door: 'open', can: 'type' });
    const guest = await proved(email);
    expect(await step(guest)).toBe('inside');
    expect((await guest.mutate('door.open')).data).toMatchObject({ mode: 'type' });
    expect((await guest.mutate('door.leave')).data).toEqual({ left: true });
    expect(await step(guest)).toBe('over');
    expect((await guest.mutate('door.open')).error?.data.appCode).toBe('auth/link-over');
  });

  it('who is not let in stays outside, and only who may share answers', async () => {
    await newMachine();
    await addGrant(fixture, { to: 'mira', vmId: web, role: 'operator' });
    const { email } = await make();
    const guest = await proved(email);
    await guest.mutate('door.knock');
    await expect(answer(true, 'mira')).rejects.toEqual(refusal('rbac/forbidden'));
    await expect(answer(true, 'tom')).rejects.toEqual(refusal('knock/not-found'));
    await answer(false);
    expect(await step(guest)).toBe('refused');
    await expect(answer(true)).rejects.toEqual(refusal('knock/not-found'));
  });

  it('who got no answer knocks again, five times in a quarter of an hour', async () => {
    await newMachine();
    const { linkId, email } = await make();
    const guest = await proved(email);
    const age = () =>
      fixture.sql(
        `UPDATE guest_visit SET knocked_at = knocked_at - $2 * interval '1 ms' WHERE link_id = $1`,
        [linkId, DOOR_ANSWER_MS],
      );
    for (let n = 0; n < KNOCKS_PER_LINK.max; n += 1) {
      expect((await guest.mutate('door.knock')).data).toMatchObject({ step: 'waiting' });
      await age();
      expect(await step(guest)).toBe('unanswered');
    }
    expect((await guest.mutate('door.knock')).error?.data.appCode).toBe('rate/limited');
    await expect(answer(true)).rejects.toEqual(refusal('knock/not-found'));
  });

  it('types a wrong code five times at most, and each is an event', async () => {
    await newMachine();
    const { linkId, email } = await make();
    const guest = newGuest();
    await guest.mutate('door.arrive', { link: await takeMail(email, 'guest') });
    for (let n = 0; n < TRIES_PER_VISIT.max; n += 1)
      expect((await guest.mutate('door.prove', { code: '00000000' })).error?.data.appCode).toBe(
        'auth/code-no-match',
      );
    expect((await guest.mutate('door.prove', { code: '47110815' })).error?.data.appCode).toBe('rate/limited');
    const refused = (await eventsOf(fixture, 'acme')).filter(
      ({ action, data }) => action === 'guest.code-refused' && Object(data).guestLinkId === linkId,
    );
    expect(refused).toHaveLength(TRIES_PER_VISIT.max);
  });
});

describe('a link', () => {
  it('for one visit opens no second one, and many open as many', async () => {
    await newMachine();
    const { email } = await make({ door: 'open', visits: 'one' });
    const link = await takeMail(email, 'guest');
    const [first, second] = [newGuest(), newGuest()];
    const codes: string[] = [];
    for (const guest of [first, second]) {
      await guest.mutate('door.arrive', { link });
      codes.push(await takeMail(email, 'guest-code'));
    }
    expect((await first.mutate('door.prove', { code: codes[0] })).data).toMatchObject({ step: 'inside' });
    expect((await second.mutate('door.prove', { code: codes[1] })).error?.data.appCode).toBe(
      'auth/link-over',
    );
    expect((await newGuest().mutate('door.look', { link })).error?.data.appCode).toBe('auth/link-over');
    expect(await step(first)).toBe('inside');
  });

  it('is over at once when somebody ends it, and good again when that is taken back', async () => {
    await newMachine();
    const { linkId, email } = await make({ door: 'open' });
    const guest = await proved(email);
    const [jon, mira] = [await fixture.actor('jon'), await fixture.actor('mira')];
    await expect(endGuestLink(fixture.deps, mira, { org: 'acme', linkId })).rejects.toEqual(
      refusal('guest-link/not-found'),
    );
    await endGuestLink(fixture.deps, jon, { org: 'acme', linkId });
    expect(await step(guest)).toBe('over');
    // Whether the machine offers a console is nothing to who has none any more.
    expect((await guest.mutate('door.visit')).data).toMatchObject({ kind: null });
    await expect(endGuestLink(fixture.deps, jon, { org: 'acme', linkId })).rejects.toEqual(
      refusal('guest-link/not-found'),
    );
    await restoreGuestLink(fixture.deps, jon, { org: 'acme', linkId });
    expect(await step(guest)).toBe('inside');
    await endGuestLink(fixture.deps, jon, { org: 'acme', linkId });
    await fixture.sql(`UPDATE guest_link SET ended_at = ended_at - $2 * interval '1 ms' WHERE id = $1`, [
      linkId,
      RESTORE_WITHIN_MS + 1,
    ]);
    await expect(restoreGuestLink(fixture.deps, jon, { org: 'acme', linkId })).rejects.toEqual(
      refusal('guest-link/over'),
    );
  });

  it('that ends before its mail went is mailed to nobody; restored, it goes in a mail of its own', async () => {
    await newMachine();
    const { linkId, email } = await make({ door: 'open' });
    const jon = await fixture.actor('jon');
    const mails = () =>
      fixture.sql(
        `SELECT sent_at, failed_at, failure, token_id, names FROM mail WHERE to_email = $1 AND kind = 'guest' ORDER BY created_at`,
        [email],
      );
    await endGuestLink(fixture.deps, jon, { org: 'acme', linkId });
    await expect(takeMail(email, 'guest')).rejects.toThrow('no guest to');
    expect(await mails()).toMatchObject([{ sent_at: null, failure: 'mail/too-late' }]);

    await restoreGuestLink(fixture.deps, jon, { org: 'acme', linkId });
    const [first, second] = await mails();
    expect(second).toMatchObject({ names: first?.names, failed_at: null });
    expect(second?.token_id).not.toBe(first?.token_id);
    const guest = await proved(email);
    expect(await step(guest)).toBe('inside');
    // What has gone is good again by itself.
    await endGuestLink(fixture.deps, jon, { org: 'acme', linkId });
    await restoreGuestLink(fixture.deps, jon, { org: 'acme', linkId });
    expect(await mails()).toHaveLength(2);
    expect(await step(guest)).toBe('inside');
  });

  it('that ended by its date is ended by nobody else', async () => {
    await newMachine();
    const { linkId } = await make();
    await fixture.sql("UPDATE guest_link SET ends_at = now() - interval '1 s' WHERE id = $1", [linkId]);
    await expect(
      endGuestLink(fixture.deps, await fixture.actor('jon'), { org: 'acme', linkId }),
    ).rejects.toEqual(refusal('guest-link/not-found'));
    await fixture.sql('SELECT ends_tell()');
    const { link, trail } = await getGuestLink(fixture.deps, await fixture.actor('jon'), {
      org: 'acme',
      linkId,
    });
    expect([link.state, trail.at(-1)]).toMatchObject([
      'over',
      { action: 'guest.ended', data: { why: 'ran-out' } },
    ]);
  });

  it('gives nothing once its maker may not share the machine any more, and the epoch says so', async () => {
    await newMachine();
    const grantId = await addGrant(fixture, { to: 'mira', vmId: web, role: 'manager' });
    const { email } = await make({ door: 'open' }, 'mira');
    const guest = await proved(email);
    const epoch = async () =>
      (await fixture.sql('SELECT authority_epoch AS e FROM tenant WHERE id = $1', [fixture.tenants.acme]))[0]
        ?.e;
    const before = await epoch();
    await fixture.sql('UPDATE access_grant SET ended_at = now() WHERE id = $1', [grantId]);
    expect(Number(await epoch())).toBeGreaterThan(Number(before));
    expect(await step(guest)).toBe('over');
    expect((await guest.mutate('door.open')).error?.data.appCode).toBe('auth/link-over');
  });

  it('ends with the machine’s move to another organisation', async () => {
    await newMachine();
    const { linkId, email } = await make({ door: 'open' });
    const unsent = await make();
    const guest = await proved(email);
    await fixture.sql('DELETE FROM console_ticket WHERE vm_id = $1', [web]);
    await fixture.sql('UPDATE vm SET tenant_id = $2 WHERE id = $1', [web, fixture.tenants.globex]);
    await fixture.sql('UPDATE vm SET tenant_id = $2 WHERE id = $1', [web, fixture.tenants.acme]);
    expect(await step(guest)).toBe('over');
    const { link, trail } = await getGuestLink(fixture.deps, await fixture.actor('jon'), {
      org: 'acme',
      linkId,
    });
    expect([link.state, link.mayRestore, trail.at(-1)?.action]).toEqual(['ended', false, 'guest.ended']);
    await expect(takeMail(unsent.email, 'guest')).rejects.toThrow('no guest to');
  });

  it('answers alike where it is unknown, ended, late, spent, malformed, or its maker is gone', async () => {
    await newMachine();
    const { linkId, email } = await make();
    const link = await takeMail(email, 'guest');
    const unknown = randomBytes(48).toString('base64url');
    const asked = async (fragment: string) => {
      const { status, text } = await newGuest().mutate('door.look', { link: fragment });
      return [status, text.replace(/"reference":"[^"]*"/, '')];
    };
    const first = await asked(unknown);
    expect(await asked('nonsense')).toEqual(first);
    expect((await asked(link))[0]).toBe(200);
    const jon = await fixture.actor('jon');
    await fixture.sql('UPDATE membership SET role = $2::tenant_role WHERE person_id = $1', [
      jon.personId,
      'auditor',
    ]);
    expect(await asked(link)).toEqual(first);
    await fixture.sql('UPDATE membership SET role = $2::tenant_role WHERE person_id = $1', [
      jon.personId,
      'admin',
    ]);
    await endGuestLink(fixture.deps, jon, { org: 'acme', linkId });
    expect(await asked(link)).toEqual(first);
    const stranger = await newGuest().mutate('door.visit');
    expect([stranger.status, stranger.text.replace(/"reference":"[^"]*"/, '')]).toEqual([
      first[0],
      String(first[1]).replace('door.look', 'door.visit'),
    ]);
  });

  it('sends six codes an hour at most', async () => {
    await newMachine();
    const { email } = await make();
    const link = await takeMail(email, 'guest');
    for (let n = 0; n < CODES_PER_LINK.max; n += 1)
      expect((await newGuest().mutate('door.arrive', { link })).error).toBeNull();
    expect((await newGuest().mutate('door.arrive', { link })).error?.data.appCode).toBe('rate/limited');
  });
});

describe('making one', () => {
  it('is for who may share, of no more than they have, for no longer, and fourteen days at most', async () => {
    await newMachine();
    const soon = new Date(Date.now() + HOUR_MS / 2);
    await addGrant(fixture, { to: 'mira', vmId: web, role: 'manager', endsAt: soon });
    await addGrant(fixture, { to: 'tom', vmId: web, role: 'operator' });
    await expect(make({}, 'tom')).rejects.toEqual(refusal('rbac/forbidden'));
    await expect(make({}, 'mira')).rejects.toEqual(refusal('grant/longer-than-own'));
    await expect(make({ endsAt: new Date(Date.now() - 1) })).rejects.toEqual(refusal('grant/past-end'));
    await expect(make({ endsAt: new Date(Date.now() + GUEST_LINK_MAX_MS + 5_000) })).rejects.toEqual(
      refusal('guest-link/too-long'),
    );
    expect(GUEST_LINK_MAX_MS).toBe(14 * 24 * HOUR_MS);
    expect(GUEST_VISIT_MAX_MS).toBe(8 * HOUR_MS);
    web = await addVm(fixture, { name: 'dom0', poolId, isControlDomain: true });
    await expect(make()).rejects.toEqual(refusal('guest-link/control-domain'));
  });

  it('stops at twenty for one machine', async () => {
    await newMachine();
    await fixture.sql(
      `INSERT INTO guest_link (tenant_id, vm_id, vm_name, guest_name, email, rights, one_visit, door, reason, ends_at, created_by, created_name)
       SELECT $1, $2, 'web', 'N', 'n@x.example', '{look}', false, true, '', now() + interval '1 hour', $3, 'jon' FROM generate_series(1, $4)`,
      [fixture.tenants.acme, web, fixture.people.jon, MAX_LINKS_PER_MACHINE],
    );
    await expect(make()).rejects.toEqual(refusal('guest-link/too-many'));
  });

  it('is seen by who shares the machine, who reads all access, and who made it', async () => {
    await newMachine();
    const grant = await addGrant(fixture, { to: 'mira', vmId: web, role: 'manager' });
    const { linkId } = await make({}, 'mira');
    await fixture.sql('DELETE FROM access_grant WHERE id = $1', [grant]);
    await addGrant(fixture, { to: 'mira', vmId: web, role: 'viewer' });
    await addGrant(fixture, { to: 'tom', vmId: web, role: 'viewer' });
    const seen = async (name: 'jon' | 'ana' | 'mira' | 'tom') =>
      (await listGuestLinks(fixture.deps, await fixture.actor(name), { org: 'acme', vmId: web })).map(
        ({ id }) => id,
      );
    expect([await seen('jon'), await seen('ana'), await seen('mira'), await seen('tom')]).toEqual([
      [linkId],
      [linkId],
      [linkId],
      [],
    ]);
    const all = await listGuestLinks(fixture.deps, await fixture.actor('ana'), { org: 'acme' });
    expect(all.find(({ id }) => id === linkId)).toMatchObject({ mayEnd: false, mail: { state: 'waiting' } });
    await expect(listGuestLinks(fixture.deps, await fixture.actor('tom'), { org: 'acme' })).rejects.toEqual(
      refusal('rbac/forbidden'),
    );
  });
});
