import { createHash } from 'node:crypto';
import type { BuiltinGuest } from '../guest/builtin-guest.ts';
import type { SerialFanOut } from '../guest/serial-fan-out.ts';
import { RpcFaults } from '../host/rpc-faults.ts';
import type { HostIdentity } from '../host/self-signed-certificate.ts';
import type { ConsoleFault, FakeAccount, FakePoolOptions, FakeVmSpec, Role } from '../pool-options.ts';
import { CLASS_DEFAULTS, CLASS_NAMES } from './class-defaults.ts';
import { Database, type Row } from './database.ts';
import { isUnknownField, UNKNOWN_TO_OLD_CLASSES } from './old-release.ts';
import { Sessions } from './sessions.ts';
import type { Fields } from './values.ts';

/** One console connection from the CONNECT answer to its end. */
export interface Tunnel {
  readonly vmRef: string;
  readonly protocol: 'rfb' | 'vt100';
  readonly hostIndex: number;
  readonly userName: string;
  /** Ends both directions; bytes under way may be lost, as on a real host. */
  end(): void;
}

/** A host of the pool as a machine, beside its database record. */
export interface HostEntry {
  readonly index: number;
  readonly ref: string;
  readonly uuid: string;
  readonly hostname: string;
  readonly address: string;
  port: number;
  identity: HostIdentity;
  certificateRef: string;
  fault: ConsoleFault | null;
}

/** A guest as a machine, beside its database record. */
export interface VmEntry {
  readonly ref: string;
  readonly uuid: string;
  readonly spec: FakeVmSpec;
  /** Made at the first look at it, so that thousands of VMs cost nothing; `guestOf` gives it. */
  guest: BuiltinGuest | null;
  serial: SerialFanOut | null;
  fault: ConsoleFault | null;
}

export interface Stats {
  rpcCalls: number;
  rpcErrors: number;
  callsByMethod: Record<string, number>;
  logins: number;
  failedLogins: number;
  tlsConnections: number;
  connects: number;
  tunnelsOpened: number;
  connectAnswers: Record<string, number>;
  /** What machines said that could not follow their pool. */
  hookErrors: string[];
}

/** Everything that a pool is, shared by its hosts: database, sessions, machines and open tunnels. */
export class PoolWorld {
  readonly db = new Database(CLASS_NAMES);
  readonly sessions = new Sessions(Date.now);
  readonly hosts: HostEntry[] = [];
  readonly vms = new Map<string, VmEntry>();
  private readonly defaults = new Map<string, Fields>();
  private readonly vmsByName = new Map<string, VmEntry>();
  readonly tunnels = new Set<Tunnel>();
  readonly rpcFaults = new RpcFaults();
  readonly accounts: readonly Required<FakeAccount>[];
  readonly operationMs: number;
  poolRef = '';
  /** What members say instead of the coordinator's true address. */
  namedCoordinator: string | null = null;
  nextDomid = 1;
  /** Aborts when the pool stops. */
  readonly stopping = new AbortController();
  readonly stats: Stats = {
    rpcCalls: 0,
    rpcErrors: 0,
    callsByMethod: {},
    logins: 0,
    failedLogins: 0,
    tlsConnections: 0,
    connects: 0,
    tunnelsOpened: 0,
    connectAnswers: {},
    hookErrors: [],
  };

  constructor(readonly options: FakePoolOptions) {
    const withRole = (account: FakeAccount): Required<FakeAccount> => ({ role: 'pool-admin', ...account });
    this.accounts = [options.account, ...(options.otherAccounts ?? [])].map(withRole);
    this.operationMs = options.operationMs ?? 150;
    // Higher than in any earlier run, so that an old event token is never ahead of the database.
    this.db.generation = Date.now();
  }

  /** The same uuid for the same thing in every run: inventories outlive a restart of the pool. */
  uuidFor(...names: string[]): string {
    const hex = createHash('sha256')
      .update([this.options.name, ...names].join('\0'))
      .digest('hex');
    const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }

  /** A new object with the class's default values and the given ones. @returns its reference */
  add(className: string, fields: Fields, ref?: string): string {
    let defaults = this.defaults.get(className);
    if (!defaults) {
      defaults = CLASS_DEFAULTS[className]?.() ?? {};
      this.defaults.set(className, defaults);
    }
    // Values are replaced and never changed in place, so that thousands of records share the empty ones.
    return this.db.create(className, { ...defaults, ...fields }, ref);
  }

  /** True for hosts from before JSON-RPC. */
  get isOldRelease(): boolean {
    return this.options.wire === 'xml-rpc';
  }

  /** Classes that this pool's hosts know. */
  get classNames(): readonly string[] {
    return this.isOldRelease ? CLASS_NAMES.filter((name) => !UNKNOWN_TO_OLD_CLASSES.has(name)) : CLASS_NAMES;
  }

  /** The record as this pool's hosts give it. */
  recordOf(row: Row): Fields {
    if (!this.isOldRelease) return row.fields;
    return Object.fromEntries(
      Object.entries(row.fields).filter(([field]) => !isUnknownField(row.className, field)),
    );
  }

  addVm(entry: VmEntry): void {
    this.vms.set(entry.ref, entry);
    // Names are not unique (xenapi.md §10.30); the first of a name is the one that tests mean.
    if (!this.vmsByName.has(entry.spec.name)) this.vmsByName.set(entry.spec.name, entry);
  }

  removeVm(entry: VmEntry): void {
    this.vms.delete(entry.ref);
    if (this.vmsByName.get(entry.spec.name) === entry) this.vmsByName.delete(entry.spec.name);
  }

  vmByRef(ref: string): VmEntry | undefined {
    return this.vms.get(ref);
  }

  vmByName(name: string): VmEntry {
    const vm = this.vmsByName.get(name);
    if (!vm) throw new Error(`no VM named ${name} in pool ${this.options.name}`);
    return vm;
  }

  host(index: number): HostEntry {
    const host = this.hosts[index];
    if (!host) throw new Error(`pool ${this.options.name} has no host ${index}`);
    return host;
  }

  get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  /** The coordinator, called master on the wire. */
  get master(): HostEntry {
    const ref = this.db.field('pool', this.poolRef, 'master');
    return this.hosts.find((host) => host.ref === ref) ?? this.host(0);
  }

  /** xenapi.md §2.1: what HOST_IS_SLAVE names, a bare address. */
  get masterAddress(): string {
    return this.namedCoordinator ?? this.master.address;
  }

  forgetTasks(): void {
    for (const row of this.db.rows('task')) this.db.delete('task', row.ref);
  }

  endTunnels(match: (tunnel: Tunnel) => boolean): void {
    for (const tunnel of [...this.tunnels]) if (match(tunnel)) tunnel.end();
  }
}

/** Descending (xenapi.md §2.5). */
export const ROLE_ORDER: readonly Role[] = [
  'pool-admin',
  'pool-operator',
  'vm-power-admin',
  'vm-admin',
  'vm-operator',
  'read-only',
];

/** xenapi.md §2.5: roles descend; a higher one may all that a lower one may. */
export function hasRole(role: Role, needed: Role): boolean {
  return ROLE_ORDER.indexOf(role) <= ROLE_ORDER.indexOf(needed);
}

/** The roles that suffice, for the words of a refusal. */
export function rolesWith(needed: Role): readonly Role[] {
  return ROLE_ORDER.filter((role) => hasRole(role, needed));
}
