import type { Cause, CheckPlace, CheckStep, CheckStepName } from '@porthole/check-contract';
import type { FakePool, FakePoolOptions } from '@porthole/fake-xenserver';
import { XenApiClient, XenSession } from '@porthole/xenapi';
import type { WorkerTarget } from './check-from-worker.ts';
import { type CheckScene, openCheckScene, PASSWORD } from './test-check-scene.ts';

/** A fault that the stand-in can play, and what a check says of it. */
export interface FaultCase {
  readonly name: string;
  /** Puts the fault there, between nothing and the first step; the scene is the case's own. */
  readonly arrange: (scene: CheckScene) => unknown;
  /** Which step of which place names it; null where nothing may be said at all. */
  readonly says: readonly [CheckPlace, CheckStepName, Cause] | null;
  readonly options?: Partial<FakePoolOptions>;
  /** `warn` where consoles open all the same. */
  readonly state?: 'warn' | 'none';
}

const faulty = (fault: Parameters<FakePool['consoleFault']>[1]) => (scene: CheckScene) =>
  scene.pool.consoleFault({ vm: 'web-01' }, fault);
const rpc =
  (method: string, fault: Parameters<FakePool['rpcFault']>[1]) =>
  ({ pool }: CheckScene) =>
    pool.rpcFault({ method }, fault);
const account = (username: string, password: string) => (scene: CheckScene) => {
  const { deps } = scene.worker;
  scene.worker.deps = {
    ...deps,
    pool: { ...deps.pool, username },
    credentials: () => ({ username, password, originator: 'check' }),
  };
};
const target = (change: Partial<Extract<WorkerTarget, { kind: 'vm' }>>) => (scene: CheckScene) => {
  if (scene.worker.target.kind === 'vm') scene.worker.target = { ...scene.worker.target, ...change };
};

