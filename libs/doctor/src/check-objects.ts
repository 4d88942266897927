import { CHECK_LIMITS } from '@porthole/check-contract';
import {
  consoleRecord,
  hostMetricsRecord,
  hostRecord,
  isXenError,
  vmRecord,
  type XenCalls,
  type XenRecord,
  XenTransportError,
} from '@porthole/xenapi';
import type { KnownHost, WorkerTarget } from './check-from-worker.ts';
import type { CheckChain, CheckRun, Outcome, StepTools } from './check-run.ts';

const QUICK_MS = 10_000;

/** Where the machine is and whether a relay may go there; for a pool or a host, whether each host may be reached at all. */
export async function checkResidence(
  run: CheckRun,
  chain: CheckChain,
  calls: XenCalls | null,
  target: WorkerTarget,
): Promise<void> {
  if (target.kind === 'vm') {
    await chain.step({ name: 'residence', subject: target.name }, (tools) =>
      residenceOf(given(calls), target, tools),
    );
    return;
  }
  for (const host of target.hosts.slice(0, CHECK_LIMITS.hosts)) {
    const of = { name: 'residence', subject: host.name } as const;
    if (chain.isBroken) await run.leaveOut(of, 'untried', 'earlier-step');
    // One host that is away says nothing of the others.
    else await run.step(of, (tools) => hostOf(given(calls), host, tools));
  }
  if (target.hosts.length > CHECK_LIMITS.hosts)
    await run.leaveOut(
      { name: 'residence', subject: `+${target.hosts.length - CHECK_LIMITS.hosts}` },
      'none',
      'too-many-hosts',
    );
}

/** Which consoles the machine has, and why it has none. */
export async function checkConsoles(
  chain: CheckChain,
  calls: XenCalls | null,
  target: WorkerTarget,
): Promise<void> {
  if (target.kind !== 'vm') return;
  await chain.step({ name: 'consoles', subject: target.name }, async (tools) => {
    const vm = await vmOf(given(calls), target.uuid, tools);
    const kinds = new Set<string>();
    for (const ref of vm.consoles) {
      const record = await readRecord(given(calls), 'console', ref, tools);
      if (record !== null) kinds.add(consoleRecord.parse(record).protocol);
    }
    const detail = [...kinds].join(', ');
    tools.say(`< ${detail || 'no console'}`);
    const isOff = vm.other_config.disable_pv_vnc !== undefined;
    if (kinds.has('rfb')) return { value: true, detail };
    if (isOff)
      return {
        value: kinds.has('vt100') || null,
        state: kinds.has('vt100') ? 'warn' : 'bad',
        cause: 'screen-off',
        detail,
      };
    if (kinds.has('vt100')) return { value: true, state: 'warn', cause: 'text-only', detail };
    return { value: null, state: 'bad', cause: 'no-console' };
  });
}

async function residenceOf(
  calls: XenCalls,
  target: WorkerTarget & { kind: 'vm' },
  tools: StepTools,
): Promise<Outcome<true | null>> {
  const vm = await vmOf(calls, target.uuid, tools);
  tools.say(`< power_state ${vm.power_state}`);
  if (vm.power_state === 'Paused' || vm.power_state === 'Suspended')
    return { value: null, state: 'bad', cause: 'machine-paused', detail: vm.power_state };
  if (vm.power_state !== 'Running')
    return { value: null, state: 'bad', cause: 'machine-off', detail: vm.power_state };
  const record = vm.resident_on === null ? null : await readRecord(calls, 'host', vm.resident_on, tools);
  if (record === null) return { value: null, state: 'bad', cause: 'host-unknown' };
  const host = hostRecord.parse(record);
  const known = target.hosts.find(({ uuid }) => uuid === host.uuid);
  const detail = `${host.name_label}, ${host.address}`;
  if (known === undefined) return { value: null, state: 'bad', cause: 'host-unknown', detail };
  const fault = await faultOf(calls, host, known, tools);
  if (fault !== null) return { ...fault, detail };
  // Our rows follow within moments; a console opens there with the next try.
  if (target.hostUuid !== host.uuid) return { value: true, state: 'warn', cause: 'machine-moved', detail };
  return { value: true, detail };
}

async function hostOf(calls: XenCalls, known: KnownHost, tools: StepTools): Promise<Outcome<true | null>> {
  tools.say('> host.get_by_uuid');
  let ref: string;
  try {
    ref = String(
      await calls.call('host.get_by_uuid', [known.uuid], { timeoutMs: QUICK_MS, signal: tools.signal }),
    );
  } catch (error) {
    if (isXenError(error, 'UUID_INVALID')) return { value: null, state: 'bad', cause: 'host-unknown' };
    throw error;
  }
  const record = await readRecord(calls, 'host', ref, tools);
  if (record === null) return { value: null, state: 'bad', cause: 'host-unknown' };
  const host = hostRecord.parse(record);
  const fault = await faultOf(calls, host, known, tools);
  return fault ?? { value: true, detail: host.address };
}

/** What keeps consoles from opening on a host, as the pool and our rows have it; null for nothing. */
async function faultOf(
  calls: XenCalls,
  host: XenRecord<'host'>,
  known: KnownHost,
  tools: StepTools,
): Promise<Outcome<null> | null> {
  if (host.address === '') return { value: null, state: 'bad', cause: 'host-no-address' };
  const record = host.metrics === null ? null : await readRecord(calls, 'host_metrics', host.metrics, tools);
  if (record !== null && !hostMetricsRecord.parse(record).live)
    return { value: null, state: 'bad', cause: 'host-not-live', detail: host.address };
  if (!known.hasPin) return { value: null, state: 'bad', cause: 'host-no-pin', detail: host.address };
  return null;
}

async function vmOf(calls: XenCalls, uuid: string, tools: StepTools): Promise<XenRecord<'VM'>> {
  tools.say('> VM.get_by_uuid');
  const options = { timeoutMs: QUICK_MS, signal: tools.signal };
  const ref = String(await calls.call('VM.get_by_uuid', [uuid], options));
  tools.say('> VM.get_record');
  return vmRecord.parse(await calls.call('VM.get_record', [ref], options));
}

/** A record, or null where it is gone: consoles die with every boot (xenapi.md §0.9). */
async function readRecord(
  calls: XenCalls,
  cls: 'host' | 'host_metrics' | 'console',
  ref: string,
  { signal, say }: StepTools,
): Promise<unknown> {
  say(`> ${cls}.get_record`);
  try {
    return await calls.call(`${cls}.get_record`, [ref], { timeoutMs: QUICK_MS, signal });
  } catch (error) {
    if (isXenError(error, 'HANDLE_INVALID')) return null;
    throw error;
  }
}

function given(calls: XenCalls | null): XenCalls {
  if (calls === null) throw new XenTransportError('xenapi/closed');
  return calls;
}
