import { randomUUID } from 'node:crypto';
import { Secret } from '@porthole/errors';
import { hashTicket } from '@porthole/tickets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addGrant,
  addPoolRow,
  addRelay,
  addVm,
  createFixture,
  eventsOf,
  type Fixture,
  type Name,
} from '../testing/portal-fixture.ts';
import { FRESH_BEAT_MS } from './choose-relay.ts';
import { OPENS_PER_PERSON } from './console-limits.ts';
import { openConsole } from './open-console.ts';

let fixture: Fixture;
let poolId: string;
let web: string;
let db: string;
const BINDER = 'b'.repeat(43);

beforeAll(async () => {
  fixture = await createFixture();
  poolId = await addPoolRow(fixture);
  web = await addVm(fixture, { name: 'web-01', poolId });
  db = await addVm(fixture, { name: 'db-01', poolId });
  await addGrant(fixture, { to: 'mira', vmId: web, role: 'operator' });
  await addGrant(fixture, { to: 'mira', vmId: db, role: 'viewer' });
});
afterAll(() => fixture.end());

async function open(
  name: Name,
  vmId: string,
  over: { mode?: 'look' | 'type'; kind?: 'screen' | 'text'; binder?: string | null } = {},
) {
  const actor = await fixture.actor(name);
  const { mode = 'type', kind, binder = BINDER } = over;
  return openConsole(fixture.deps, actor, binder, { org: 'acme', vmId, mode, kind });
}
const refusal = (code: string) => expect.objectContaining({ code });

describe('without a relay', () => {
  it('says so instead of giving a pass to nowhere', async () => {
    await expect(open('mira', web)).rejects.toEqual(refusal('relay/none'));
  });
});

describe('succeeds', () => {
  beforeAll(async () => {
    await addRelay(fixture, 'busy', 9);
    await addRelay(fixture, 'calm', 1);
  });

  it('with a pass for the best console, at the least busy relay, of which only the hash is kept', async () => {
    const opened = await open('mira', web);
    expect(opened).toMatchObject({ kind: 'screen', mode: 'type', path: '/console/ws/calm' });
    expect(opened.ticket).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const [row] = await fixture.sql('SELECT * FROM console_ticket WHERE id = $1', [opened.ticketId]);
    expect(row).toMatchObject({ vm_id: web, person_id: fixture.people.mira, relay_id: 'calm', mode: 'type' });
    expect(row?.secret_hash).toEqual(Buffer.from(hashTicket(new Secret(opened.ticket))));
    expect(row?.binder_hash).toEqual(Buffer.from(hashTicket(new Secret(BINDER))));
    expect(Number(row?.expires_at) - Number(row?.created_at)).toBeLessThan(31_000);
  });

  it('at the relay that holds the hub already, busy as it is', async () => {
    await fixture.sql(
      `INSERT INTO console_hub (tenant_id, vm_id, kind, relay_id, lease_until)
       VALUES ($1, $2, 'screen', 'busy', now() + interval '15 seconds')`,
      [fixture.tenants.acme, web],
    );
    expect(await open('mira', web)).toMatchObject({ path: '/console/ws/busy' });
    expect(await open('mira', web, { kind: 'text' })).toMatchObject({
      path: '/console/ws/calm',
      kind: 'text',
    });
  });

  it('past relays that have gone quiet or let their consoles go', async () => {
    expect(FRESH_BEAT_MS).toBe(15_000);
    await fixture.sql("UPDATE relay SET beat_at = now() - interval '16 seconds' WHERE id = 'calm'");
    expect(await open('mira', web, { kind: 'text' })).toMatchObject({ path: '/console/ws/busy' });
    await fixture.sql("UPDATE relay SET beat_at = now(), draining = id = 'busy'");
    expect(await open('mira', web)).toMatchObject({ path: '/console/ws/calm' });
    await fixture.sql('UPDATE relay SET draining = false');
  });

  it('with look where the grant is to look', async () => {
    expect(await open('mira', db, { mode: 'look' })).toMatchObject({ mode: 'look' });
  });

  it('falls back to text where the screen is switched off', async () => {
    const vmId = await addVm(fixture, { name: 'quiet', poolId, screenSwitchedOff: true });
    expect(await open('jon', vmId)).toMatchObject({ kind: 'text' });
  });

  it('and the log holds who asked for what', async () => {
    const { ticketId } = await open('mira', web, { mode: 'look' });
    const events = await eventsOf(fixture, 'acme');
    expect(events.at(-1)).toMatchObject({
      action: 'console.request',
      outcome: 'ok',
      actor: { personId: fixture.people.mira, name: 'mira' },
      target: { kind: 'vm', id: web, name: 'web-01' },
      ip: '192.0.2.7',
      data: { ticketId, kind: 'screen', mode: 'look', relay: 'busy' },
    });
  });
});

