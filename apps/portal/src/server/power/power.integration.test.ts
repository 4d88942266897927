import { randomUUID } from 'node:crypto';
import type { PowerAct } from '@porthole/rbac';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  addGrant,
  addPoolRow,
  addVm,
  createFixture,
  eventsOf,
  type Fixture,
  type Name,
} from '../testing/portal-fixture.ts';
import { cancelPower } from './cancel-power.ts';
import { listOperations } from './list-operations.ts';
import {
  MAX_MACHINES_AT_ONCE,
  POWER_REQUESTS_PER_MINUTE,
  requestPower,
  requestPowerInput,
} from './request-power.ts';

let fixture: Fixture;
let poolId: string;
let web: string;

beforeAll(async () => {
  fixture = await createFixture();
  poolId = await addPoolRow(fixture);
});
beforeEach(async () => {
  await fixture.sql('DELETE FROM power_operation');
  await fixture.sql('DELETE FROM rate_counter');
  web = await addVm(fixture, { name: 'web-01', poolId });
});
afterAll(() => fixture.end());

const request = async (by: Name, vmIds: string[], act: PowerAct) =>
  requestPower(fixture.deps, await fixture.actor(by), { org: 'acme', vmIds, act });
const cancel = async (by: Name, operationId: string) =>
  cancelPower(fixture.deps, await fixture.actor(by), { org: 'acme', operationId });
const list = async (by: Name, vmId?: string) =>
  listOperations(fixture.deps, await fixture.actor(by), { org: 'acme', vmId });
const open = async (vmId: string) =>
  fixture.sql('SELECT id, act, step FROM power_operation WHERE vm_id = $1 AND finished_at IS NULL', [vmId]);
const idOf = ([answer]: { operationId: string | null }[]) => answer?.operationId ?? '';

