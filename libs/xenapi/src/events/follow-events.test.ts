import { type FakePool, type FakePoolOptions, startFakePool } from '@porthole/fake-xenserver';
import { afterEach, describe, expect, it } from 'vitest';
import { getAllRecords } from '../get-all-records.ts';
import { XenPool } from '../pool/xen-pool.ts';
import { vmRecord, type XenClass } from '../records.ts';
import { ACCOUNT, policyFor, targetOf } from '../testing/test-pool.ts';
import { EventFollower, type EventStep, type FollowOptions } from './follow-events.ts';

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

interface Scene {
  pool: FakePool;
  follower: EventFollower;
  steps: AsyncGenerator<EventStep, never>;
  waits: number[];
  stop: AbortController;
}

async function follow(
  more: Partial<FollowOptions> = {},
  hosts = 2,
  wire: NonNullable<FakePoolOptions['wire']> = 'json-rpc-2.0',
): Promise<Scene> {
  const vms = [{ name: 'web' }, { name: 'db' }];
  const pool = await startFakePool({ name: 'events', account: ACCOUNT, hosts, operationMs: 1, wire, vms });
  ending.push(() => pool.stop());
  const client = new XenPool({
    policy: policyFor(pool),
    userAgent: 'porthole-test/1',
    members: () => pool.hosts.map((_host, index) => targetOf(pool, index)),
    credentials: () => ACCOUNT,
  });
  ending.push(() => client.close());
  const stop = new AbortController();
  ending.push(() => stop.abort());
  const waits: number[] = [];
  const follower = new EventFollower(client, {
    classes: ['VM', 'task'],
    signal: stop.signal,
    timeoutS: 5.1,
    pauseMs: 0,
    wait: async (ms) => void waits.push(ms),
    ...more,
  });
  return { pool, follower, steps: follower.steps(), waits, stop };
}

async function next(scene: Scene): Promise<EventStep> {
  return (await scene.steps.next()).value;
}

/** The first step that is no empty batch. */
async function nextOf(scene: Scene, kind: EventStep['kind']): Promise<EventStep> {
  for (;;) {
    const step = await next(scene);
    if (step.kind === kind && (step.kind === 'resync' || step.events.length > 0)) return step;
  }
}

