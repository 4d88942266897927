import {
  type ConnectPinned,
  EgressError,
  type EgressPolicy,
  type ProbeCertificate,
  type TlsPin,
} from '@porthole/egress';
import {
  HostIsSlaveError,
  lackedNeeds,
  readAccountRights,
  watchEvents,
  XenApiClient,
  XenApiError,
  type XenCalls,
  type XenCredentials,
  XenSession,
} from '@porthole/xenapi';
import { checkLine } from './check-line.ts';
import { checkConsoles, checkResidence } from './check-objects.ts';
import type { CheckChain, CheckRun } from './check-run.ts';

/** A host as our rows have it. */
export interface KnownHost {
  readonly uuid: string;
  readonly name: string;
  readonly hasPin: boolean;
}

/** What is to be checked: the whole pool, one host, or one machine. */
export type WorkerTarget =
  | { readonly kind: 'pool' | 'host'; readonly hosts: readonly KnownHost[] }
  | {
      readonly kind: 'vm';
      readonly uuid: string;
      readonly name: string;
      /** Where our rows have it. */
      readonly hostUuid: string | null;
      readonly hosts: readonly KnownHost[];
    };

export interface WorkerCheckDeps {
  readonly policy: EgressPolicy;
  readonly probe: ProbeCertificate;
  /** The way out; only tests and gates give another. */
  readonly connect?: ConnectPinned;
  readonly userAgent: string;
  readonly pool: {
    readonly address: string;
    readonly port: number;
    /** The fingerprint that an operator confirmed. */
    readonly pin: string;
    readonly username: string;
  };
  /** Opens the password for the moment of the sign-in. @throws AppError credential/…, vault/… */
  readonly credentials: () => XenCredentials;
  /**
   * The pool's living session, if there is one: it goes on where the address leads to a member that led the pool before.
   * Its calls renew themselves.
   */
  readonly living: XenCalls | null;
}

const QUICK_MS = 10_000;
/** How long `event.from` waits, in seconds: with an empty token it answers at once (xenapi.md §5). */
const EVENTS_S = 1.1;

/**
 * The worker's part: the coordinator's name, line and certificate, whether it is a pool at all, the sign-in and its role, the event
 * stream, and what the pool says of hosts, machine and consoles. Signs in with a session of its own and out again.
 * @throws CheckStopped; what storing a step throws
 */
export async function checkFromWorker(
  run: CheckRun,
  deps: WorkerCheckDeps,
  target: WorkerTarget,
): Promise<void> {
  const chain = run.chain();
  const subject = deps.pool.address;
  const { address: host, port } = deps.pool;
  const pin = await checkLine(
    run,
    chain,
    { policy: deps.policy, compare: comparePin(deps) },
    {
      host,
      port,
      subject,
    },
  );
  const client = pin === null ? null : clientOf(deps, pin);
  try {
    await checkIsPool(chain, client, subject);
    const session = await signIn(run, chain, client, deps);
    try {
      await checkRole(chain, session?.own ?? null, deps.pool.username);
      const calls = session?.own ?? session?.calls ?? null;
      await checkEvents(chain, calls, subject);
      await checkResidence(run, chain, calls, target);
      await checkConsoles(chain, calls, target);
    } finally {
      await session?.own?.logout({ timeoutMs: QUICK_MS }).catch(() => undefined);
    }
  } finally {
    client?.close();
  }
}

/** The certificate shown there, which must be the confirmed one; nothing but a handshake is sent. */
function comparePin({ probe, policy, pool }: WorkerCheckDeps) {
  return async (ip: string, { signal }: { readonly signal: AbortSignal }) => {
    const seen = await probe(policy, { host: ip, port: pool.port, signal });
    if (seen.fingerprint256 !== pool.pin)
      throw new EgressError('egress/certificate-changed', {
        details: { seen: seen.fingerprint256, pinned: pool.pin },
      });
    const at = Date.now();
    const expired = at < Date.parse(seen.validFrom) || at > Date.parse(seen.validTo);
    const pin: TlsPin = { fingerprint256: seen.fingerprint256, pem: seen.pem };
    return { value: pin, expired, detail: `${seen.tlsVersion}, ${seen.fingerprint256}` };
  };
}

