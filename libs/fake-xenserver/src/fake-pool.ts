import { createMethodTable } from './api/dispatch.ts';
import { HostServer } from './host/host-server.ts';
import { createIdentity, loadIdentity, saveIdentity } from './host/self-signed-certificate.ts';
import { type HostEntry, PoolWorld, type Stats, type VmEntry } from './model/pool-world.ts';
import { recordCertificate, seedPool } from './model/seed-pool.ts';
import { stringsOf } from './model/values.ts';
import {
  bootVm,
  guestOf,
  haltVm,
  migrateVm,
  pauseVm,
  powerStateOf,
  residentIndex,
  restartVm,
  urlHost,
} from './model/vm-lifecycle.ts';
import type {
  ConsoleFault,
  FakePoolOptions,
  FaultTarget,
  PowerState,
  RpcFault,
  RpcFaultTarget,
} from './pool-options.ts';

const DEFAULT_ADDRESS = '127.0.0.1';
const DEFAULT_HOSTS = 2;

export interface FakeHost {
  index: number;
  uuid: string;
  ref: string;
  name: string;
  address: string;
  port: number;
  /** SHA-256 of the certificate that the host shows now, `AA:BB:…`. */
  fingerprint256: string;
  certPem: string;
}

export interface FakeConsole {
  ref: string;
  uuid: string;
  protocol: 'rfb' | 'vt100';
}

export interface FakeVm {
  readonly uuid: string;
  readonly ref: string;
  /** Those of now; other ones after each boot and migration. */
  readonly consoles: FakeConsole[];
  readonly powerState: PowerState;
  /**
   * The state changes at once, without any operation, as if somebody at the host had done it.
   * @throws for what is none of Running, Halted, Paused and Suspended
   */
  setPowerState(state: string): void;
  /** The text on a built-in guest's screen; '' for other guests. */
  screenText(): string;
  /** What the text console printed: a built-in guest's since boot, another's while somebody was connected. */
  textTranscript(): string;
  /** How many bytes were typed into the text console. */
  typedBytes(): number;
  /** What a built-in screen was sent since boot. */
  inputEvents(): { keys: number; pointers: number; cutTexts: number };
}

export interface FakePool {
  readonly uuid: string;
  readonly hosts: FakeHost[];
  vm(name: string): FakeVm;
  /** The control domain of a host. */
  controlDomain(hostIndex: number): FakeVm;
  /** Console requests to the target meet the fault from now on; null ends it. `refuse-tcp` wants a host. */
  consoleFault(target: FaultTarget, fault: ConsoleFault | null): void;
  /** Calls to the target meet the fault from now on; null takes away what was placed there. */
  rpcFault(target: RpcFaultTarget, fault: RpcFault | null): void;
  /**
   * New connections to the host meet another certificate. By default somebody else's: the pool does not know of it.
   * With `announce` it is the administrator's: the Certificate record tells of it and it survives a restart.
   */
  swapCertificate(hostIndex: number, options?: { announce?: boolean }): Promise<void>;
  /** All sessions are gone, as after a restart of the toolstack; tunnels stay (xenapi.md §2.2). */
  evictSessions(): void;
  openSessions(): number;
  /** All tunnels, or those to consoles of one kind. */
  openTunnels(protocol?: 'rfb' | 'vt100'): number;
  /** Ends every tunnel of the VM without any other change. */
  cutTunnels(vmName: string): void;
  migrate(vmName: string, toHost: number): void;
  reboot(vmName: string): void;
  /** Another host is the coordinator from now on; sessions stay, since the database is shared. */
  promote(hostIndex: number): void;
  /** All tasks are gone, as after a restart of the toolstack; what they do goes on (xenapi.md §6). */
  forgetTasks(): void;
  /** What members name as their coordinator's address in HOST_IS_SLAVE; null for the true one. */
  nameCoordinator(address: string | null): void;
  /** The host loses its power, or gets it back: its lines are cut and it answers nothing. The pool's books stay as they are. */
  setHostDown(hostIndex: number, isDown: boolean): void;
  /**
   * The coordinator is lost and a member takes over: sessions and tasks are gone, since they are not kept (xenapi.md §2.2),
   * objects and references stay. Machines on the lost host stay where the books have them until somebody moves them.
   */
  failOver(toHost: number): void;
  /** The host is taken out of the pool and answers as the coordinator of a pool of its own (xenapi.md §8). */
  eject(hostIndex: number): void;
  /** xenapi.md §3.3: the coordinator's management restarts and every console location becomes `?ref=`. */
  rewriteLocations(): void;
  stop(): Promise<void>;
  stats(): Stats;
}