describe('asking for a power operation', () => {
  it('writes one row and one event, in the name of who asked', async () => {
    const answers = await request('jon', [web], 'clean_shutdown');
    expect(answers).toEqual([
      {
        vmId: web,
        vmName: 'web-01',
        operationId: expect.any(String),
        refusal: null,
        powerState: 'Running',
      },
    ]);
    expect(await list('jon', web)).toMatchObject([
      { id: idOf(answers), act: 'clean_shutdown', step: 'waiting', personName: 'jon', progress: 0 },
    ]);
    expect((await eventsOf(fixture, 'acme')).at(-1)).toMatchObject({
      action: 'power.requested',
      data: { operationId: idOf(answers), act: 'clean_shutdown' },
    });
  });

  it('twice at once makes one operation, which both get', async () => {
    const [first, second] = await Promise.all([
      request('jon', [web], 'clean_reboot'),
      request('jon', [web], 'clean_reboot'),
    ]);
    expect(idOf(first)).toBe(idOf(second));
    expect(idOf(first)).not.toBe('');
    expect(await open(web)).toHaveLength(1);
    const asked = (await eventsOf(fixture, 'acme')).filter(
      ({ action, data }) => action === 'power.requested' && JSON.stringify(data).includes(idOf(first)),
    );
    expect(asked).toHaveLength(1);
  });

  it('waits for nothing else to end, but may be forced while it hangs', async () => {
    await request('jon', [web], 'clean_shutdown');
    expect(await request('jon', [web], 'suspend')).toMatchObject([{ operationId: null, refusal: 'busy' }]);
    expect(await request('jon', [web], 'hard_shutdown')).toMatchObject([{ refusal: null }]);
    expect(await open(web)).toHaveLength(2);
  });

  it('is refused in a state from which it leads nowhere', async () => {
    expect(await request('jon', [web], 'start')).toMatchObject([
      { operationId: null, refusal: 'state', powerState: 'Running' },
    ]);
    expect(await open(web)).toEqual([]);
  });

  it('takes the right to it: an operator may not force, a viewer may do nothing', async () => {
    await addGrant(fixture, { to: 'mira', vmId: web, role: 'operator' });
    await addGrant(fixture, { to: 'tom', vmId: web, role: 'viewer' });
    await expect(request('mira', [web], 'hard_shutdown')).rejects.toMatchObject({ code: 'rbac/forbidden' });
    await expect(request('tom', [web], 'clean_shutdown')).rejects.toMatchObject({ code: 'rbac/forbidden' });
    await expect(request('ana', [web], 'clean_shutdown')).rejects.toMatchObject({ code: 'rbac/forbidden' });
    expect(await open(web)).toEqual([]);
    expect(await request('mira', [web], 'clean_shutdown')).toMatchObject([{ refusal: null }]);
  });

  it('of many does what can be done, and says of each other one why not', async () => {
    const off = await addVm(fixture, { name: 'off', poolId, powerState: 'Halted' });
    const mine = await addVm(fixture, { name: 'mine', poolId, powerState: 'Halted' });
    await addGrant(fixture, { to: 'mira', vmId: mine, role: 'operator' });
    await addGrant(fixture, { to: 'mira', vmId: off, role: 'viewer' });
    await addGrant(fixture, { to: 'mira', vmId: web, role: 'operator' });
    expect(await request('mira', [web, mine, off], 'start')).toMatchObject([
      { vmName: 'mine', refusal: null },
      { vmName: 'off', refusal: 'no-right' },
      { vmName: 'web-01', refusal: 'state' },
    ]);
  });

  it('never works on a host itself', async () => {
    const dom0 = await addVm(fixture, { name: 'Control domain', poolId, isControlDomain: true });
    expect(await request('jon', [dom0], 'hard_reboot')).toMatchObject([{ refusal: 'host-itself' }]);
  });

  it('does nothing at all where one of the machines is not there', async () => {
    const foreign = await addVm(fixture, { name: 'theirs', poolId, holder: 'globex' });
    await expect(request('jon', [web, foreign], 'clean_shutdown')).rejects.toMatchObject({
      code: 'vm/not-found',
    });
    expect(await open(web)).toEqual([]);
    expect(await open(foreign)).toEqual([]);
  });

  it('names so many machines at most', () => {
    const ids = (count: number) => Array.from({ length: count }, () => randomUUID());
    const parse = (count: number) =>
      requestPowerInput.safeParse({ org: 'acme', vmIds: ids(count), act: 'start' }).success;
    expect([parse(0), parse(1), parse(MAX_MACHINES_AT_ONCE), parse(MAX_MACHINES_AT_ONCE + 1)]).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('is bounded for each person', async () => {
    for (let n = 0; n < POWER_REQUESTS_PER_MINUTE; n += 1) await request('jon', [web], 'start');
    await expect(request('jon', [web], 'start')).rejects.toMatchObject({ code: 'rate/limited' });
  });
});

describe('calling one off', () => {
  it('is asked for once, by whoever may do it, and stands in the log', async () => {
    const id = idOf(await request('jon', [web], 'clean_shutdown'));
    expect(await cancel('jon', id)).toEqual({ asked: true });
    expect(await cancel('jon', id)).toEqual({ asked: true });
    expect(await list('jon', web)).toMatchObject([{ cancelAsked: true }]);
    const asked = (await eventsOf(fixture, 'acme')).filter(({ action }) => action === 'power.cancel-asked');
    expect(asked).toHaveLength(1);
  });

  it('changes nothing of one that is over, and is nobody else’s', async () => {
    const id = idOf(await request('jon', [web], 'clean_shutdown'));
    await addGrant(fixture, { to: 'tom', vmId: web, role: 'viewer' });
    await expect(cancel('tom', id)).rejects.toMatchObject({ code: 'rbac/forbidden' });
    await expect(cancel('mira', id)).rejects.toMatchObject({ code: 'operation/not-found' });
    await fixture.sql("UPDATE power_operation SET step = 'done', finished_at = now() WHERE id = $1", [id]);
    expect(await cancel('jon', id)).toEqual({ asked: false });
  });
});

describe('what is under way', () => {
  it('is told of the machines that one sees', async () => {
    await request('jon', [web], 'clean_shutdown');
    expect((await list('jon')).map(({ vmName }) => vmName)).toContain('web-01');
    expect((await list('ana')).length).toBeGreaterThan(0);
    expect(await list('mira')).toEqual([]);
    await expect(list('mira', web)).rejects.toMatchObject({ code: 'vm/not-found' });
  });
});