function clientOf({ policy, connect, userAgent, pool }: WorkerCheckDeps, pin: TlsPin): XenApiClient {
  return new XenApiClient({
    policy,
    userAgent,
    target: { host: pool.address, port: pool.port, pin },
    ...(connect === undefined ? {} : { connect }),
  });
}

/** A call without a session: whoever refuses it in XenAPI's words is a XenServer or XCP-ng host. */
async function checkIsPool(chain: CheckChain, client: XenApiClient | null, subject: string): Promise<void> {
  await chain.step({ name: 'xenapi', subject }, async ({ signal, say }) => {
    if (client === null) throw new EgressError('egress/unreachable');
    say('> POST /jsonrpc pool.get_all');
    try {
      await client.call('pool.get_all', ['OpaqueRef:NULL'], { timeoutMs: QUICK_MS, signal });
    } catch (error) {
      const speaks =
        error instanceof XenApiError &&
        !['HOST_STILL_BOOTING', 'HOST_IN_EMERGENCY_MODE', 'TOO_BUSY'].includes(error.xenCode);
      if (!speaks) throw error;
      say(`< ${error.xenCode}`);
    }
    return { value: true, detail: client.dialect ?? 'XenAPI' };
  });
}

interface SignedIn {
  /** The check's own session, ended with it. */
  readonly own: XenSession | null;
  readonly calls: XenCalls;
}

async function signIn(
  run: CheckRun,
  chain: CheckChain,
  client: XenApiClient | null,
  deps: WorkerCheckDeps,
): Promise<SignedIn | null> {
  const { username } = deps.pool;
  return chain.step<SignedIn | null>({ name: 'login', subject: username }, async ({ signal, say }) => {
    if (client === null) throw new EgressError('egress/unreachable');
    const credentials = deps.credentials();
    run.hide(credentials.password);
    say(`> session.login_with_password ${username} [hidden]`);
    try {
      const own = await XenSession.login(client, credentials, { signal });
      run.hide(own.ref);
      say('< Success');
      return { value: { own, calls: own }, detail: username };
    } catch (error) {
      if (!(error instanceof HostIsSlaveError)) throw error;
      say(`< HOST_IS_SLAVE ${error.masterAddress ?? ''}`);
      const detail = error.masterAddress ?? '';
      // The address that an operator gave is a member now; the worker has followed the pool, the check goes on with that.
      if (deps.living === null) return { value: null, state: 'bad', cause: 'member', detail };
      return { value: { own: null, calls: deps.living }, state: 'warn', cause: 'member', detail };
    }
  });
}

async function checkRole(chain: CheckChain, own: XenSession | null, username: string): Promise<void> {
  await chain.step({ name: 'role', subject: username }, async ({ signal }) => {
    const rights = own === null ? null : await readAccountRights(own, { timeoutMs: QUICK_MS, signal });
    if (rights === null) return { value: true, state: 'none', cause: 'role-unsaid' };
    if (rights.isSuperuser) return { value: true, state: 'warn', cause: 'role-root' };
    const lacks = lackedNeeds(rights);
    // The rest is still worth knowing.
    if (lacks.includes('console')) return { value: true, state: 'bad', cause: 'role-console' };
    if (lacks.includes('power')) return { value: true, state: 'warn', cause: 'role-power' };
    return { value: true };
  });
}

async function checkEvents(chain: CheckChain, calls: XenCalls | null, subject: string): Promise<void> {
  await chain.step({ name: 'events', subject }, async ({ signal, say }) => {
    if (calls === null) throw new EgressError('egress/unreachable');
    say('> event.from pool');
    const { events } = await watchEvents(calls, { classes: ['pool'], token: '', timeoutS: EVENTS_S, signal });
    say(`< ${events.length} events`);
    return { value: true };
  });
}
