import { CHECK_LIMITS } from '@porthole/check-contract';
import { type ConnectPinned, connectPinned, type EgressPolicy, type TlsPin } from '@porthole/egress';
import { type ConsoleTunnel, openConsoleTunnel } from '@porthole/xenapi';
import { checkLine } from './check-line.ts';
import { type CheckChain, type CheckRun, CheckStopped } from './check-run.ts';
import { readBanner } from './read-banner.ts';

/** A host of the run, with what stands inside its sealed session: address, port and pin come from nowhere else. */
export interface RelayHost {
  readonly name: string;
  readonly session: {
    readonly address: string;
    readonly port: number;
    readonly pin: TlsPin;
    readonly sessionRef: string;
  } | null;
  /** One machine there with a console. */
  readonly vm: {
    readonly name: string;
    readonly kind: 'screen' | 'text';
    readonly consoleRef: string;
    /** Consoles of it that are open in Porthole now. */
    readonly people: number;
  } | null;
}

export interface RelayCheckDeps {
  readonly policy: EgressPolicy;
  /** The way out; only tests and gates give another. */
  readonly connect?: ConnectPinned;
  /** The pool allows one viewer of a machine at a time (xenapi.md §4.4). */
  readonly oneViewer: boolean;
  readonly isScheduled: boolean;
  /** The run is of one machine. */
  readonly isOfMachine: boolean;
  readonly subject: string;
  readonly now: () => number;
  /** How long the answer to CONNECT and the first bytes may take, in milliseconds; only tests give others. */
  readonly times?: { readonly connectMs: number; readonly bannerMs: number };
}

/**
 * The relay's part: from its place in the network, each host's name, line and certificate, and the console of one machine there up to
 * its first bytes. It says nothing on a console's line, so that nobody is thrown out.
 * @throws CheckStopped; what storing a step throws
 */
export async function checkFromRelay(
  run: CheckRun,
  deps: RelayCheckDeps,
  hosts: readonly RelayHost[],
): Promise<void> {
  for (const host of hosts.slice(0, CHECK_LIMITS.hosts)) await checkHost(run, deps, host);
  if (hosts.length > CHECK_LIMITS.hosts)
    await run.leaveOut(
      { name: 'tcp', subject: `+${hosts.length - CHECK_LIMITS.hosts}` },
      'none',
      'too-many-hosts',
    );
  if (hosts.length === 0)
    await run.leaveOut({ name: 'connect', subject: deps.subject }, 'untried', 'earlier-step');
}

async function checkHost(run: CheckRun, deps: RelayCheckDeps, host: RelayHost): Promise<void> {
  const { session, name: subject } = host;
  const chain = run.chain();
  if (session === null) {
    await chain.step({ name: 'tls', subject }, async () => ({
      value: null,
      state: 'bad',
      cause: 'host-no-session',
    }));
  } else {
    run.hide(session.sessionRef);
    const compare = comparePinned(deps, session);
    await checkLine(
      run,
      chain,
      { policy: deps.policy, compare },
      {
        host: session.address,
        port: session.port,
        subject,
      },
    );
  }
  await checkConsole(run, chain, deps, host);
}

function comparePinned(
  { policy, connect = connectPinned }: RelayCheckDeps,
  { port, pin }: NonNullable<RelayHost['session']>,
) {
  return async (ip: string, { signal }: { readonly signal: AbortSignal }) => {
    const socket = await connect(policy, { host: ip, port, pin, signal });
    const { expired } = socket;
    const detail = `${socket.getProtocol() ?? ''}, ${pin.fingerprint256}`;
    socket.destroy();
    return { value: true, expired, detail };
  };
}

async function checkConsole(
  run: CheckRun,
  chain: CheckChain,
  deps: RelayCheckDeps,
  { session, vm, name }: RelayHost,
): Promise<void> {
  const subject = vm?.name ?? (deps.isOfMachine ? deps.subject : name);
  const connect = { name: 'connect', subject } as const;
  const banner = { name: 'banner', subject } as const;
  const leave = async (cause: 'no-machine' | 'one-viewer-occupied' | 'one-viewer-scheduled') => {
    for (const of of [connect, banner]) await run.leaveOut(of, 'none', cause);
  };
  if (vm === null || session === null) {
    if (!deps.isOfMachine && session !== null) return leave('no-machine');
    for (const of of [connect, banner]) await run.leaveOut(of, 'untried', 'earlier-step');
    return;
  }
  // The one place of a machine is somebody's, or could be wanted this very moment: a check takes it only where a person asks
  // for this machine and nobody is there.
  if (deps.oneViewer && vm.people > 0) return leave('one-viewer-occupied');
  if (deps.oneViewer && (deps.isScheduled || !deps.isOfMachine)) return leave('one-viewer-scheduled');
  let tunnel: ConsoleTunnel | null = null;
  try {
    tunnel = await chain.step(connect, async ({ signal, say }) => {
      say('> CONNECT /console?ref=OpaqueRef:[hidden] HTTP/1.0');
      say('> Cookie: session_id=[hidden]');
      const opened = await openConsoleTunnel(
        { policy: deps.policy, ...(deps.connect === undefined ? {} : { connect: deps.connect }) },
        {
          target: { host: session.address, port: session.port, pin: session.pin },
          sessionRef: session.sessionRef,
          consoleRef: vm.consoleRef,
          ...(deps.times === undefined ? {} : { timeouts: { connectMs: deps.times.connectMs } }),
          signal,
        },
      );
      // A run that is called off in this moment leaves no socket behind.
      if (signal.aborted) opened.socket.destroy();
      say('< HTTP/1.1 200 OK');
      return { value: opened, detail: '200' };
    });
    if (vm.kind === 'text' && tunnel !== null) await run.leaveOut(banner, 'none', 'banner-text');
    else await chain.step(banner, (tools) => bannerOf(tunnel, deps, tools));
  } finally {
    tunnel?.socket.destroy();
  }
}

async function bannerOf(
  tunnel: ConsoleTunnel | null,
  { now, times }: RelayCheckDeps,
  { signal, say }: { readonly signal: AbortSignal; say(line: string): void },
) {
  if (tunnel === null) throw new CheckStopped();
  const begun = now();
  const banner = await readBanner(tunnel, { timeoutMs: times?.bannerMs ?? CHECK_LIMITS.bannerMs, signal });
  if (banner.kind !== 'rfb') {
    if (banner.text !== '') say(`< ${banner.text}`);
    const cause = ({ eof: 'banner-eof', silent: 'banner-silent', garbage: 'banner-garbage' } as const)[
      banner.kind
    ];
    return { value: null, state: 'bad', cause, detail: banner.text } as const;
  }
  say(`< ${banner.text}`);
  const isSlow = now() - begun > CHECK_LIMITS.slowBannerMs;
  return isSlow
    ? ({ value: true, state: 'warn', cause: 'banner-slow', detail: banner.text } as const)
    : { value: true, detail: banner.text };
}
