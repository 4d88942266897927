import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  addGrant,
  addPoolRow,
  addSeat,
  addVm,
  createFixture,
  eventsOf,
  type Fixture,
  type Name,
} from '../testing/portal-fixture.ts';
import { closeSeat } from './close-seat.ts';
import { listSeats } from './list-seats.ts';

let fixture: Fixture;
let poolId: string;
let web: string;

beforeAll(async () => {
  fixture = await createFixture();
  poolId = await addPoolRow(fixture);
});
beforeEach(async () => {
  await fixture.sql(
    "UPDATE console_seat SET closed_at = now(), close_reason = 'left' WHERE closed_at IS NULL",
  );
  web = await addVm(fixture, { name: 'web-01', poolId });
});
afterAll(() => fixture.end());

const list = async (by: Name) => listSeats(fixture.deps, await fixture.actor(by));
const close = async (by: Name, seatId: string, reason = '') =>
  closeSeat(fixture.deps, await fixture.actor(by), { org: 'acme', seatId, reason });
const asked = async (seatId: string) =>
  (
    await fixture.sql(
      'SELECT close_asked_name AS by, close_asked_reason AS reason FROM console_seat WHERE id = $1',
      [seatId],
    )
  )[0];
const miraAtWeb = () => addSeat(fixture, { tenant: 'acme', person: 'mira', vmId: web });

describe('the consoles that are open', () => {
  it('are listed with who is there, where, since when and what they may', async () => {
    const seatId = await miraAtWeb();
    await addSeat(fixture, { tenant: 'acme', person: 'jon', vmId: web, rights: ['look'] });
    expect(await list('jon')).toEqual([
      {
        id: seatId,
        person: { id: fixture.people.mira, name: 'mira', you: false, isGuest: false, isSupport: false },
        machine: { id: web, name: 'web-01', isHere: true },
        kind: 'screen',
        since: expect.any(Date),
        mayType: true,
        closing: false,
        mayClose: true,
      },
      expect.objectContaining({
        person: { id: fixture.people.jon, name: 'jon', you: true, isGuest: false, isSupport: false },
        mayType: false,
      }),
    ]);
  });

  it('are an auditor’s to read, who may close none', async () => {
    await miraAtWeb();
    expect(await list('ana')).toMatchObject([{ person: { name: 'mira' }, mayClose: false }]);
  });

  it('are refused to a member, a manager of one machine included', async () => {
    await addGrant(fixture, { to: 'tom', vmId: web, role: 'manager' });
    await expect(list('tom')).rejects.toMatchObject({ code: 'rbac/forbidden' });
  });

  it('are those of the organisation alone', async () => {
    await miraAtWeb();
    expect(await listSeats(fixture.deps, await fixture.actor('gus'))).toEqual([]);
  });

  it('say which of them is about to close, and lose it then', async () => {
    const seatId = await miraAtWeb();
    await close('jon', seatId);
    expect(await list('jon')).toMatchObject([{ id: seatId, closing: true }]);
    await fixture.sql("UPDATE console_seat SET closed_at = now(), close_reason = 'left' WHERE id = $1", [
      seatId,
    ]);
    expect(await list('jon')).toEqual([]);
  });
});

describe('closing somebody’s console', () => {
  it('is asked of the relay, with name and reason, and stands in the log', async () => {
    const seatId = await miraAtWeb();
    expect(await close('jon', seatId, 'patching tonight')).toEqual({ asked: true });
    expect(await asked(seatId)).toEqual({ by: 'jon', reason: 'patching tonight' });
    expect((await eventsOf(fixture, 'acme')).at(-1)).toMatchObject({
      action: 'console.close-asked',
      outcome: 'ok',
      actor: { name: 'jon' },
      target: { kind: 'vm', id: web, name: 'web-01' },
      data: {
        seatId,
        kind: 'screen',
        receiver: { kind: 'person', id: fixture.people.mira, name: 'mira' },
        reason: 'patching tonight',
      },
    });
  });

  it('is a manager’s of the machine, too', async () => {
    await addGrant(fixture, { to: 'tom', vmId: web, role: 'manager' });
    const seatId = await miraAtWeb();
    expect(await close('tom', seatId)).toEqual({ asked: true });
  });

  it('is an admin’s where the machine is locked, or gone', async () => {
    const seatId = await miraAtWeb();
    await fixture.sql('INSERT INTO emergency_lock (tenant_id, vm_id) VALUES ($1, $2)', [
      fixture.tenants.acme,
      web,
    ]);
    await fixture.sql('UPDATE vm SET gone_at = now() WHERE id = $1', [web]);
    expect(await list('jon')).toMatchObject([{ mayClose: true, machine: { isHere: false } }]);
    expect(await close('jon', seatId)).toEqual({ asked: true });
  });

  it('happens once, however many press: the first one’s reason counts', async () => {
    const seatId = await miraAtWeb();
    await close('jon', seatId, 'first');
    expect(await close('jon', seatId, 'second')).toEqual({ asked: true });
    expect(await asked(seatId)).toEqual({ by: 'jon', reason: 'first' });
    const events = (await eventsOf(fixture, 'acme')).filter(
      ({ action, data }) =>
        action === 'console.close-asked' && Reflect.get(Object(data), 'seatId') === seatId,
    );
    expect(events).toHaveLength(1);
  });

  it.each<[string, Name, 'viewer' | 'operator' | null]>([
    ['an auditor', 'ana', null],
    ['who may type there', 'tom', 'operator'],
    ['who may look there', 'tom', 'viewer'],
  ])('is refused to %s', async (_who, by, role) => {
    if (role !== null) await addGrant(fixture, { to: by, vmId: web, role });
    const seatId = await miraAtWeb();
    await expect(close(by, seatId)).rejects.toMatchObject({ code: 'rbac/forbidden' });
    expect(await asked(seatId)).toEqual({ by: null, reason: null });
  });

  it('finds none that is absent, over, foreign or unseen', async () => {
    const seatId = await miraAtWeb();
    const theirs = await addSeat(fixture, {
      tenant: 'globex',
      person: 'gus',
      vmId: await addVm(fixture, { name: 'theirs', poolId, holder: 'globex' }),
    });
    await expect(close('jon', randomUUID())).rejects.toMatchObject({ code: 'seat/not-found' });
    await expect(close('jon', theirs)).rejects.toMatchObject({ code: 'seat/not-found' });
    await expect(close('tom', seatId)).rejects.toMatchObject({ code: 'seat/not-found' });
    await fixture.sql("UPDATE console_seat SET closed_at = now(), close_reason = 'left' WHERE id = $1", [
      seatId,
    ]);
    await expect(close('jon', seatId)).rejects.toMatchObject({ code: 'seat/not-found' });
    expect(await asked(theirs)).toEqual({ by: null, reason: null });
  });
});
