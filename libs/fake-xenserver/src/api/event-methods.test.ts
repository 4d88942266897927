import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakePool, startFakePool } from '../fake-pool.ts';
import { hostOf, login, RawClient, result, rpc } from '../raw-client.ts';

let pool: FakePool;
let session: string;

beforeAll(async () => {
  pool = await startFakePool({
    name: 'events',
    account: { username: 'root', password: 'secret' },
    vms: [{ name: 'one' }, { name: 'two', powerState: 'Halted' }],
  });
  session = await login(hostOf(pool));
});
afterAll(() => pool.stop());

interface Event {
  id: string;
  timestamp: string;
  class: string;
  operation: string;
  ref: string;
  snapshot?: Record<string, unknown>;
}
interface Batch {
  token: string;
  events: Event[];
  valid_ref_counts: Record<string, number>;
}
const call = (method: string, ...params: unknown[]) => result(hostOf(pool), method, session, ...params);
const from = async (classes: string[], token: string, timeout = 0) =>
  (await call('event.from', classes, token, timeout)) as Batch;
const inject = async () => String(await call('event.inject', 'vm', pool.vm('one').ref));
const errorOf = async (method: string, ...params: unknown[]) => {
  const { error } = await rpc(hostOf(pool), method, session, ...params);
  return error && [error.message, ...error.data];
};

describe('event.from', () => {
  it('begins with every object as add, classes in lower case, full records, and the counts', async () => {
    const batch = await from(['VM', 'host'], '');
    expect(batch.token).toMatch(/^\d{20},\d{20}$/);
    expect(new Set(batch.events.map((event) => event.operation))).toEqual(new Set(['add']));
    expect(new Set(batch.events.map((event) => event.class))).toEqual(new Set(['vm', 'host']));
    expect(batch.events.find((event) => event.ref === pool.vm('one').ref)?.snapshot?.name_label).toBe('one');
    expect(batch.events[0]?.timestamp).toBe('0.0');
    expect(batch.valid_ref_counts).toEqual({ vm: 4, host: 2 });
  });

  it('answers an empty list and a token when nothing happens in time', async () => {
    const token = await inject();
    const batch = await from(['vm'], token, 0.05);
    expect(batch.events).toEqual([]);
    expect(batch.token >= token).toBe(true);
  });

  it('wakes for a change, and merges what happens within 50 ms into one event an object', async () => {
    const token = await inject();
    const waiting = from(['vm'], token, 30);
    await call('VM.add_tags', pool.vm('one').ref, 'a');
    pool.vm('one').setPowerState('Paused');
    pool.vm('one').setPowerState('Running');
    const { events } = await waiting;
    const own = events.filter((event) => event.ref === pool.vm('one').ref);
    expect(own).toHaveLength(1);
    expect(own[0]).toMatchObject({ operation: 'mod', snapshot: { power_state: 'Running', tags: ['a'] } });
  });

  it('tells of consoles that came and went, without a snapshot on del', async () => {
    const before = pool.vm('one').consoles.map((entry) => entry.ref);
    const { token } = await from(['console'], '');
    pool.reboot('one');
    const { events } = await from(['console'], token);
    expect(events.filter((event) => event.operation === 'add').map((event) => event.ref)).toEqual(
      expect.arrayContaining(pool.vm('one').consoles.map((entry) => entry.ref)),
    );
    const gone = events.filter((event) => event.operation === 'del');
    expect(gone.map((event) => event.ref).toSorted()).toEqual(before.toSorted());
    expect(gone.every((event) => !('snapshot' in event))).toBe(true);
  });

  it('never mentions what came and went between two calls', async () => {
    const { token } = await from(['console'], '');
    pool.vm('two').setPowerState('Running');
    pool.vm('two').setPowerState('Halted');
    expect((await from(['console'], token)).events).toEqual([]);
  });

  it('watches one object, or everything', async () => {
    const token = await inject();
    await call('VM.set_name_description', pool.vm('two').ref, 'x');
    expect((await from([`vm/${pool.vm('one').ref}`], token)).events).toEqual([]);
    expect((await from([`VM/${pool.vm('two').ref}`], token)).events).toHaveLength(1);
    const all = await from(['*'], token);
    expect(all.events).toHaveLength(1);
    expect(all.valid_ref_counts).toMatchObject({ vm: 4, pool: 1, vgpu: 0 });
  });

  it('refuses bad tokens and bad classes by their own names', async () => {
    expect(await errorOf('event.from', ['vm'], 'soon', 1)).toEqual([
      'EVENT_FROM_TOKEN_PARSE_FAILURE',
      'soon',
    ]);
    expect(await errorOf('event.from', ['nonsense'], '', 1)).toEqual([
      'EVENT_SUBSCRIPTION_PARSE_FAILURE',
      'nonsense',
    ]);
  });

  it('wakes with SESSION_INVALID at logout', async () => {
    const other = await login(hostOf(pool));
    const token = await inject();
    const waiting = rpc(hostOf(pool), 'event.from', other, ['task'], token, 30);
    await result(hostOf(pool), 'session.logout', other);
    expect((await waiting).error).toMatchObject({ message: 'SESSION_INVALID', data: [other] });
  });

  it('lets go of a caller who hangs up', async () => {
    const token = await inject();
    const body = JSON.stringify({
      jsonrpc: '2.0',
      method: 'event.from',
      params: [session, ['task'], token, 30],
      id: 1,
    });
    const client = await RawClient.connect(hostOf(pool));
    const before = pool.stats().callsByMethod['event.from'] ?? 0;
    client.write(`POST /jsonrpc HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    await expect.poll(() => pool.stats().callsByMethod['event.from']).toBe(before + 1);
    client.socket.end();
    await client.untilEnd();
  });
});

describe('event.inject', () => {
  it('is a barrier: its token is behind everything before it', async () => {
    await call('VM.set_name_description', pool.vm('two').ref, 'before the barrier');
    const token = await inject();
    expect((await from(['vm'], token)).events).toEqual([]);
  });

  it('is HANDLE_INVALID for a wrong object', async () => {
    expect(await errorOf('event.inject', 'vm', 'OpaqueRef:x')).toEqual([
      'HANDLE_INVALID',
      'vm',
      'OpaqueRef:x',
    ]);
  });
});
