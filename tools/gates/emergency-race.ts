import { createDb, type Db } from '@porthole/db';
import { codeOf } from '@porthole/errors';
import type { Actor } from '../../apps/portal/src/server/actor.ts';
import { breakGlass } from '../../apps/portal/src/server/requests/ask-for-access.ts';
import { confirmGlass } from '../../apps/portal/src/server/requests/confirm-glass.ts';
import { CONFIRMATIONS, GLASS_LENGTHS_MS } from '../../apps/portal/src/server/requests/request-limits.ts';
import {
  addGrant,
  addPoolRow,
  addVm,
  createFixture,
  eventsOf,
  type Fixture,
  type Name,
} from '../../apps/portal/src/server/testing/portal-fixture.ts';
import type { Gate, GateResult, GateRun } from './gate.ts';

const ROUNDS = { full: 200, reduced: 12 };
/** At once, of one person: a click in every window they have. */
const WINDOWS = 4;
/** Who may confirm: more than it takes, so that somebody always comes too late. */
const APPROVERS = ['jon', 'tom', 'ana'] as const satisfies readonly Name[];

export const gate: Gate = {
  name: 'emergency-race',
  promise:
    'emergency access takes two people, however often one of them confirms, and is given once, whoever confirms at once',
  defence:
    'that the database keeps who confirmed, and that an emergency was decided; instead it forgets one or the other',
  async run(options) {
    if (!options.prove) return play(options, null);
    const noticed: string[] = [];
    for (const [what, sql] of Object.entries(SABOTAGES)) {
      const { breaches } = await play(options, sql);
      options.say(breaches[0] ?? `not noticed: ${what}`);
      if (breaches[0] !== undefined) noticed.push(`${what}: ${breaches[0]}`);
    }
    const sabotages = Object.keys(SABOTAGES).length;
    return {
      breaches: noticed.length === sabotages ? noticed : [],
      counts: { sabotages, noticed: noticed.length },
    };
  },
};

const SABOTAGES: Record<string, string> = {
  'a confirmation is kept under the name of somebody else': `
    CREATE FUNCTION forget_who() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      NEW.person_id := coalesce((SELECT g.person_id FROM access_grant g WHERE g.role = 'manager' AND g.person_id <> NEW.person_id
        AND g.person_id NOT IN (SELECT c.person_id FROM request_confirmation c WHERE c.request_id = NEW.request_id) LIMIT 1),
        NEW.person_id);
      RETURN NEW; END $$;
    CREATE TRIGGER forget BEFORE INSERT ON request_confirmation FOR EACH ROW EXECUTE FUNCTION forget_who()`,
  'that it was decided is forgotten': `
    CREATE FUNCTION forget_outcome() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN NEW.outcome := NULL; NEW.ended_at := NULL; NEW.ended_by := NULL; NEW.ended_name := NULL;
         NEW.given_role := NULL; NEW.given_until := NULL; RETURN NEW; END';
    CREATE TRIGGER forget BEFORE UPDATE ON access_request FOR EACH ROW EXECUTE FUNCTION forget_outcome();
    DROP INDEX access_grant_tenant_id_request_id_key`,
};

async function play({ full, say }: GateRun, sabotage: string | null): Promise<GateResult> {
  const fixture = await createFixture();
  const portals = [0, 1].map(() => createDb({ url: fixture.portalUrl }));
  try {
    const poolId = await addPoolRow(fixture);
    await fixture.sql("INSERT INTO tenant_policy (tenant_id, break_glass) VALUES ($1, 'on')", [
      fixture.tenants.acme,
    ]);
    await fixture.sql("UPDATE membership SET role = 'member' WHERE person_id = $1", [fixture.people.ana]);
    if (sabotage !== null) await fixture.sql(sabotage);
    const rounds = sabotage !== null ? 2 : full ? ROUNDS.full : ROUNDS.reduced;
    const breaches: string[] = [];
    const counts = { rounds: 0, confirmations: 0, given: 0 };
    for (let n = 1; n <= rounds && breaches.length === 0; n += 1) {
      const requestId = await ask(fixture, poolId, n);
      breaches.push(...(await playRound(fixture, portals, requestId)).map((what) => `round ${n}: ${what}`));
      counts.rounds += 1;
      counts.confirmations += WINDOWS * (1 + APPROVERS.length);
      counts.given += 1;
      if (n % 50 === 0) say(`${n} rounds`);
    }
    return { breaches, counts };
  } finally {
    await Promise.all(portals.map((portal) => portal.close()));
    await fixture.end();
  }
}

