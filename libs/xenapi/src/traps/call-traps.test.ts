import { connectPinned } from '@porthole/egress';
import { type FakePool, startFakePool } from '@porthole/fake-xenserver';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EventFollower, type EventStep } from '../events/follow-events.ts';
import { getAllRecords } from '../get-all-records.ts';
import { XenPool, type XenPoolDeps } from '../pool/xen-pool.ts';
import { classOfEvent, recordSchemas, vmGuestMetricsRecord, vmMetricsRecord, vmRecord } from '../records.ts';
import { XenTask } from '../tasks/xen-task.ts';
import { ACCOUNT, clientOf, policyFor, targetOf } from '../testing/test-pool.ts';
import { parseXenDate, parseXenInt } from '../values.ts';
import { watchEvents, type XenEvent } from '../watch-events.ts';
import { XenSession } from '../xen-session.ts';
import type { CallOptions } from '../xenapi-client.ts';
import { HostIsSlaveError } from '../xenapi-error.ts';

// The traps of xenapi.md §10 that lie in calls, events and records.

let pool: FakePool;
const opened: XenPool[] = [];

beforeAll(async () => {
  pool = await startFakePool({
    name: '',
    account: ACCOUNT,
    operationMs: 1,
    vms: [
      { name: 'web', os: 'Debian 12\u202e\u0000<b>', addresses: ['10.0.0.7'] },
      { name: 'web' },
      { name: 'golden', template: true },
      { name: 'web before', snapshot: true },
    ],
  });
});
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
  pool.nameCoordinator(null);
});
afterAll(() => pool.stop());

function poolOf(more: Partial<XenPoolDeps> = {}): XenPool {
  const client = new XenPool({
    policy: policyFor(pool),
    userAgent: 'porthole-test/1',
    members: () => [targetOf(pool, 0)],
    credentials: () => ACCOUNT,
    ...more,
  });
  opened.push(client);
  return client;
}

async function eventsOf(steps: AsyncGenerator<EventStep, never>, ref: string): Promise<XenEvent[]> {
  for (;;) {
    const { value } = await steps.next();
    const found = value.kind === 'changes' ? value.events.filter((event) => event.ref === ref) : [];
    if (found.length > 0) return found;
  }
}

describe('sessions', () => {
  it('trap 16: every sign-in names its originator, so that no other tool’s sessions evict ours', async () => {
    const client = poolOf();
    const { ref } = await client.session();
    const leaky = clientOf(pool);
    for (let at = 0; at < 401; at += 1)
      await leaky.call('session.login_with_password', [ACCOUNT.username, ACCOUNT.password]);
    leaky.close();
    await expect(client.call('pool.get_all')).resolves.toHaveLength(1);
    expect(client.kept?.ref).toBe(ref);
    expect(pool.stats().logins).toBeGreaterThan(401);
    pool.evictSessions();
  });

  it('trap 28: HOST_IS_SLAVE is followed to members with a pin, and nowhere else', async () => {
    const dialled: string[] = [];
    const connect: typeof connectPinned = (policy, target) => {
      dialled.push(target.host);
      return connectPinned(policy, target);
    };
    pool.nameCoordinator('127.0.0.66');
    const astray = poolOf({ connect, members: () => [targetOf(pool, 1)] });
    await expect(astray.session()).rejects.toBeInstanceOf(HostIsSlaveError);
    expect(dialled).toEqual(['127.0.0.1']);
    pool.nameCoordinator(null);
    const client = poolOf({ connect, members: () => [targetOf(pool, 1), targetOf(pool, 0)] });
    await expect(client.call('pool.get_all')).resolves.toHaveLength(1);
  });
});

describe('events', () => {
  it('trap 14: a reboot is seen although the power state never leaves Running', async () => {
    const client = poolOf();
    const stop = new AbortController();
    const follower = new EventFollower(client, {
      classes: ['VM'],
      signal: stop.signal,
      pauseMs: 0,
      timeoutS: 5.1,
    });
    const steps = follower.steps();
    const { value: first } = await steps.next();
    const { ref } = pool.vm('web');
    const before = vmRecord.parse(await first.session.call('VM.get_record', [ref]));
    pool.reboot('web');
    const [event] = await eventsOf(steps, ref);
    const after = vmRecord.parse(event?.snapshot);
    expect([before.power_state, after.power_state]).toEqual(['Running', 'Running']);
    expect(after.domid).not.toBe(before.domid);
    expect(after.consoles).not.toEqual(before.consoles);
    stop.abort();
  });

  it('trap 17: event.from has more than its 60 seconds, on a connection of its own', async () => {
    const asked: CallOptions[] = [];
    await watchEvents(
      {
        call: async (_method, _params, options = {}) => {
          asked.push(options);
          return { token: 'a', events: [], valid_ref_counts: {} };
        },
      },
      { classes: ['VM'], token: '' },
    );
    expect(asked).toMatchObject([{ lane: 'events' }]);
    expect(asked[0]?.timeoutMs).toBeGreaterThan(60_100);

    const client = clientOf(pool);
    const session = await XenSession.login(client, ACCOUNT);
    const { token } = await watchEvents(session, { classes: ['pool'], token: '', timeoutS: 0.1 });
    const waiting = watchEvents(session, { classes: ['pool'], token, timeoutS: 20.1 }).catch(() => null);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = client.opened;
    await session.call('pool.get_all');
    expect(client.opened).toBe(before + 1);
    client.close();
    await waiting;
  });

  it('trap 18: the class of an event is in lower case, the method’s is not', async () => {
    const { events } = await watchEvents(await poolOf().session(), {
      classes: ['VM', 'VM_guest_metrics', 'Certificate'],
      token: '',
      timeoutS: 0.1,
    });
    expect(new Set(events.map((event) => event.class))).toEqual(
      new Set(['VM', 'VM_guest_metrics', 'Certificate']),
    );
    expect(Object.keys(recordSchemas).map((name) => classOfEvent(name.toLowerCase()))).toEqual(
      Object.keys(recordSchemas),
    );
    expect(classOfEvent('vm_that_nobody_knows')).toBeNull();
  });
});

