import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MAX_TEAM_PEOPLE } from '../teams/team-limits.ts';
import { Browser } from '../testing/browser.ts';
import { takeLinkTo } from '../testing/mailed-links.ts';
import { createFixture, emailOf, eventsOf, type Fixture, type Name } from '../testing/portal-fixture.ts';
import { MAX_INVITATION_TEAMS } from './invitation-limits.ts';

const NEW = 'nina@new.example';
const PASSWORD = 'a password of her own';

let fixture: Fixture;
const browsers: Partial<Record<Name, Browser>> = {};
beforeAll(async () => {
  fixture = await createFixture();
});
afterAll(() => fixture.end());
beforeEach(async () => {
  await fixture.sql('UPDATE emergency_lock SET lifted_at = now() WHERE lifted_at IS NULL');
  for (const table of ['rate_counter', 'invitation', 'mail', 'mail_token', 'team'])
    await fixture.sql(`DELETE FROM ${table}`);
  const nina = '(SELECT id FROM person WHERE email = $1)';
  for (const table of ['login_session', 'membership'])
    await fixture.sql(`DELETE FROM ${table} WHERE person_id = ${nina}`, [NEW]);
  await fixture.sql('DELETE FROM person WHERE email = $1', [NEW]);
});

async function as(name: Name): Promise<Browser> {
  const browser = browsers[name] ?? new Browser(fixture.deps);
  if (browsers[name] === undefined) await browser.signIn(name);
  browsers[name] = browser;
  return browser;
}

async function team(name: string, slug: 'acme' | 'globex' = 'acme'): Promise<string> {
  const id = randomUUID();
  await fixture.sql('INSERT INTO team (tenant_id, id, name) VALUES ($1, $2, $3)', [
    fixture.tenants[slug],
    id,
    name,
  ]);
  return id;
}
const lock = (teamId: string) =>
  fixture.sql(
    `INSERT INTO emergency_lock (tenant_id, team_id, reason, created_by) VALUES ($1, $2, 'stolen laptop', $3)`,
    [fixture.tenants.acme, teamId, fixture.people.jon],
  );
const send = async (teamIds: readonly string[], by: Name = 'jon', email = NEW) =>
  (await as(by)).mutate('invitations.send', { org: 'acme', email, role: 'member', teamIds });
const joinAsNew = (link: string) =>
  new Browser(fixture.deps).mutate('links.acceptAsNew', { link, name: 'Nina New', password: PASSWORD });
const look = async (link: string) =>
  (await new Browser(fixture.deps).mutate('links.lookAtInvitation', { link })).data;
const teamsOf = async (email: string) =>
  (
    await fixture.sql(
      `SELECT t.name FROM team_member m JOIN team t ON t.id = m.team_id JOIN person p ON p.id = m.person_id
       WHERE p.email = $1 ORDER BY 1`,
      [email],
    )
  ).map(({ name }) => name);
const withoutReference = (text: string) => text.replace(/"reference":"[^"]*"/, '');

