import {
  EventFollower,
  getAllRecords,
  recordSchemas,
  XenApiClient,
  type XenCalls,
  XenSession,
  XenTask,
} from '@porthole/xenapi';
import { jsonRpc2 } from '../../libs/xenapi/src/rpc/json-rpc.ts';
import type { Gate, GateResult, GateRun } from './gate.ts';
import { ACCOUNT, failureOf, openXenScene, type XenScene } from './xen-scene.ts';

export const gate: Gate = {
  name: 'xmlrpc-old-host',
  promise: 'a host from before JSON-RPC is signed in to, read, followed and operated as one of today is',
  defence: 'the fall-back to XML-RPC',
  run,
};

const VMS = [
  { name: 'web "ä" <&> 😀', os: 'Debian 12', addresses: ['192.0.2.7', '2001:db8::7'], tags: ['a', 'b'] },
  { name: 'off', powerState: 'Halted' as const, otherConfig: { folder: '/a/b' } },
];
/** What differs from run to run, or from pool to pool, by its nature. */
const VOLATILE = new Set([
  'start_time',
  'last_updated',
  'consoles',
  'location',
  'software_version',
  'address',
  // Later than the old host (xenapi.md §3.2).
  'domain_type',
  'current_domain_type',
]);

async function run({ prove, full }: GateRun): Promise<GateResult> {
  const counts: Record<string, number> = { records: 0, calls: 0 };
  const breaches: string[] = [];
  const today = await openXenScene({ vms: VMS, hosts: 1 });
  try {
    for (const wire of ['xml-rpc', 'json-rpc-1.0'] as const) {
      const old = await openXenScene({ vms: VMS, hosts: 1, wire });
      try {
        for (let round = 0; round < (full ? 10 : 1); round += 1) {
          if (prove && wire === 'xml-rpc') breaches.push(...(await withoutFallBack(old)));
          else breaches.push(...(await compare(today, old, wire, counts)));
        }
      } finally {
        await old.close();
      }
    }
  } finally {
    await today.close();
  }
  return { breaches: [...new Set(breaches)], counts };
}

/** A client that knows nothing but JSON-RPC 2.0, whatever the host answers. */
async function withoutFallBack(old: XenScene): Promise<string[]> {
  const client = new XenApiClient({
    policy: old.policy,
    target: old.member(0),
    userAgent: 'porthole-gate',
    codec: jsonRpc2,
  });
  const failure = await failureOf(() => XenSession.login(client, ACCOUNT));
  client.close();
  return failure === null ? [] : [`an old host cannot be signed in to: ${failure}`];
}

async function compare(
  today: XenScene,
  old: XenScene,
  wire: string,
  counts: Record<string, number>,
): Promise<string[]> {
  const breaches: string[] = [];
  const [now, then] = [today.client(), old.client()];
  for (const [cls, schema] of Object.entries(recordSchemas)) {
    if (cls === 'task' || cls === 'Certificate') continue;
    const read = async (calls: XenCalls) => {
      const answer = await calls.call(`${cls}.get_all_records`);
      const entries = Object.entries(typeof answer === 'object' && answer !== null ? answer : {});
      return new Map(entries.map(([ref, record]) => [ref, schema.parse(record)]));
    };
    const [expected, found] = [await read(now), await read(then)];
    counts.records = (counts.records ?? 0) + found.size;
    if (shape(cls, expected.values()) !== shape(cls, found.values()))
      breaches.push(`over ${wire} records of ${cls} read otherwise than over JSON-RPC 2.0`);
  }
  const session = await then.session();
  if (session.client.dialect !== wire)
    breaches.push(`a host of ${wire} is asked in ${session.client.dialect}`);
  breaches.push(...(await operate(old, wire)));
  counts.calls = (counts.calls ?? 0) + old.pool.stats().rpcCalls;
  return breaches;
}

/** A task from its start to its end, seen as an event, and a refusal. */
async function operate(old: XenScene, wire: string): Promise<string[]> {
  const client = old.client();
  const stop = new AbortController();
  const off = old.pool.vm('off');
  const follower = new EventFollower(client, {
    classes: ['VM', 'Certificate'],
    signal: stop.signal,
    pauseMs: 0,
    timeoutS: 2.1,
  });
  const steps = follower.steps();
  await steps.next();
  const task = await XenTask.start(client, 'VM.start', [off.ref, false, false]);
  const outcome = await task.outcome();
  const seen = await steps.next();
  stop.abort();
  const refusal = await failureOf(() => client.call('VM.start', [off.ref, false, false]));
  off.setPowerState('Halted');
  const machines = await getAllRecords(client, 'VM', recordSchemas.VM);
  return [
    ...(outcome.kind === 'success' ? [] : [`over ${wire} an operation ended as ${outcome.kind}`]),
    ...(seen.value.kind === 'changes' && seen.value.events.length > 0
      ? []
      : [`over ${wire} no change was seen`]),
    ...(refusal === 'xenapi/vm-bad-power-state' ? [] : [`over ${wire} a refusal reads as ${refusal}`]),
    ...([...machines].find(([ref]) => ref === off.ref)?.[1].power_state === 'Halted'
      ? []
      : [`over ${wire} a state is read wrongly`]),
  ];
}

function shape(cls: string, records: Iterable<unknown>): string {
  // Consoles are made anew by each start of a machine, their uuids with them.
  const isLeftOut = (key: string) => VOLATILE.has(key) || (cls === 'console' && key === 'uuid');
  const lines = [...records].map((record) =>
    JSON.stringify(record, (key, value: unknown) => (isLeftOut(key) ? undefined : value)),
  );
  return lines
    .map((line) => line.replaceAll(/OpaqueRef:[0-9a-f-]{36}/g, 'ref'))
    .sort()
    .join('\n');
}