/**
 * Starts a pool of stand-in hosts on 127.0.0.1, one TLS listener each.
 * @throws when a fixed port is taken
 */
export async function startFakePool(options: FakePoolOptions): Promise<FakePool> {
  const world = new PoolWorld(options);
  for (let index = 0; index < (options.hosts ?? DEFAULT_HOSTS); index++) {
    world.hosts.push(createHost(world, options, index));
  }
  const table = createMethodTable();
  const servers = world.hosts.map((host) => new HostServer(world, host, table));
  try {
    await Promise.all(servers.map((server, index) => server.listen(options.ports?.[index] ?? 0)));
  } catch (error) {
    await Promise.all(servers.map((server) => server.stop()));
    throw error;
  }
  seedPool(world);
  return poolOf(world, servers);
}

function createHost(world: PoolWorld, options: FakePoolOptions, index: number): HostEntry {
  const slug = options.name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const hostname = `${slug || 'pool'}-host-${index + 1}`;
  const address = options.address ?? DEFAULT_ADDRESS;
  return {
    index,
    ref: `OpaqueRef:${world.uuidFor('ref', 'host', String(index))}`,
    uuid: world.uuidFor('host', String(index)),
    hostname,
    address,
    port: 0,
    identity: options.certDir
      ? loadIdentity(options.certDir, hostname, address)
      : createIdentity(hostname, address),
    certificateRef: '',
    fault: null,
  };
}

function poolOf(world: PoolWorld, servers: readonly HostServer[]): FakePool {
  const { options } = world;
  return {
    uuid: world.uuidFor('pool'),
    get hosts() {
      return world.hosts.map(describeHost);
    },
    vm: (name) => vmOf(world, world.vmByName(name)),
    controlDomain(hostIndex) {
      const ref = world.db.field('host', world.host(hostIndex).ref, 'control_domain');
      const vm = world.vmByRef(String(ref));
      if (!vm) throw new Error(`host ${hostIndex} has no control domain`);
      return vmOf(world, vm);
    },
    consoleFault(target, fault) {
      if (target.vm !== undefined) {
        if (fault === 'refuse-tcp') throw new Error('refuse-tcp is a fault of a host, not of a VM');
        world.vmByName(target.vm).fault = fault;
      }
      if (target.host !== undefined) {
        world.host(target.host).fault = fault;
        servers[target.host]?.refuseConnections(fault === 'refuse-tcp');
      }
    },
    rpcFault(target, fault) {
      if (fault === null) world.rpcFaults.clear(target);
      else world.rpcFaults.place(target, fault);
    },
    async swapCertificate(hostIndex, { announce = false } = {}) {
      const host = world.host(hostIndex);
      host.identity = createIdentity(host.hostname, host.address);
      servers[hostIndex]?.renewCertificate();
      if (!announce) return;
      recordCertificate(world, host);
      if (options.certDir) saveIdentity(options.certDir, host.hostname, host.identity);
    },
    evictSessions: () => world.sessions.endAll(),
    openSessions: () => world.sessions.count,
    openTunnels: (protocol) =>
      [...world.tunnels].filter((tunnel) => protocol === undefined || tunnel.protocol === protocol).length,
    cutTunnels(vmName) {
      const { ref } = world.vmByName(vmName);
      world.endTunnels((tunnel) => tunnel.vmRef === ref);
    },
    migrate: (vmName, toHost) => migrateVm(world, world.vmByName(vmName), toHost),
    reboot(vmName) {
      const vm = world.vmByName(vmName);
      restartVm(world, vm);
      // A machine that refuses shows it on its own screen; the pool's books are turned over either way.
      vm.spec.power?.reboot().catch((error: unknown) => {
        world.stats.hookErrors.push(error instanceof Error ? error.message : String(error));
      });
    },
    promote(hostIndex) {
      world.db.update('pool', world.poolRef, { master: world.host(hostIndex).ref });
    },
    forgetTasks: () => world.forgetTasks(),
    nameCoordinator(address) {
      world.namedCoordinator = address;
    },
    setHostDown: (hostIndex, isDown) => serverOf(servers, hostIndex).setDown(isDown),
    failOver(toHost) {
      serverOf(servers, world.master.index).setDown(true);
      world.sessions.endAll();
      world.forgetTasks();
      world.db.update('pool', world.poolRef, { master: world.host(toHost).ref });
    },
    eject(hostIndex) {
      const host = world.host(hostIndex);
      const alone = new PoolWorld({ ...options, name: `${options.name} without ${host.hostname}`, vms: [] });
      const entry = { ...host, index: 0, certificateRef: '' };
      alone.hosts.push(entry);
      seedPool(alone);
      serverOf(servers, hostIndex).joinWorld(alone, entry);
      world.db.delete('host', host.ref);
    },
    rewriteLocations() {
      for (const row of world.db.rows('console')) {
        world.db.update('console', row.ref, {
          location: `https://${urlHost(world.master.address)}/console?ref=${row.ref}`,
        });
      }
    },
    async stop() {
      world.stopping.abort();
      world.endTunnels(() => true);
      for (const vm of world.vms.values()) {
        vm.guest?.stop();
        vm.serial?.stop();
      }
      await Promise.all(servers.map((server) => server.stop()));
    },
    stats: () => structuredClone(world.stats),
  };
}