describe('refuses', () => {
  it('to type with a grant to look, as forbidden', async () => {
    await expect(open('mira', db)).rejects.toEqual(refusal('rbac/forbidden'));
  });

  it('an auditor, who reads names and opens nothing', async () => {
    await expect(open('ana', web, { mode: 'look' })).rejects.toEqual(refusal('rbac/forbidden'));
  });

  it('under a lock, with a code of its own', async () => {
    await fixture.sql('INSERT INTO emergency_lock (tenant_id, vm_id) VALUES ($1, $2)', [
      fixture.tenants.acme,
      web,
    ]);
    await expect(open('mira', web)).rejects.toEqual(refusal('rbac/locked'));
    await expect(open('tom', web)).rejects.toEqual(refusal('vm/not-found'));
    await fixture.sql('DELETE FROM emergency_lock');
  });

  it('a control domain to whoever holds no host-console', async () => {
    const vmId = await addVm(fixture, { name: 'dom0', poolId, isControlDomain: true });
    await addGrant(fixture, { to: 'mira', vmId, role: 'operator' });
    await expect(open('mira', vmId)).rejects.toEqual(refusal('vm/not-found'));
    expect(await open('jon', vmId)).toMatchObject({ kind: 'screen' });
  });

  it.each([
    ['Halted', 'vm/off'],
    ['Suspended', 'vm/suspended'],
    ['Paused', 'vm/paused'],
  ])('a %s machine with %s', async (powerState, code) => {
    const vmId = await addVm(fixture, { name: `m-${powerState}`, poolId, powerState });
    await expect(open('jon', vmId)).rejects.toEqual(refusal(code));
  });

  it('a kind that is not there, each with its reason', async () => {
    const vmId = await addVm(fixture, { name: 'bare', poolId, screen: false, text: false });
    await expect(open('jon', vmId)).rejects.toEqual(refusal('vm/no-console'));
    const quiet = await addVm(fixture, { name: 'quiet-2', poolId, screenSwitchedOff: true });
    await expect(open('jon', quiet, { kind: 'screen' })).rejects.toEqual(refusal('vm/switched-off'));
  });

  it('a browser without the cookie that passes are bound to', async () => {
    await expect(open('mira', web, { binder: null })).rejects.toEqual(refusal('console/no-binder'));
  });

  it('a session that was ended meanwhile', async () => {
    const actor = await fixture.actor('mira');
    await fixture.sql('DELETE FROM login_session WHERE id = $1', [actor.loginSessionId]);
    await expect(
      openConsole(fixture.deps, actor, BINDER, { org: 'acme', vmId: web, mode: 'look' }),
    ).rejects.toEqual(refusal('vm/not-found'));
  });

  it('the thirty-first opening within a minute', async () => {
    const tries = Array.from({ length: OPENS_PER_PERSON }, () => open('tom', web).catch(() => null));
    await Promise.all(tries);
    await expect(open('tom', web)).rejects.toMatchObject({
      code: 'rate/limited',
      retryAfterS: expect.any(Number),
    });
    expect(OPENS_PER_PERSON).toBe(30);
  });

  it('and leaves neither pass nor event behind', async () => {
    const count = async () => (await fixture.sql('SELECT count(*)::int AS n FROM console_ticket'))[0]?.n;
    const before = [await count(), (await eventsOf(fixture, 'acme')).length];
    await expect(open('mira', db)).rejects.toThrow();
    expect([await count(), (await eventsOf(fixture, 'acme')).length]).toEqual(before);
  });
});

describe('not found', () => {
  it.each(['absent', 'foreign', 'gone', 'not shared'])('answers alike when %s', async (which) => {
    const vmId = await idFor(which);
    const error = await open('mira', vmId).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'vm/not-found',
      publicMessage: 'This doesn’t exist, or it isn’t shared with you.',
    });
  });

  async function idFor(which: string): Promise<string> {
    if (which === 'foreign') return addVm(fixture, { name: 'theirs', poolId, holder: 'globex' });
    if (which === 'not shared') return addVm(fixture, { name: 'private', poolId });
    if (which === 'absent') return randomUUID();
    const vmId = await addVm(fixture, { name: 'gone', poolId });
    await addGrant(fixture, { to: 'mira', vmId, role: 'operator' });
    await fixture.sql('UPDATE vm SET gone_at = now() WHERE id = $1', [vmId]);
    return vmId;
  }
});