/** Every fault of xenapi.md §9 that the stand-in plays and a check can meet, and those of §4.3 and §7 beside them. */
export const FAULT_CASES: readonly FaultCase[] = [
  { name: 'all is well', arrange: () => undefined, says: null },
  { name: 'split head bytes', arrange: faulty('split-head'), says: null },
  { name: 'the greeting in the segment of the head', arrange: faulty('greeting-with-head'), says: null },
  { name: 'a status line of HTTP/1.0', arrange: faulty('status-1.0'), says: null },
  {
    name: 'hosts that speak XML-RPC alone',
    arrange: () => undefined,
    options: { wire: 'xml-rpc' },
    says: null,
  },
  { name: '200, then the end', arrange: faulty('eof-after-200'), says: ['relay', 'banner', 'banner-eof'] },
  {
    name: '200, then silence',
    arrange: faulty('silence-after-200'),
    says: ['relay', 'banner', 'banner-silent'],
  },
  {
    name: '200, then a web page',
    arrange: faulty('garbage-after-200'),
    says: ['relay', 'banner', 'banner-garbage'],
  },
  {
    name: 'a slow greeting',
    arrange: faulty('slow-greeting'),
    says: ['relay', 'banner', 'banner-slow'],
    state: 'warn',
  },
  {
    name: '401 for a session that was evicted meanwhile',
    arrange: (scene) => {
      // Between the two parts, as it happens: the worker signs in anew, the sealed session is the old one.
      scene.pool.evictSessions();
    },
    says: ['relay', 'connect', 'session-gone'],
  },
  { name: '403', arrange: faulty('forbidden-403'), says: ['relay', 'connect', 'connect-forbidden'] },
  { name: '404', arrange: faulty('not-found-404'), says: ['relay', 'connect', 'connect-not-found'] },
  { name: '408', arrange: faulty('timeout-408'), says: ['relay', 'connect', 'connect-slow'] },
  { name: '431', arrange: faulty('head-431'), says: ['relay', 'connect', 'connect-head'] },
  { name: '500', arrange: faulty('internal-500'), says: ['relay', 'connect', 'connect-state'] },
  { name: '503 of the limit', arrange: faulty('limit-503'), says: ['relay', 'connect', 'connect-busy'] },
  { name: '302', arrange: faulty('redirect-302'), says: ['relay', 'connect', 'connect-redirect'] },
  {
    name: 'something else than HTTP',
    arrange: faulty('garbage-status'),
    says: ['relay', 'connect', 'connect-garbage'],
  },
  { name: 'an endless head', arrange: faulty('endless-head'), says: ['relay', 'connect', 'connect-garbage'] },
  {
    name: 'no answer to CONNECT',
    arrange: faulty('never-answer'),
    says: ['relay', 'connect', 'connect-timeout'],
  },
  {
    name: 'the end before an answer',
    arrange: faulty('eof-before-head'),
    says: ['relay', 'connect', 'connect-lost'],
  },
  {
    name: '500 of a host where the machine is not any more, and a new console by the move',
    arrange: ({ pool }) => pool.migrate('web-01', 1),
    says: ['relay', 'connect', 'connect-state'],
  },
  {
    name: 'the machine is on another host than our rows say',
    arrange: ({ pool }) => pool.migrate('web-01', 1),
    says: ['worker', 'residence', 'machine-moved'],
    state: 'warn',
  },
  {
    name: 'HOST_IS_SLAVE at the pool’s address, while the worker follows the new coordinator',
    arrange: (scene) => {
      const { pool, policy } = scene;
      pool.promote(1);
      const [, second] = pool.hosts;
      if (second === undefined) throw new Error('the scene has one host');
      const pin = { fingerprint256: second.fingerprint256, pem: second.certPem };
      const client = new XenApiClient({
        policy,
        target: { host: second.address, port: second.port, pin },
        userAgent: 'porthole-test',
      });
      scene.worker.deps = { ...scene.worker.deps, living: XenSession.resume(client, scene.sessionRef) };
    },
    says: ['worker', 'login', 'member'],
    state: 'warn',
  },
  {
    name: 'HOST_IS_SLAVE, and no session anywhere',
    arrange: (scene) => {
      scene.pool.promote(1);
      scene.worker.deps = { ...scene.worker.deps, living: null };
    },
    says: ['worker', 'login', 'member'],
  },
  {
    name: 'another certificate, seen by the worker',
    arrange: ({ pool }) => pool.swapCertificate(0),
    says: ['worker', 'tls', 'certificate-changed'],
  },
  {
    name: 'another certificate, seen by the relay',
    arrange: ({ pool }) => pool.swapCertificate(0),
    says: ['relay', 'tls', 'certificate-changed'],
  },
  {
    name: 'nobody at the port',
    arrange: ({ pool }) => pool.setHostDown(0, true),
    says: ['worker', 'tcp', 'tcp-refused'],
  },
  {
    name: 'nobody at the port, from the relay',
    arrange: ({ pool }) => pool.setHostDown(0, true),
    says: ['relay', 'tcp', 'tcp-refused'],
  },
  {
    name: 'a web server',
    arrange: rpc('pool.get_all', 'web-server'),
    says: ['worker', 'xenapi', 'not-xenapi'],
  },
  { name: 'no web server', arrange: rpc('pool.get_all', 'not-http'), says: ['worker', 'xenapi', 'not-http'] },
  {
    name: 'an error page',
    arrange: rpc('pool.get_all', 'error-page'),
    says: ['worker', 'xenapi', 'error-page'],
  },
  { name: 'a redirect', arrange: rpc('pool.get_all', 'redirect'), says: ['worker', 'xenapi', 'not-xenapi'] },
  {
    name: 'emergency mode',
    arrange: rpc('pool.get_all', 'bare-error'),
    says: ['worker', 'xenapi', 'emergency'],
  },
  {
    name: 'a host that boots',
    arrange: rpc('pool.get_all', 'still-booting'),
    says: ['worker', 'xenapi', 'still-booting'],
  },
  {
    name: 'a busy pool',
    arrange: rpc('session.login_with_password', 'too-busy'),
    says: ['worker', 'login', 'too-busy'],
  },
  {
    name: 'a lost connection',
    arrange: rpc('session.login_with_password', 'reset'),
    says: ['worker', 'login', 'connection-lost'],
  },
  {
    name: 'a pool that does not answer',
    arrange: rpc('session.login_with_password', 'never-answer'),
    says: ['worker', 'login', 'step-timeout'],
  },
  {
    name: 'a hostile answer',
    arrange: rpc('pool.get_all', 'deep'),
    says: ['worker', 'xenapi', 'pool-unreadable'],
  },
  {
    name: 'a wrong password',
    arrange: account('porthole', 'not-this-one'),
    says: ['worker', 'login', 'wrong-password'],
  },
  { name: 'root', arrange: account('root', PASSWORD), says: ['worker', 'role', 'role-root'], state: 'warn' },
  {
    name: 'a role that only reads',
    arrange: account('reader', PASSWORD),
    says: ['worker', 'role', 'role-console'],
  },
  {
    name: 'lost events',
    arrange: rpc('event.from', 'events-lost'),
    says: ['worker', 'events', 'events-lost'],
  },
  {
    name: 'a token that is not taken',
    arrange: rpc('event.from', 'bad-token'),
    says: ['worker', 'events', 'events-token'],
  },
  {
    name: 'events that never come',
    arrange: rpc('event.from', 'never-answer'),
    says: ['worker', 'events', 'step-timeout'],
  },
  {
    name: 'a machine that is off',
    arrange: ({ pool }) => pool.vm('web-01').setPowerState('Halted'),
    says: ['worker', 'residence', 'machine-off'],
  },
  {
    name: 'a paused machine',
    arrange: ({ pool }) => pool.vm('web-01').setPowerState('Paused'),
    says: ['worker', 'residence', 'machine-paused'],
  },
  {
    name: 'a machine of another pool',
    arrange: target({ uuid: '5f1b3c1e-0000-4000-8000-000000000001' }),
    says: ['worker', 'residence', 'machine-gone'],
  },
  {
    name: 'a host without a pin',
    arrange: (scene) =>
      target({ hosts: scene.worker.target.hosts.map((host) => ({ ...host, hasPin: false })) })(scene),
    says: ['worker', 'residence', 'host-no-pin'],
  },
  {
    name: 'a host that we do not know',
    arrange: target({ hosts: [] }),
    says: ['worker', 'residence', 'host-unknown'],
  },
  {
    name: 'no console',
    arrange: () => undefined,
    options: { vms: [{ name: 'web-01', screen: null, text: null }] },
    says: ['worker', 'consoles', 'no-console'],
  },
  {
    name: 'text alone',
    arrange: () => undefined,
    options: { vms: [{ name: 'web-01', screen: null }] },
    says: ['worker', 'consoles', 'text-only'],
    state: 'warn',
  },
  {
    name: 'the screen is switched off',
    arrange: () => undefined,
    options: {
      vms: [{ name: 'web-01', domainType: 'pv', screen: null, otherConfig: { disable_pv_vnc: '1' } }],
    },
    says: ['worker', 'consoles', 'screen-off'],
    state: 'warn',
  },
  {
    name: 'one viewer a machine, and somebody is there',
    arrange: (scene) => {
      const [host] = scene.relay.hosts;
      scene.relay.deps = { ...scene.relay.deps, oneViewer: true };
      if (host?.vm != null) scene.relay.hosts = [{ ...host, vm: { ...host.vm, people: 1 } }];
    },
    options: { limitConsoleSessions: true },
    says: ['relay', 'connect', 'one-viewer-occupied'],
    state: 'none',
  },
  {
    name: 'one viewer a machine, by the schedule',
    arrange: (scene) => {
      scene.relay.deps = { ...scene.relay.deps, oneViewer: true, isScheduled: true };
    },
    options: { limitConsoleSessions: true },
    says: ['relay', 'connect', 'one-viewer-scheduled'],
    state: 'none',
  },
  {
    name: 'no sealed session',
    arrange: (scene) => {
      scene.relay.hosts = scene.relay.hosts.map((host) => ({ ...host, session: null }));
    },
    says: ['relay', 'tls', 'host-no-session'],
  },
];

