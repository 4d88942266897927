import {
  type OpaqueRef,
  recordSchemas,
  type XenClass,
  type XenEvent,
  type XenRecord,
} from '@porthole/xenapi';

/** The classes that the inventory is made of. */
export const WATCHED_CLASSES = [
  'pool',
  'host',
  'host_metrics',
  'Certificate',
  'console',
  'VM_metrics',
  'VM_guest_metrics',
  'VM',
] as const satisfies readonly XenClass[];

export type WatchedClass = (typeof WATCHED_CLASSES)[number];

type Tables = { readonly [C in WatchedClass]: Map<OpaqueRef, XenRecord<C>> };

/** What a batch of events touched. */
export interface Touched {
  /** The pool's own record: its coordinator, its limits. */
  pool: boolean;
  /** Hosts themselves: members, addresses. */
  hosts: boolean;
  /** Whether hosts live. */
  hostMetrics: boolean;
  certificates: boolean;
  /** Machines whose own or attached records changed. */
  readonly vms: Set<OpaqueRef>;
  /** uuids of machines that were deleted. */
  readonly deletedVmUuids: Set<string>;
}

/**
 * The pool as its API last described it: nothing but parsed records, kept in step by events. It knows no database and
 * does no I/O, so a sequence of events is a test.
 */
export class PoolModel {
  readonly tables: Tables = {
    pool: new Map(),
    host: new Map(),
    host_metrics: new Map(),
    Certificate: new Map(),
    console: new Map(),
    VM_metrics: new Map(),
    VM_guest_metrics: new Map(),
    VM: new Map(),
  };
  /** References that exist and whose records don't fit: they count, though nothing is known of them. */
  readonly #unreadable = new Map<WatchedClass, Set<OpaqueRef>>();
  readonly #ownerOf = new Map<OpaqueRef, OpaqueRef>();

  /** After the tables were filled: which machine each attached record belongs to. */
  indexOwners(): void {
    for (const ref of this.tables.VM.keys()) this.#own(ref);
  }

  markUnreadable(cls: WatchedClass, ref: OpaqueRef): void {
    const known = this.#unreadable.get(cls) ?? new Set();
    this.#unreadable.set(cls, known.add(ref));
  }

  /** How many objects of a class are known to exist, to compare with `valid_ref_counts` (xenapi.md §5). */
  count(cls: WatchedClass): number {
    return this.tables[cls].size + (this.#unreadable.get(cls)?.size ?? 0);
  }

  /** Applies one answer of `event.from`. Events are merged per object, so each is the latest word on it. */
  apply(events: readonly XenEvent[]): Touched {
    const touched: Touched = {
      pool: false,
      hosts: false,
      hostMetrics: false,
      certificates: false,
      vms: new Set(),
      deletedVmUuids: new Set(),
    };
    for (const event of events) if (isWatched(event.class)) this.#applyOne(event.class, event, touched);
    return touched;
  }

  #applyOne(cls: WatchedClass, event: XenEvent, touched: Touched): void {
    // Before and after: a console that moved to another machine touches both.
    this.#touch(cls, event.ref, touched);
    const hostBefore = cls === 'host' ? hostKey(this.tables.host.get(event.ref)) : null;
    const uuidBefore = cls === 'VM' ? this.tables.VM.get(event.ref)?.uuid : undefined;
    this.tables[cls].delete(event.ref);
    this.#unreadable.get(cls)?.delete(event.ref);
    if (event.operation === 'del') {
      if (cls === 'host') touched.hosts = true;
      if (uuidBefore !== undefined) touched.deletedVmUuids.add(uuidBefore);
      return;
    }
    const isReadable = this.#store(cls, event.ref, event.snapshot);
    if (!isReadable) this.markUnreadable(cls, event.ref);
    if (cls === 'VM') this.#own(event.ref);
    if (cls === 'host' && hostKey(this.tables.host.get(event.ref)) !== hostBefore) touched.hosts = true;
    this.#touch(cls, event.ref, touched);
  }

  #store<C extends WatchedClass>(cls: C, ref: OpaqueRef, snapshot: unknown): boolean {
    const parsed = recordSchemas[cls].safeParse(snapshot);
    if (!parsed.success) return false;
    const table: Map<OpaqueRef, unknown> = this.tables[cls];
    table.set(ref, parsed.data);
    return true;
  }

  #touch(cls: WatchedClass, ref: OpaqueRef, touched: Touched): void {
    if (cls === 'pool') touched.pool = true;
    else if (cls === 'host_metrics') touched.hostMetrics = true;
    else if (cls === 'Certificate') touched.certificates = true;
    else if (cls !== 'host') {
      const owner = this.#vmOf(cls, ref);
      if (owner !== null) touched.vms.add(owner);
    }
  }

  #vmOf(cls: WatchedClass, ref: OpaqueRef): OpaqueRef | null {
    if (cls === 'VM') return ref;
    if (cls === 'console') return this.tables.console.get(ref)?.VM ?? null;
    return this.#ownerOf.get(ref) ?? null;
  }

  #own(vmRef: OpaqueRef): void {
    const vm = this.tables.VM.get(vmRef);
    for (const ref of [vm?.metrics, vm?.guest_metrics]) if (ref) this.#ownerOf.set(ref, vmRef);
  }
}

/** Every start of a machine changes its host's `resident_VMs`; that alone is no news of the host. */
function hostKey(host: XenRecord<'host'> | undefined): string {
  return JSON.stringify({ ...host, resident_VMs: [] });
}

function isWatched(cls: XenClass): cls is WatchedClass {
  return WATCHED_CLASSES.some((name) => name === cls);
}