describe('EventFollower', () => {
  it('begins with a full read, and gives what changes from then on', async () => {
    const scene = await follow();
    const first = await next(scene);
    expect(first).toMatchObject({ kind: 'resync', reason: 'start' });
    // Between the place in the events and the reading: it comes as an event, too.
    scene.pool.vm('web').setPowerState('Paused');
    const step = await nextOf(scene, 'changes');
    if (step.kind !== 'changes') throw new Error('no changes');
    const web = step.events.find((event) => event.ref === scene.pool.vm('web').ref);
    expect(vmRecord.parse(web?.snapshot).power_state).toBe('Paused');
    const known = await getAllRecords(step.session, 'VM', vmRecord);
    expect(known.size).toBe(4);
  });

  it('merges what happened between two polls into one event an object', async () => {
    const scene = await follow();
    await next(scene);
    for (const state of ['Paused', 'Running', 'Suspended', 'Running', 'Halted'])
      scene.pool.vm('db').setPowerState(state);
    const step = await nextOf(scene, 'changes');
    const events = step.kind === 'changes' ? step.events : [];
    const db = events.filter((event) => event.ref === scene.pool.vm('db').ref);
    expect(db.map((event) => vmRecord.parse(event.snapshot).power_state)).toEqual(['Halted']);
  });

  it.each([['EVENTS_LOST', 'events-lost' as const, 'events-lost']])(
    'reads everything again on %s',
    async (_code, fault, reason) => {
      const scene = await follow();
      await next(scene);
      scene.pool.rpcFault({ method: 'event.from', times: 1 }, fault);
      expect(await nextOf(scene, 'resync')).toMatchObject({ reason });
    },
  );

  it('reads everything again when the pool cannot read its token', async () => {
    const scene = await follow();
    await next(scene);
    scene.pool.rpcFault({ method: 'event.from', times: 1 }, 'bad-token');
    expect(await nextOf(scene, 'resync')).toMatchObject({ reason: 'bad-token' });
  });

  it('signs in again and reads everything when the session is gone in the middle of a poll', async () => {
    const scene = await follow();
    const first = await next(scene);
    const second = nextOf(scene, 'resync');
    setTimeout(() => scene.pool.evictSessions(), 30);
    const step = await second;
    expect(step).toMatchObject({ reason: 'session-renewed' });
    expect(step.session.ref).not.toBe(first.session.ref);
    expect(scene.waits).toEqual([]);
  });

  it('goes on at its place when only the line was lost', async () => {
    const scene = await follow();
    const first = await next(scene);
    scene.pool.rpcFault({ method: 'event.from', times: 3 }, 'reset');
    scene.pool.vm('web').setPowerState('Paused');
    const step = await nextOf(scene, 'changes');
    expect(step.session.ref).toBe(first.session.ref);
    expect(scene.pool.stats().logins).toBe(1);
    expect(scene.waits).toEqual([1_000]);
  });

  it('goes on at another coordinator when the first is lost', async () => {
    const scene = await follow();
    await next(scene);
    const second = nextOf(scene, 'resync');
    setTimeout(() => scene.pool.failOver(1), 30);
    const step = await second;
    expect(step).toMatchObject({ reason: 'coordinator-changed' });
    expect(step.session.client.target.port).toBe(scene.pool.hosts[1]?.port);
  });

  it('reads everything again where the pool counts other objects than we do', async () => {
    const known: Partial<Record<XenClass, number>> = { VM: 5 };
    const scene = await follow({ countOf: (cls) => known[cls], timeoutS: 0.1 });
    await next(scene);
    expect(await nextOf(scene, 'resync')).toMatchObject({ reason: 'counts-differ' });
    known.VM = 4;
    scene.pool.vm('web').setPowerState('Paused');
    await nextOf(scene, 'changes');
    expect((await next(scene)).kind).toBe('changes');
  });

  it('does not read without end where reading mends no count', async () => {
    let at = 1_000_000;
    const scene = await follow({ countOf: () => 5, timeoutS: 0.02, resyncPauseMs: 5_000, now: () => at });
    await next(scene);
    expect(await nextOf(scene, 'resync')).toMatchObject({ reason: 'counts-differ' });
    // What happens is followed all the same.
    scene.pool.vm('web').setPowerState('Paused');
    await nextOf(scene, 'changes');
    for (const kind of ['changes', 'changes']) expect((await next(scene)).kind).toBe(kind);
    at += 10_000;
    expect(await nextOf(scene, 'resync')).toMatchObject({ reason: 'counts-differ' });
    at += 10_000;
    expect((await next(scene)).kind).toBe('changes');
  });

  it('keeps a distance between full reads, but not where one is asked for', async () => {
    const scene = await follow({ resyncPauseMs: 5_000, now: () => 1_000_000 });
    await next(scene);
    scene.pool.rpcFault({ method: 'event.from', times: 1 }, 'events-lost');
    await nextOf(scene, 'resync');
    expect(scene.waits).toEqual([5_000]);
    const asked = nextOf(scene, 'resync');
    setTimeout(() => scene.follower.resync(), 30);
    expect(await asked).toMatchObject({ reason: 'asked' });
    expect(scene.waits).toEqual([5_000]);
  });

  it('ends with what the pool refuses for good, and by its signal', async () => {
    const scene = await follow();
    await next(scene);
    scene.pool.rpcFault({ method: 'event.from', times: 1 }, 'too-busy');
    await expect(scene.steps.next()).rejects.toMatchObject({ code: 'xenapi/too-busy' });
    const other = await follow();
    await next(other);
    const waiting = other.steps.next();
    setTimeout(() => other.stop.abort(), 30);
    await expect(waiting).rejects.toMatchObject({ code: 'xenapi/aborted' });
  });

  it('leaves out a class that the host is too old for', async () => {
    const scene = await follow({ classes: ['Certificate', 'VM'] }, 1, 'xml-rpc');
    await next(scene);
    scene.pool.vm('web').setPowerState('Paused');
    const step = await nextOf(scene, 'changes');
    expect(step.kind === 'changes' && step.events.map((event) => event.class)).toContain('VM');
    expect(scene.waits).toEqual([1_000]);
  });

  it('leaves all connections for calls to the calls', async () => {
    const scene = await follow({ timeoutS: 30.1 });
    const { session } = await next(scene);
    const waiting = scene.steps.next().catch(() => null);
    const calls = Array.from({ length: 30 }, () => session.call('pool.get_all'));
    await expect(Promise.all(calls)).resolves.toHaveLength(30);
    scene.stop.abort();
    await waiting;
  });
});
