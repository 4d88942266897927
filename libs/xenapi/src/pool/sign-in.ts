import type { ConnectPinned, EgressPolicy } from '@porthole/egress';
import { transportFailureOf } from '../errors/transport-failure.ts';
import { type XenCredentials, XenSession } from '../xen-session.ts';
import { type CallOptions, XenApiClient } from '../xenapi-client.ts';
import type { XenTimeouts } from '../xenapi-connection.ts';
import { HostIsSlaveError, isXenError, XenTransportError } from '../xenapi-error.ts';
import { memberKey, membersAt, type PoolMember } from './known-members.ts';

export interface SignInDeps {
  readonly policy: EgressPolicy;
  /** Stable and distinctive (xenapi.md §2.4). */
  readonly userAgent: string;
  readonly timeouts?: XenTimeouts;
  /** Another way to a pinned socket; only tests and gates give one. */
  readonly connect?: ConnectPinned;
  /** Asked for once a sign-in, at the first member that is dialled, and not kept. */
  readonly credentials: (member: PoolMember) => Promise<XenCredentials> | XenCredentials;
  /**
   * Whether the pool that was signed in to is the one that is meant: a host that was taken out of its pool answers as a pool
   * of its own (xenapi.md §8). {@link hasPoolUuid} is one way to know.
   */
  readonly isThisPool?: (session: XenSession, member: PoolMember) => Promise<boolean>;
}

export interface SignedIn {
  readonly session: XenSession;
  readonly client: XenApiClient;
  readonly member: PoolMember;
}

const IDENTITY_TIMEOUT_MS = 10_000;

/**
 * Signs in at whichever known member is the coordinator: the first of the list, then where HOST_IS_SLAVE points if that is a
 * known member, then the others. A refusal of the account ends it at once: each try raises an alert (xenapi.md §2.3).
 * @throws HostIsSlaveError when the members name a coordinator that is not known; XenApiError; otherwise what the likeliest
 *   coordinator failed with, a changed certificate before anything else; XenTransportError xenapi/no-member
 */
export async function signInAtPool(
  deps: SignInDeps,
  members: readonly PoolMember[],
  options: CallOptions = {},
): Promise<SignedIn> {
  const waiting = [...members];
  const tried = new Set<string>();
  const failures: unknown[] = [];
  let credentials: XenCredentials | null = null;
  for (let member = waiting.shift(); member !== undefined; member = waiting.shift()) {
    if (tried.has(memberKey(member))) continue;
    tried.add(memberKey(member));
    try {
      credentials ??= await deps.credentials(member);
      return await signInAt(deps, member, credentials, options);
    } catch (error) {
      if (!mayTryAnother(error)) throw error;
      failures.push(error);
      if (error instanceof HostIsSlaveError) waiting.unshift(...membersAt(members, error.masterAddress));
    }
  }
  throw theOneToTell(failures, members);
}

async function signInAt(
  deps: SignInDeps,
  member: PoolMember,
  credentials: XenCredentials,
  options: CallOptions,
): Promise<SignedIn> {
  const { policy, userAgent, timeouts, connect } = deps;
  const client = new XenApiClient({
    policy,
    target: member,
    userAgent,
    ...(timeouts === undefined ? {} : { timeouts }),
    ...(connect === undefined ? {} : { connect }),
  });
  try {
    const session = await XenSession.login(client, credentials, options);
    if ((await deps.isThisPool?.(session, member)) !== false) return { session, client, member };
    await session.logout({ timeoutMs: IDENTITY_TIMEOUT_MS });
    throw new XenTransportError('xenapi/another-pool');
  } catch (error) {
    client.close();
    throw error;
  }
}

/** The pool of this uuid, or any while it is not known. */
export function hasPoolUuid(poolUuid: () => string | null): (session: XenSession) => Promise<boolean> {
  return async (session) => {
    const expected = poolUuid();
    if (expected === null) return true;
    const quick = { timeoutMs: IDENTITY_TIMEOUT_MS };
    const [poolRef] = asList(await session.call('pool.get_all', [], quick));
    return (await session.call('pool.get_uuid', [poolRef ?? ''], quick)) === expected;
  };
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** True where this host is no coordinator, and another may be. */
export function mayTryAnother(error: unknown): boolean {
  if (error instanceof HostIsSlaveError || isXenError(error, 'HOST_STILL_BOOTING')) return true;
  if (isXenError(error, 'HOST_IN_EMERGENCY_MODE')) return true;
  if (error instanceof XenTransportError && error.code === 'xenapi/another-pool') return true;
  return isUnanswered(error);
}

/** True where nobody answered as a pool. */
export function isUnanswered(error: unknown): boolean {
  const failure = transportFailureOf(error);
  return failure !== null && failure !== 'unreadable' && failure !== 'not-allowed';
}

function theOneToTell(failures: readonly unknown[], members: readonly PoolMember[]): unknown {
  const strange = failures.find(
    (error) => error instanceof HostIsSlaveError && membersAt(members, error.masterAddress).length === 0,
  );
  const changed = failures.find((error) => transportFailureOf(error) === 'certificate-changed');
  return changed ?? strange ?? failures[0] ?? new XenTransportError('xenapi/no-member');
}