function serverOf(servers: readonly HostServer[], hostIndex: number): HostServer {
  const server = servers[hostIndex];
  if (!server) throw new Error(`no host ${hostIndex}`);
  return server;
}

function describeHost(host: HostEntry): FakeHost {
  const { index, uuid, ref, hostname, address, port, identity } = host;
  const { fingerprint256, certPem } = identity;
  return { index, uuid, ref, name: hostname, address, port, fingerprint256, certPem };
}

function vmOf(world: PoolWorld, vm: VmEntry): FakeVm {
  return {
    uuid: vm.uuid,
    ref: vm.ref,
    get consoles() {
      return stringsOf(world.db.field('VM', vm.ref, 'consoles')).map((ref): FakeConsole => {
        const fields = world.db.get('console', ref)?.fields;
        return { ref, uuid: String(fields?.uuid), protocol: fields?.protocol === 'rfb' ? 'rfb' : 'vt100' };
      });
    },
    get powerState() {
      return powerStateOf(world, vm);
    },
    setPowerState: (state) => setPowerState(world, vm, parsePowerState(state)),
    screenText: () => guestOf(world, vm)?.screen.text() ?? '',
    textTranscript: () => vm.serial?.transcript ?? guestOf(world, vm)?.transcript ?? '',
    typedBytes: () => vm.serial?.typedBytes ?? vm.guest?.typedBytes ?? 0,
    inputEvents: () => ({ keys: 0, pointers: 0, cutTexts: 0, ...vm.guest?.inputs }),
  };
}

function parsePowerState(state: string): PowerState {
  if (state === 'Running' || state === 'Halted' || state === 'Paused' || state === 'Suspended') return state;
  throw new Error(`no power state ${state}`);
}

function setPowerState(world: PoolWorld, vm: VmEntry, state: PowerState): void {
  const before = powerStateOf(world, vm);
  if (before === state) return;
  if (state === 'Halted' || state === 'Suspended') haltVm(world, vm, state);
  else if (before === 'Halted' || before === 'Suspended') bootVm(world, vm, residentIndex(world, vm), state);
  else pauseVm(world, vm, state === 'Paused');
}