/**
 * Plays one case.
 * @param more what a gate puts in the way of the check
 * @returns what is not as it should be, one sentence each, with all that was said
 */
export async function playFault(
  fault: FaultCase,
  more: (scene: CheckScene) => void = () => undefined,
): Promise<{ breaches: string[]; steps: CheckStep[] }> {
  const scene = await openCheckScene(fault.options);
  try {
    more(scene);
    await fault.arrange(scene);
    const steps = await scene.check();
    const breaches: string[] = [];
    const named = steps.filter(({ state }) => state !== 'good' && state !== 'none' && state !== 'untried');
    if (fault.says === null && named.length > 0)
      breaches.push(
        `${fault.name}: ${named.map(({ name, cause }) => `${name} ${cause}`).join(', ')}, though nothing is wrong`,
      );
    if (fault.says !== null) {
      const [place, name, cause] = fault.says;
      const state = fault.state ?? 'bad';
      const step = steps.find((one) => one.place === place && one.name === name && one.cause === cause);
      if (step?.state !== state)
        breaches.push(
          `${fault.name}: ${place} ${name} should say ${cause} (${state}); said: ${steps.map((one) => `${one.place} ${one.name} ${one.state} ${one.cause ?? ''}`).join('; ')}`,
        );
      else if (step.remedy === null) breaches.push(`${fault.name}: no remedy`);
    }
    const said = JSON.stringify(steps);
    for (const secret of [PASSWORD, scene.sessionRef, scene.sessionRef.slice('OpaqueRef:'.length)])
      if (said.includes(secret)) breaches.push(`${fault.name}: a secret stands in the steps`);
    return { breaches, steps };
  } finally {
    await scene.close();
  }
}