describe('operations', () => {
  it('trap 19: what allowed_operations leaves out may be called; the call decides', async () => {
    const client = poolOf();
    // The second of the name has no guest agent.
    const machines = await getAllRecords(client, 'VM', vmRecord);
    const bare = [...machines].find(([, vm]) => vm.name_label === 'web' && vm.guest_metrics === null);
    expect(bare?.[1].allowed_operations).not.toContain('clean_reboot');
    const task = await XenTask.start(client, 'VM.clean_reboot', [bare?.[0] ?? '']);
    expect(await task.outcome({ wait: () => Promise.resolve() })).toMatchObject({ kind: 'success' });
  });

  it('trap 21: a task’s result is XML even over JSON, and is read', async () => {
    const client = poolOf();
    const task = await XenTask.start(client, 'VM.snapshot', [pool.vm('web').ref, 'trap 21']);
    const outcome = await task.outcome({ wait: () => Promise.resolve() });
    expect(outcome).toEqual({ kind: 'success', result: expect.stringMatching(/^OpaqueRef:[0-9a-f-]+$/) });
    expect(client.kept?.client.target).toBeDefined();
    const raw = await client.call('task.get_record', [task.ref]);
    expect(raw).toMatchObject({ result: expect.stringMatching(/^<value>/) });
  });
});

describe('records', () => {
  it('trap 20: ints that are strings, and dates without hyphens, on every wire', async () => {
    const old = await startFakePool({
      name: 'old',
      account: ACCOUNT,
      hosts: 1,
      wire: 'xml-rpc',
      vms: [{ name: 'a' }],
    });
    for (const [host, wire] of [[old, 'xml-rpc'] as const, [pool, 'json-rpc-2.0'] as const]) {
      const client = clientOf(host);
      const session = await XenSession.login(client, ACCOUNT);
      expect(client.dialect).toBe(wire);
      const [metrics] = [...(await getAllRecords(session, 'VM_metrics', vmMetricsRecord)).values()];
      expect(metrics?.memory_actual).toBe(4 * 1024 ** 3);
      expect(metrics?.start_time?.getTime()).toBeGreaterThan(Date.UTC(2024, 0));
      client.close();
    }
    await old.stop();
    expect([parseXenInt('17179869184'), parseXenInt(5), parseXenInt('five')]).toEqual([
      17_179_869_184,
      5,
      null,
    ]);
    expect(Date.parse('20240420T12:00:00Z')).toBeNaN();
    expect(parseXenDate('20240420T12:00:00Z')).toEqual(new Date('2024-04-20T12:00:00Z'));
    expect(parseXenDate('20240420T12:00:00')).toEqual(new Date('2024-04-20T12:00:00Z'));
  });

  it('trap 30: a pool may have no name, machines share one, templates and snapshots are VMs', async () => {
    const session = await poolOf().session();
    const pools = await getAllRecords(session, 'pool', recordSchemas.pool);
    expect([...pools.values()].map((one) => one.name_label)).toEqual(['']);
    const machines = [...(await getAllRecords(session, 'VM', vmRecord)).values()];
    expect(machines.filter((vm) => vm.name_label === 'web')).toHaveLength(2);
    const real = machines.filter((vm) => !vm.is_a_template && !vm.is_a_snapshot && !vm.is_control_domain);
    expect(real.map((vm) => vm.name_label).sort()).toEqual(['web', 'web']);
  });

  it('trap 31: what a guest says of itself arrives as text of whatever kind, and breaks nothing', async () => {
    const metrics = await getAllRecords(await poolOf().session(), 'VM_guest_metrics', vmGuestMetricsRecord);
    expect([...metrics.values()].map((one) => one.os_version.name)).toContain('Debian 12\u202e\u0000<b>');
    const odd = vmGuestMetricsRecord.parse({
      uuid: '3f1b2c4d-1111-2222-3333-444455556666',
      os_version: 'not a map',
      networks: { '0/ip': 7, '0/ipv4/0': '10.0.0.7' },
      other: null,
    });
    expect([odd.os_version, odd.networks, odd.other]).toEqual([
      Object.create(null),
      Object.assign(Object.create(null), { '0/ipv4/0': '10.0.0.7' }),
      Object.create(null),
    ]);
  });
});