/** A new machine in need each time: mira looks at it, and the others may share it. */
async function ask(fixture: Fixture, poolId: string, n: number): Promise<string> {
  const vmId = await addVm(fixture, { name: `db-${n}`, poolId });
  await addGrant(fixture, { to: 'mira', vmId, role: 'viewer' });
  for (const to of APPROVERS) await addGrant(fixture, { to, vmId, role: 'manager' });
  await fixture.sql('DELETE FROM rate_counter');
  const lengthMs = GLASS_LENGTHS_MS[0];
  const input = { org: 'acme', vmId, lengthMs, reason: 'database down' };
  const { requestId } = await breakGlass(fixture.deps, await fixture.actor('mira'), input);
  return requestId;
}

async function playRound(fixture: Fixture, portals: readonly Db[], requestId: string): Promise<string[]> {
  // Who asked can neither confirm nor be counted.
  const own = await confirmAll(fixture, portals, requestId, ['mira']);
  const alone = await confirmAll(fixture, portals, requestId, ['jon']);
  const afterOne = await found(fixture, requestId);
  const all = await confirmAll(fixture, portals, requestId, APPROVERS);
  const afterAll = await found(fixture, requestId);
  return [
    ...(own === 0 ? [] : ['who asked confirmed it']),
    ...(alone === 1 ? [] : [`${alone} of ${WINDOWS} confirmations of one person were taken`]),
    ...(afterOne.grants === 0 ? [] : ['one person alone let somebody in']),
    ...(alone + all === CONFIRMATIONS ? [] : [`${alone + all} confirmations were taken`]),
    ...(afterAll.confirmed === CONFIRMATIONS ? [] : [`${afterAll.confirmed} confirmations are kept`]),
    ...(afterAll.grants === 1 ? [] : [`access was given ${afterAll.grants} times`]),
    ...(afterAll.events === 1 ? [] : [`the log says ${afterAll.events} times that it was given`]),
  ];
}

/** Everybody in every window, over both portals at once. @returns how many were taken */
async function confirmAll(
  fixture: Fixture,
  portals: readonly Db[],
  requestId: string,
  people: readonly Name[],
): Promise<number> {
  const actors: Actor[] = [];
  for (const name of people)
    for (let window = 0; window < WINDOWS; window += 1) actors.push(await fixture.actor(name));
  const tries = actors.map(async (actor, n) => {
    const db = portals[n % portals.length];
    if (db === undefined) throw new TypeError('two portals');
    try {
      await confirmGlass({ db }, actor, { org: 'acme', requestId });
      return true;
    } catch (error) {
      const code = String(codeOf(error));
      if (/^(?:asked\/(?:confirmed|decided)|rbac\/forbidden|db\/(?:conflict|busy))$/.test(code)) return false;
      throw error;
    }
  });
  return (await Promise.all(tries)).filter((taken) => taken).length;
}

async function found(fixture: Fixture, requestId: string) {
  const [row] = await fixture.sql(
    `SELECT (SELECT count(*)::int FROM request_confirmation WHERE request_id = $1) AS confirmed,
       (SELECT count(*)::int FROM access_grant WHERE request_id = $1) AS grants`,
    [requestId],
  );
  const events = (await eventsOf(fixture, 'acme')).filter(
    ({ action, data }) => action === 'glass.broken' && Reflect.get(Object(data), 'requestId') === requestId,
  );
  return { confirmed: Number(row?.confirmed), grants: Number(row?.grants), events: events.length };
}
