import { randomUUID } from 'node:crypto';
import { inTransaction } from '@porthole/db';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { OPEN_LIMITS, RELAY, type Stage, setStage } from '../../../prisma/test-stage.ts';
import { askSeatClose } from './ask-seat-close.ts';
import { beatRelay, endHub, hubEvent, reapSeats, renewHubs } from './hubs.ts';
import { seatStanding, seatsFacts } from './live-seats.ts';
import { redeemTicket } from './redeem-ticket.ts';
import { admitSeat, closeSeat, consoleTarget, noteSeatInput, noteSeatRights } from './seats.ts';

let stage: Stage;
beforeEach(async () => {
  await stage?.end();
  stage = await setStage();
});
afterAll(() => stage.end());

const actions = async (tenantId: string) => (await stage.events(tenantId)).map((event) => event.action);
const client = () => stage.relay.pool;
const factsOf = async (seatId: string) => (await seatsFacts(client(), [seatId])).get(seatId);
const sql = (text: string, values: unknown[] = []) => stage.superuser.pool.query(text, values);

describe('admitting', () => {
  it('writes the seat, the hub, the outcome and exactly one console.open', async () => {
    const seat = await stage.open();
    expect(seat.hubIsNew).toBe(true);
    const [opened, ...others] = await stage.events(stage.world.acme);
    expect(others).toEqual([]);
    expect(opened).toMatchObject({
      action: 'console.open',
      actor: { personId: stage.world.mira, name: 'mira', kind: 'person' },
      target: { kind: 'vm', id: stage.world.web, name: 'web' },
      ip: '198.51.100.7',
      data: { seatId: seat.seatId, hubId: seat.hubId, ticketId: seat.ticketId, kind: 'screen', mode: 'type' },
    });
  });

  it('puts a second seat into the hub that is there', async () => {
    const first = await stage.open();
    const second = await stage.open({ personId: stage.world.ada });
    expect(second).toMatchObject({ hubId: first.hubId, hubIsNew: false });
  });

  it('refuses a ticket that was not redeemed', async () => {
    const { ticketId } = await stage.issue();
    const seat = { ticketId, relayId: RELAY, rights: ['look'], ip: null, userAgent: null };
    await expect(inTransaction(client(), (one) => admitSeat(one, seat))).rejects.toMatchObject({
      code: 'ticket/not-redeemed',
    });
  });

  it.each([
    ['seatsPerPerson', 'ticket/limit-person'],
    ['seatsPerConsole', 'ticket/limit-console'],
    ['seatsPerTenant', 'ticket/limit-tenant'],
  ] as const)('holds the cap %s', async (cap, code) => {
    await stage.open();
    await expect(stage.open({}, { ...OPEN_LIMITS, [cap]: 1 })).rejects.toMatchObject({ code });
    expect(await actions(stage.world.acme)).toEqual(['console.open']);
  });

  it('counts consoles, too, for one may go on where nobody sits', async () => {
    const limits = { ...OPEN_LIMITS, hubsPerTenant: 1 };
    await stage.open({}, limits);
    await expect(stage.open({ personId: stage.world.ada }, limits)).resolves.toMatchObject({
      hubIsNew: false,
    });
    await expect(stage.open({ kind: 'text' }, limits)).rejects.toMatchObject({ code: 'ticket/limit-tenant' });
  });

  it('holds a cap of one against many at once', async () => {
    const tries = await Promise.allSettled(
      Array.from({ length: 8 }, () => stage.open({}, { ...OPEN_LIMITS, seatsPerConsole: 1 })),
    );
    expect(tries.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
  });

  it('sends a relay away whose console another one holds', async () => {
    await stage.open();
    await expect(stage.open({ relayId: 'r2' })).rejects.toMatchObject({ code: 'ticket/moved' });
  });

  it('takes over a console whose relay let its lease run out, and closes what that left', async () => {
    const lost = await stage.open();
    await sql("UPDATE console_hub SET lease_until = now() - interval '1 s'");
    const taken = await stage.open({ relayId: 'r2' }, { ...OPEN_LIMITS, seatsPerConsole: 1 });
    expect(taken.hubId).not.toBe(lost.hubId);
    expect(await actions(stage.world.acme)).toEqual(['console.open', 'console.close', 'console.open']);
  });
});

describe('closing', () => {
  const receipt = {
    durationMs: 1,
    updates: 2,
    rectangles: { raw: 3 },
    pixels: 4,
    bytesToBrowser: 5,
    bytesFromBrowser: 6,
    inputEvents: 7,
    inputDropped: 0,
    redials: 0,
    firstPictureMs: 8,
    longestSilenceMs: 9,
  };

  it('writes one close with its receipt, however often it is told', async () => {
    const { seatId } = await stage.open();
    const close = { eventId: randomUUID(), seatId, reason: 'left', receipt };
    expect(await closeSeat(client(), close)).toBe(true);
    expect(await closeSeat(client(), close)).toBe(false);
    expect(await closeSeat(client(), { ...close, eventId: randomUUID(), reason: 'idle' })).toBe(false);
    const [, closed, ...others] = await stage.events(stage.world.acme);
    expect(others).toEqual([]);
    expect(closed).toMatchObject({ action: 'console.close', data: { seatId, reason: 'left', receipt } });
  });

  it('writes one close when many tell it at once', async () => {
    const { seatId } = await stage.open();
    const told = await Promise.all(
      Array.from({ length: 6 }, () =>
        closeSeat(client(), { eventId: randomUUID(), seatId, reason: 'left', receipt: null }),
      ),
    );
    expect(told.filter(Boolean)).toHaveLength(1);
    expect(await actions(stage.world.acme)).toEqual(['console.open', 'console.close']);
  });
});

describe('hubs', () => {
  it('keep their lease while renewed, and say when it is lost', async () => {
    const { hubId } = await stage.open();
    expect(await renewHubs(client(), RELAY, [hubId, randomUUID()])).toEqual(new Set([hubId]));
    expect(await renewHubs(client(), 'r2', [hubId])).toEqual(new Set());
  });

  it.each([
    ['the machine is gone', 'UPDATE vm SET gone_at = now()'],
    ['the organisation is suspended', 'UPDATE tenant SET suspended_at = now()'],
    ['the pool was removed', 'UPDATE pool SET removed_at = now()'],
    ['the pool was paused', "UPDATE pool SET state = 'paused'"],
    [
      'the organisation keeps no text',
      'INSERT INTO tenant_policy (tenant_id, text_kept_ms) SELECT id, 0 FROM tenant',
    ],
    ['the organisation is locked', 'INSERT INTO emergency_lock (tenant_id) SELECT id FROM tenant'],
    ['the machine is locked', 'INSERT INTO emergency_lock (tenant_id, vm_id) SELECT tenant_id, id FROM vm'],
  ])('keeps a console where nobody sits until %s', async (_what, change) => {
    const { hubId, seatId } = await stage.open();
    await closeSeat(client(), { eventId: randomUUID(), seatId, reason: 'left', receipt: null });
    expect(await renewHubs(client(), RELAY, [hubId])).toEqual(new Set([hubId]));
    await sql(change);
    expect(await renewHubs(client(), RELAY, [hubId])).toEqual(new Set());
  });

  it('end only without seats', async () => {
    const { hubId, seatId } = await stage.open();
    expect(await endHub(client(), hubId)).toBe(false);
    await closeSeat(client(), { eventId: randomUUID(), seatId, reason: 'left', receipt: null });
    expect(await endHub(client(), hubId)).toBe(true);
    expect(await endHub(client(), hubId)).toBe(false);
  });

  it('do not end under somebody who is being admitted', async () => {
    const { hubId, seatId } = await stage.open();
    await closeSeat(client(), { eventId: randomUUID(), seatId, reason: 'left', receipt: null });
    const { ticket, ticketId } = await stage.issue();
    let ending: Promise<boolean> = Promise.resolve(true);
    await inTransaction(client(), async (one) => {
      await redeemTicket(one, { ticket, relayId: RELAY, binder: stage.binder });
      await admitSeat(one, { ticketId, relayId: RELAY, rights: ['look'], ip: null, userAgent: null });
      ending = endHub(client(), hubId);
      // Until it waits for the row that the admission holds.
      await expect
        .poll(async () => (await sql('SELECT FROM pg_locks WHERE NOT granted')).rowCount)
        .toBeGreaterThan(0);
    });
    expect(await ending).toBe(false);
    expect(await renewHubs(client(), RELAY, [hubId])).toEqual(new Set([hubId]));
  });

  it('record whose hands the keyboard came into, with names that the database knows', async () => {
    const mira = await stage.open();
    const ada = await stage.open({ personId: stage.world.ada });
    const data = { fromSeatId: mira.seatId, toSeatId: ada.seatId, why: 'manager', reason: 'r'.repeat(300) };
    const event = { eventId: randomUUID(), hubId: mira.hubId, action: 'keyboard.taken', data } as const;
    await hubEvent(client(), event);
    await hubEvent(client(), event);
    const nobody = { ...data, toSeatId: null, reason: '' };
    await hubEvent(client(), {
      ...event,
      eventId: randomUUID(),
      action: 'keyboard.released',
      data: { ...nobody, name: 'forged' },
    });
    await hubEvent(client(), {
      ...event,
      eventId: randomUUID(),
      action: 'keyboard.moved',
      data: { times: 7 },
    });
    const told = (await stage.events(stage.world.acme)).filter(({ action }) =>
      String(action).startsWith('keyboard.'),
    );
    const hub = { hubId: mira.hubId, kind: 'screen', relay: RELAY };
    const from = { seatId: mira.seatId, id: stage.world.mira, name: 'mira' };
    const to = { seatId: ada.seatId, id: stage.world.ada, name: 'ada' };
    expect(told).toMatchObject([
      {
        action: 'keyboard.taken',
        actor: { personId: stage.world.ada, name: 'ada', kind: 'person' },
        target: { kind: 'vm', name: 'web' },
      },
      { action: 'keyboard.released', actor: { personId: stage.world.mira } },
      { action: 'keyboard.moved', actor: { kind: 'system' } },
    ]);
    expect(told.map((one) => one.data)).toEqual([
      { ...hub, from, to, why: 'manager', reason: 'r'.repeat(200) },
      { ...hub, from, to: null, why: 'manager' },
      { ...hub, times: 7 },
    ]);
  });

  it('record nothing of a keyboard for seats that are not theirs', async () => {
    const { hubId } = await stage.open();
    const other = await stage.open({ kind: 'text' });
    const data = { fromSeatId: other.seatId, toSeatId: other.seatId, why: 'free', reason: '' };
    const event = { eventId: randomUUID(), hubId, action: 'keyboard.taken', data } as const;
    await expect(hubEvent(client(), event)).rejects.toMatchObject({ code: 'db/invalid' });
  });

  it('record their tunnel once for each event', async () => {
    const { hubId } = await stage.open();
    const event = { eventId: randomUUID(), hubId, action: 'tunnel.up', data: { ms: 12 } } as const;
    await hubEvent(client(), event);
    await hubEvent(client(), event);
    await hubEvent(client(), { ...event, eventId: randomUUID(), action: 'tunnel.down' });
    expect(await actions(stage.world.acme)).toEqual(['console.open', 'tunnel.up', 'tunnel.down']);
  });
});

describe('reaping', () => {
  it('closes what relays left that stopped beating, once', async () => {
    await stage.open();
    await beatRelay(client(), { relayId: RELAY, draining: false, seats: 1 });
    expect(await reapSeats(client())).toBe(0);
    await sql("UPDATE relay SET beat_at = now() - interval '31 s'");
    const reaped = await Promise.all([reapSeats(client()), reapSeats(client()), reapSeats(client())]);
    expect(reaped.reduce((sum, one) => sum + one, 0)).toBe(1);
    const closed = (await stage.events(stage.world.acme)).at(-1);
    expect(closed).toMatchObject({ action: 'console.close', data: { reason: 'relay-lost' } });
  });

  it('closes what a relay left in an earlier life when it starts anew', async () => {
    await stage.open();
    await beatRelay(client(), { relayId: RELAY, draining: false, seats: 0 });
    expect(await reapSeats(client(), RELAY)).toBe(1);
  });
});

describe('standing', () => {
  it('changes when something is withdrawn, and not when nothing is', async () => {
    await stage.open();
    const before = await seatStanding(client(), RELAY);
    await sql('UPDATE vm SET memory_bytes = 5, seen_at = now()');
    expect(await seatStanding(client(), RELAY)).toEqual(before);
    await stage.portal.withTenant(stage.world.acme, (tx) =>
      tx.accessGrant.updateMany({ where: { id: stage.world.grant }, data: { endedAt: new Date() } }),
    );
    const after = await seatStanding(client(), RELAY);
    expect(BigInt(after[0]?.tenantEpoch ?? 0)).toBe(BigInt(before[0]?.tenantEpoch ?? 0) + 1n);
  });

  it('says when the login session ran out, which bumps no epoch', async () => {
    await stage.open();
    await sql("UPDATE login_session SET last_input_at = now() - interval '61 minutes'");
    expect(await seatStanding(client(), RELAY)).toMatchObject([{ sessionAlive: false }]);
  });

  it('loses a seat that somebody else ended', async () => {
    const { seatId } = await stage.open();
    await closeSeat(client(), { eventId: randomUUID(), seatId, reason: 'left', receipt: null });
    expect(await seatStanding(client(), RELAY)).toEqual([]);
    expect(await seatsFacts(client(), [seatId])).toEqual(new Map());
  });
});

describe('a live seat', () => {
  it('has its facts and its target anew', async () => {
    const { seatId } = await stage.open();
    await sql("UPDATE vm SET power_state = 'Halted' WHERE id = $1", [stage.world.web]);
    expect(await factsOf(seatId)).toMatchObject({
      facts: { role: 'member' },
      vm: { id: stage.world.web, tags: ['prod'] },
      poolPaused: false,
      loginRanOut: false,
      grantEnded: null,
      closeAsked: null,
    });
    expect(await consoleTarget(client(), seatId)).toMatchObject({ vm: { powerState: 'Halted' } });
  });

  it.each([
    ['its pool was removed', 'UPDATE pool SET removed_at = now()'],
    ['the pool lists it no longer', 'UPDATE vm SET gone_at = now()'],
  ])('has no machine any more where %s', async (_what, change) => {
    const { seatId } = await stage.open();
    await sql(change);
    expect(await factsOf(seatId)).toMatchObject({ vm: null, facts: { role: 'member' } });
  });

  it('has no machine any more where that is another organisation’s', async () => {
    const { seatId } = await stage.open();
    await sql('DELETE FROM access_grant');
    await sql('DELETE FROM console_ticket');
    await sql('UPDATE vm SET tenant_id = $2 WHERE id = $1', [stage.world.web, stage.world.globex]);
    expect(await factsOf(seatId)).toMatchObject({ vm: null });
  });

  it('tells a login that ran out from one that was ended', async () => {
    const { seatId } = await stage.open();
    await sql("UPDATE login_session SET expires_at = now() - interval '1 s'");
    expect(await factsOf(seatId)).toMatchObject({ facts: { sessionAlive: false }, loginRanOut: true });
    await sql('DELETE FROM login_session');
    expect(await factsOf(seatId)).toMatchObject({ facts: { sessionAlive: false }, loginRanOut: false });
  });

  it('knows who ended the grant, and what ended by its date', async () => {
    const { seatId } = await stage.open();
    const { acme, ada, mira, grant } = stage.world;
    await sql('UPDATE access_grant SET ended_at = now(), ended_by = $2 WHERE id = $1', [grant, ada]);
    expect((await factsOf(seatId))?.grantEnded).toEqual({ at: expect.any(Date), by: 'ada', planned: false });
    const team = randomUUID();
    await sql("INSERT INTO team (tenant_id, id, name) VALUES ($1, $2, 'On-call')", [acme, team]);
    await sql('INSERT INTO team_member (tenant_id, team_id, person_id) VALUES ($1, $2, $3)', [
      acme,
      team,
      mira,
    ]);
    await sql(
      `INSERT INTO access_grant (tenant_id, team_id, tag, role, ends_at)
       VALUES ($1, $2, 'prod', 'viewer', clock_timestamp())`,
      [acme, team],
    );
    expect((await factsOf(seatId))?.grantEnded).toEqual({ at: expect.any(Date), by: null, planned: true });
  });

  it('knows nothing of grants that ended before it, or of other machines', async () => {
    await sql("UPDATE access_grant SET ended_at = now() - interval '1 minute'");
    const { seatId } = await stage.open();
    await sql(
      `INSERT INTO access_grant (tenant_id, person_id, tag, role, ended_at) VALUES ($1, $2, 'elsewhere', 'viewer', now())`,
      [stage.world.acme, stage.world.mira],
    );
    expect((await factsOf(seatId))?.grantEnded).toBeNull();
  });

  it('of the provider’s support stands on its grant, and knows who ended that', async () => {
    const { acme, ada, olga, northgate } = stage.world;
    await sql(
      `INSERT INTO support_grant (tenant_id, provider_id, person_id, person_name, reason, rights, length_ms, created_at,
         expires_at, given_at, given_by, given_name, ends_at, entered_at)
       VALUES ($1, $2, $3, 'olga', 'ticket 4711', '{look}', 60000, now(), now() + interval '1 hour', now(), $4, 'ada',
         now() + interval '1 minute', now())`,
      [acme, northgate, olga, ada],
    );
    const { seatId } = await stage.open({ personId: olga });
    expect(await factsOf(seatId)).toMatchObject({
      facts: { role: null, support: { rights: ['look'] } },
      grantEnded: null,
    });
    const [before] = await seatStanding(client(), RELAY);
    await sql("UPDATE support_grant SET ended_at = clock_timestamp(), ended_by = $1, ended_name = 'ada'", [
      ada,
    ]);
    const [after] = await seatStanding(client(), RELAY);
    expect(after?.tenantEpoch).not.toBe(before?.tenantEpoch);
    expect(await factsOf(seatId)).toMatchObject({
      facts: { role: null, support: null },
      grantEnded: { by: 'ada', planned: false },
    });
    await sql(
      `UPDATE support_grant SET ended_at = NULL, ended_by = NULL, ended_name = NULL, ends_at = clock_timestamp()`,
    );
    expect(await factsOf(seatId)).toMatchObject({ grantEnded: { by: null, planned: true } });
  });

  it('is asked to end once, in its own organisation alone', async () => {
    const { seatId } = await stage.open();
    const { acme, globex, ada } = stage.world;
    const ask = (tenantId: string, reason: string) =>
      stage.portal.withTenant(tenantId, (tx) =>
        askSeatClose(tx, { tenantId, seatId, personId: ada, personName: 'ada', reason, at: new Date() }),
      );
    expect(await ask(globex, 'theirs')).toBe(false);
    expect(await seatStanding(client(), RELAY)).toMatchObject([{ closeAsked: false }]);
    expect(await ask(acme, 'patching')).toBe(true);
    expect(await ask(acme, 'again')).toBe(false);
    expect(await seatStanding(client(), RELAY)).toMatchObject([{ closeAsked: true }]);
    expect((await factsOf(seatId))?.closeAsked).toEqual({
      at: expect.any(Date),
      by: 'ada',
      reason: 'patching',
    });
    await closeSeat(client(), { eventId: randomUUID(), seatId, reason: 'left', receipt: null });
    await sql(
      'UPDATE console_seat SET close_asked_at = NULL, close_asked_by = NULL, close_asked_name = NULL, close_asked_reason = NULL',
    );
    expect(await ask(acme, 'too late')).toBe(false);
  });

  it('shows others the rights it has now', async () => {
    const { seatId } = await stage.open();
    await noteSeatRights(client(), seatId, ['look']);
    expect((await sql('SELECT rights FROM console_seat')).rows).toEqual([{ rights: ['look'] }]);
  });

  it('counts typing as use of the login session, at most once a minute, and never revives one', async () => {
    const { seatId } = await stage.open();
    const session = stage.world.sessions[stage.world.mira];
    const age = async () => {
      const { rows } = await sql(
        'SELECT extract(epoch FROM clock_timestamp() - last_input_at)::int AS age FROM login_session WHERE id = $1',
        [session],
      );
      return rows[0]?.age;
    };
    await sql("UPDATE login_session SET last_input_at = now() - interval '30 s'");
    await noteSeatInput(client(), seatId);
    expect(await age()).toBeGreaterThanOrEqual(30);
    await sql("UPDATE login_session SET last_input_at = now() - interval '10 minutes'");
    await noteSeatInput(client(), seatId);
    expect(await age()).toBeLessThan(5);
    await sql("UPDATE login_session SET last_input_at = now() - interval '61 minutes'");
    await noteSeatInput(client(), seatId);
    expect(await age()).toBeGreaterThan(3600);
  });
});

describe('the whole of an opening', () => {
  it('leaves neither seat nor use behind when it is undone', async () => {
    const { ticket, ticketId } = await stage.issue();
    const undone = inTransaction(client(), async (one) => {
      await redeemTicket(one, { ticket, relayId: RELAY, binder: stage.binder });
      await admitSeat(one, { ticketId, relayId: RELAY, rights: ['look'], ip: null, userAgent: null });
      throw new Error('no commit');
    });
    await expect(undone).rejects.toThrow('no commit');
    expect((await sql('SELECT count(*)::int AS seats FROM console_seat')).rows).toEqual([{ seats: 0 }]);
    expect(await actions(stage.world.acme)).toEqual([]);
  });
});
