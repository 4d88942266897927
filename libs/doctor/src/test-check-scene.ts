import type { CheckPlace, CheckStep } from '@porthole/check-contract';
import { type EgressPolicy, probeCertificate } from '@porthole/egress';
import { type FakePool, type FakePoolOptions, startFakePool } from '@porthole/fake-xenserver';
import { XenApiClient, XenSession } from '@porthole/xenapi';
import { checkFromRelay, type RelayCheckDeps, type RelayHost } from './check-from-relay.ts';
import { checkFromWorker, type WorkerCheckDeps, type WorkerTarget } from './check-from-worker.ts';
import { CheckRun } from './check-run.ts';

/** Texts that no step may say. */
export const PASSWORD = 'canary-check-password-91c4';
const OPERATOR = { username: 'porthole', password: PASSWORD, role: 'vm-operator' } as const;

/** A stand-in pool with everything that a check of it needs, as the apps would give it. */
export interface CheckScene {
  readonly pool: FakePool;
  readonly policy: EgressPolicy;
  /** The session that relays would have sealed, as the worker keeps one. */
  readonly sessionRef: string;
  readonly living: XenSession;
  readonly worker: { deps: WorkerCheckDeps; target: WorkerTarget };
  readonly relay: { deps: RelayCheckDeps; hosts: RelayHost[] };
  /** The worker's part, then the relay's. */
  check(): Promise<CheckStep[]>;
  close(): Promise<void>;
}

export async function openCheckScene(options: Partial<FakePoolOptions> = {}): Promise<CheckScene> {
  const pool = await startFakePool({
    name: 'check',
    account: { username: 'root', password: PASSWORD },
    otherAccounts: [OPERATOR, { username: 'reader', password: PASSWORD, role: 'read-only' }],
    operationMs: 10,
    vms: [{ name: 'web-01' }, { name: 'off-01', powerState: 'Halted' }],
    ...options,
  });
  const policy: EgressPolicy = {
    allowedCidrs: [],
    demoEndpoints: pool.hosts.map(
      ({ address, port }) => `${address.includes(':') ? `[${address}]` : address}:${port}`,
    ),
    ownAddresses: [],
    allowedPorts: [443],
  };
  const [coordinator] = pool.hosts;
  if (coordinator === undefined) throw new Error('the stand-in pool has no host');
  const { address, port, fingerprint256, certPem } = coordinator;
  const pin = { fingerprint256, pem: certPem };
  const client = new XenApiClient({
    policy,
    target: { host: address, port, pin },
    userAgent: 'porthole-test',
  });
  const living = await XenSession.login(client, { ...OPERATOR, originator: 'living' });
  const vm = pool.vm('web-01');
  const hosts = pool.hosts.map(({ uuid, name }) => ({ uuid, name, hasPin: true }));
  const scene: CheckScene = {
    pool,
    policy,
    living,
    sessionRef: living.ref,
    worker: {
      deps: {
        policy,
        probe: probeCertificate,
        userAgent: 'porthole-test',
        pool: { address, port, pin: fingerprint256, username: OPERATOR.username },
        credentials: () => ({ ...OPERATOR, originator: 'check' }),
        living,
      },
      target: { kind: 'vm', uuid: vm.uuid, name: 'web-01', hostUuid: coordinator.uuid, hosts },
    },
    relay: {
      deps: {
        policy,
        oneViewer: false,
        isScheduled: false,
        isOfMachine: true,
        subject: 'web-01',
        now: () => performance.now(),
        times: { connectMs: 2_000, bannerMs: 4_000 },
      },
      hosts: [
        {
          name: coordinator.name,
          session: { address, port, pin, sessionRef: living.ref },
          vm: {
            name: 'web-01',
            kind: 'screen',
            consoleRef: vm.consoles.find(({ protocol }) => protocol === 'rfb')?.ref ?? '',
            people: 0,
          },
        },
      ],
    },
    check: () => checkAll(scene),
    close: async () => {
      client.close();
      await pool.stop();
    },
  };
  return scene;
}

/** Runs one part and gives its steps. */
export async function stepsOf(
  place: CheckPlace,
  work: (run: CheckRun) => Promise<void>,
  stepMs = 5_000,
): Promise<CheckStep[]> {
  const steps: CheckStep[] = [];
  const run = new CheckRun({
    place,
    signal: new AbortController().signal,
    now: () => performance.now(),
    stepMs,
    emit: async (step) => {
      if (step !== null) steps.push(step);
      return true;
    },
  });
  await work(run);
  return steps;
}

async function checkAll({ worker, relay }: CheckScene): Promise<CheckStep[]> {
  return [
    ...(await stepsOf('worker', (run) => checkFromWorker(run, worker.deps, worker.target))),
    ...(await stepsOf('relay', (run) => checkFromRelay(run, relay.deps, relay.hosts))),
  ];
}
