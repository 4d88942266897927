import { type ConnectPinned, connectPinned, type EgressPolicy } from '@porthole/egress';
import { codeOf } from '@porthole/errors';
import type { LostCause } from '@porthole/relay-contract';
import type { ConsoleTarget } from '@porthole/tickets';
import { openSession, type PrivateKeys, type SealedRow, type SessionPayload } from '@porthole/vault';
import { openConsoleTunnel, TunnelReader } from '@porthole/xenapi';
import type { Clock } from './clock.ts';
import { DialError } from './dial-error.ts';
import type { HostPlaces } from './host-places.ts';
import type { Dial, DialAttempt, Tunnel } from './hub/host-tunnel.ts';

/** Longest wait for the worker to bring a fresh session or machine record, in milliseconds. */
export const REFRESH_TIMEOUT_MS = 10_000;
/** The same for a line that is dialled again, which is tried anew in any case. */
export const REFRESH_AGAIN_TIMEOUT_MS = 3_000;
/** How often one looks whether it has, in milliseconds. */
export const REFRESH_POLL_MS = 200;
/** The wait for a place that we have just freed ourselves, in milliseconds; it doubles with each further one. */
export const FREED_WAIT_MS = 250;

export interface DialDeps {
  readonly egress: EgressPolicy;
  readonly keys: PrivateKeys;
  readonly clock: Clock;
  /** Rows of the console as they are now; null where its seat has ended. */
  readonly readTarget: () => Promise<ConsoleTarget | null>;
  /** Asks the worker for a fresh session and machine record. */
  readonly askForFresh: (target: ConsoleTarget) => Promise<void>;
  /** What this relay has at hosts, and has just let go. */
  readonly places: HostPlaces;
  /** The way out; only tests and gates give another. */
  readonly connect?: ConnectPinned;
}

/** What the pool's own words for operations mean to somebody who looks at the screen (xenapi.md §3.2, §4.7). */
const CAUSE_OF_OPERATION: Readonly<Record<string, LostCause>> = {
  clean_reboot: 'rebooting',
  hard_reboot: 'rebooting',
  start: 'rebooting',
  start_on: 'rebooting',
  resume: 'rebooting',
  resume_on: 'rebooting',
  pool_migrate: 'moving',
  migrate_send: 'moving',
};

/** Each try at a console on behalf of one seat: the first by the rows that admitted it, every other by the rows of its moment. */
export function consoleDial(deps: DialDeps, admitted: ConsoleTarget): Dial {
  let dialled = admitted;
  return async (attempt) => {
    let target = admitted;
    if (attempt.again) {
      const now = await deps.readTarget();
      // The machine has another holder, or the seat has ended.
      if (now === null) throw new DialError('relay/machine-gone', { vmId: admitted.vm.id });
      target = now;
    }
    attempt.cause(causeOf(target, dialled));
    const tunnel = await dialConsole(deps, target, attempt);
    dialled = target;
    return tunnel;
  };
}

function causeOf({ vm, host }: ConsoleTarget, dialled: ConsoleTarget): LostCause | null {
  const underWay = CAUSE_OF_OPERATION[vm.operation ?? ''];
  if (underWay !== undefined) return underWay;
  return host !== null && dialled.host !== null && host.id !== dialled.host.id ? 'moving' : null;
}

type Progress = Pick<DialAttempt, 'step' | 'signal' | 'again'>;

/**
 * From the rows of a console to its open tunnel. Address, port and pin come from inside the seal, never from rows, so
 * a fallen portal cannot lead the relay elsewhere (architecture §3). Where the host knows neither session nor machine
 * (401, 500), the worker is asked once for fresh ones, and the host once more.
 * @throws DialError, VaultError, EgressError, XenTunnelError; no socket is left behind
 */
export async function dialConsole(
  deps: DialDeps,
  target: ConsoleTarget,
  progress: Progress,
): Promise<Tunnel> {
  assertDiallable(target);
  if (target.host?.session == null)
    return dialFresh(deps, target, progress, new DialError('relay/no-session'));
  try {
    return await dialPatiently(deps, target, progress);
  } catch (error) {
    if (!isWorthAFreshSession(error)) throw error;
    return dialFresh(deps, target, progress, error);
  }
}

async function dialFresh(
  deps: DialDeps,
  old: ConsoleTarget,
  progress: Progress,
  why: unknown,
): Promise<Tunnel> {
  await deps.askForFresh(old);
  const fresh = await waitForChange(deps, old, progress);
  if (fresh === null) throw why;
  assertDiallable(fresh);
  return dialPatiently(deps, fresh, progress);
}