describe('an invitation into teams', () => {
  it('shows them, and puts who accepts into them with an event each', async () => {
    const [alpha, beta] = [await team('Alpha'), await team('Beta')];
    await team('Gamma');
    expect((await send([beta, alpha])).error).toBeNull();
    expect((await (await as('jon')).query('invitations.list', { org: 'acme' })).data).toMatchObject([
      { email: NEW, teams: ['Alpha', 'Beta'] },
    ]);
    const link = await takeLinkTo(fixture, NEW);
    expect(await look(link)).toMatchObject({ teams: ['Alpha', 'Beta'] });
    const before = (await eventsOf(fixture, 'acme')).length;
    expect((await joinAsNew(link)).error).toBeNull();
    expect(await teamsOf(NEW)).toEqual(['Alpha', 'Beta']);
    const told = (await eventsOf(fixture, 'acme')).slice(before);
    expect(told).toMatchObject([
      { action: 'team.joined', target: { id: alpha }, data: { member: { name: 'Nina New' } } },
      { action: 'team.joined', target: { id: beta } },
      { action: 'invitation.accepted', data: { isNew: true } },
      { action: 'sign-in.ok' },
    ]);
    expect(Object(told[2]).data).not.toHaveProperty('teamsPassedOver');
  });

  it('does the same for who has an account, and says who was in one already', async () => {
    const alpha = await team('Alpha');
    await send([alpha], 'jon', emailOf('gus'));
    const link = await takeLinkTo(fixture, emailOf('gus'));
    expect((await (await as('gus')).mutate('links.acceptInvitation', { link })).error).toBeNull();
    expect(await teamsOf(emailOf('gus'))).toEqual(['Alpha']);
    await fixture.sql('DELETE FROM membership WHERE tenant_id = $1 AND person_id = $2', [
      fixture.tenants.acme,
      fixture.people.gus,
    ]);
  });

  it('passes over what was removed, locked or filled meanwhile, and the acceptance tells it', async () => {
    const ids = [await team('Gone'), await team('Locked'), await team('Full'), await team('Stays')];
    const [gone = '', locked = '', full = ''] = ids;
    expect((await send(ids)).error).toBeNull();
    await fixture.sql('DELETE FROM team WHERE id = $1', [gone]);
    await lock(locked);
    await fixture.sql(
      `WITH people AS (
         INSERT INTO person (id, name, email)
         SELECT gen_random_uuid(), 'Filler', 'filler-' || n || '@acme.example' FROM generate_series(1, $3::int) n
         RETURNING id),
       members AS (
         INSERT INTO membership (tenant_id, person_id, role) SELECT $1::uuid, id, 'member' FROM people RETURNING person_id)
       INSERT INTO team_member (tenant_id, team_id, person_id) SELECT $1::uuid, $2::uuid, person_id FROM members`,
      [fixture.tenants.acme, full, MAX_TEAM_PEOPLE],
    );
    const link = await takeLinkTo(fixture, NEW);
    expect(await look(link)).toMatchObject({ teams: ['Stays'] });
    expect((await joinAsNew(link)).error).toBeNull();
    expect(await teamsOf(NEW)).toEqual(['Stays']);
    const accepted = (await eventsOf(fixture, 'acme'))
      .filter(({ action }) => action === 'invitation.accepted')
      .at(-1);
    expect(accepted).toMatchObject({
      data: {
        teamsPassedOver: [
          { id: gone, why: 'removed' },
          { id: locked, why: 'locked' },
          { id: full, why: 'full' },
        ],
      },
    });
  });

  it('answers about a team of another organisation as about none, to the byte, and sends nothing', async () => {
    const [foreign, absent] = [await send([await team('Theirs', 'globex')]), await send([randomUUID()])];
    expect([foreign.status, withoutReference(foreign.text)]).toEqual([
      absent.status,
      withoutReference(absent.text),
    ]);
    expect(foreign.error?.data.appCode).toBe('team/not-found');
    expect(await fixture.sql('SELECT FROM mail')).toEqual([]);
  });

  it('is refused for a locked team', async () => {
    const locked = await team('Locked');
    await lock(locked);
    expect((await send([locked])).error?.data.appCode).toBe('team/locked');
  });

  it('leads into so many teams and no more, each once', async () => {
    const ids: string[] = [];
    for (let n = 0; n <= MAX_INVITATION_TEAMS; n += 1) ids.push(await team(`Team ${n}`));
    expect((await send(ids)).status).toBe(400);
    expect((await send([ids[0] ?? '', ids[0] ?? ''])).status).toBe(400);
    expect((await send(ids.slice(1))).status).toBe(200);
  });

  it('is for nobody who may not put people into teams', async () => {
    const alpha = await team('Alpha');
    expect((await send([alpha], 'mira')).error?.data.appCode).toBe('rbac/forbidden');
  });
});