/**
 * Once; and for some seconds more where the place is taken by nobody but whom we have just sent away (xenapi.md §4.4). Who is
 * at the machine's other kind of console has it rightly, and is no stranger to whoever asks.
 */
async function dialPatiently(deps: DialDeps, target: ConsoleTarget, progress: Progress): Promise<Tunnel> {
  for (let waitMs = FREED_WAIT_MS; ; waitMs *= 2) {
    try {
      return await dialOnce(deps, target, progress);
    } catch (error) {
      if (codeOf(error) !== 'xenapi/tunnel-busy' || progress.signal.aborted) throw error;
      if (deps.places.isTaken(target.vm.id)) throw new DialError('relay/other-kind');
      if (!deps.places.isFreed(target.vm.id)) throw error;
    }
    await pause(deps.clock, waitMs);
  }
}

async function dialOnce(deps: DialDeps, target: ConsoleTarget, progress: Progress): Promise<Tunnel> {
  const session = unseal(deps.keys, target);
  progress.step('host');
  const connect: ConnectPinned = async (policy, pinned) => {
    const socket = await (deps.connect ?? connectPinned)(policy, pinned);
    progress.step('line');
    return socket;
  };
  const reader = new TunnelReader();
  const tunnel = await openConsoleTunnel(
    { policy: policyFor(deps.egress, target), connect },
    {
      target: { host: session.address, port: session.port, pin: session.pin },
      sessionRef: session.sessionRef.reveal(),
      consoleRef: target.vm.consoleRef ?? '',
      signal: progress.signal,
      reader,
    },
  );
  deps.places.takenBy(tunnel.socket, target.vm.id);
  return { ...tunnel, reader };
}

/** What the operator opened for all, and for the owner of this pool: its ranges are open to no other pool's dial. */
function policyFor(egress: EgressPolicy, { pool }: ConsoleTarget): EgressPolicy {
  return { ...egress, allowedCidrs: [...egress.allowedCidrs, ...pool.allowedCidrs] };
}

/** What the rows already say before any host is asked. */
function assertDiallable({ vm, pool }: ConsoleTarget): void {
  const details = { vmId: vm.id };
  if (vm.gone) throw new DialError('relay/machine-gone', details);
  if (pool.state === 'paused') throw new DialError('relay/pool-paused', details);
  if (pool.state === 'untrusted') throw new DialError('relay/pool-untrusted', details);
  if (vm.powerState !== 'Running')
    throw new DialError('relay/guest-off', { ...details, powerState: vm.powerState });
  if (vm.consoleRef === null) throw new DialError('relay/no-console', details);
}

function unseal(keys: PrivateKeys, { vm, host }: ConsoleTarget): SessionPayload {
  if (host?.session == null) throw new DialError('relay/no-session', { vmId: vm.id });
  return openSession(keys, host.session, { tenantId: vm.poolTenantId, hostId: host.id });
}

/** 401: the session died. 500: not running, or not on this host, which our rows do not know yet (xenapi.md §0.8). */
function isWorthAFreshSession(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'xenapi/tunnel-unauthorised' || code === 'xenapi/tunnel-state';
}

/** @returns the rows once they differ, or null when the time is over or nobody waits any more */
async function waitForChange(
  { readTarget, clock }: DialDeps,
  old: ConsoleTarget,
  { again, signal }: Progress,
): Promise<ConsoleTarget | null> {
  const until = clock.now() + (again ? REFRESH_AGAIN_TIMEOUT_MS : REFRESH_TIMEOUT_MS);
  while (clock.now() < until && !signal.aborted) {
    const target = await readTarget();
    if (target !== null && markOf(target) !== markOf(old)) return target;
    await pause(clock, REFRESH_POLL_MS);
  }
  return null;
}

async function pause(clock: Clock, ms: number): Promise<void> {
  await new Promise<void>((resolve) => clock.after(ms, resolve));
}

/** What of the rows a second try could succeed by. */
function markOf({ vm, host }: ConsoleTarget): string {
  const { powerState, consoleRef, gone } = vm;
  const session = host?.session ?? null;
  return JSON.stringify([powerState, consoleRef, gone, host?.id, session?.generation, sealMark(session)]);
}

/** A session that was taken away and sealed anew counts its generations from the start. */
function sealMark(session: SealedRow | null): string {
  return session === null ? '' : Buffer.from(session.epk).toString('hex');
}
