import { randomUUID } from 'node:crypto';
import type { Db } from '@porthole/db';
import type { OpaqueRef } from '@porthole/xenapi';
import type { PoolConfig } from '../pools/read-pool.ts';
import { type Allotment, Allotter } from './allot.ts';
import { describeVms, type RejectedLocation } from './describe-vms.ts';
import { mapHosts } from './map-host.ts';
import { moveVms } from './move-vms.ts';
import { planVms } from './plan-vms.ts';
import type { PoolModel } from './pool-model.ts';
import { readHosts, readVms, type StoredHost, type StoredVm } from './stored-rows.ts';
import { deleteHosts, writeHosts } from './write-hosts.ts';
import { writeVms } from './write-vms.ts';

/** Keeps the rows of one pool's hosts and machines in step with its model; writes only what differs. */
export class InventoryKeeper {
  readonly #db: Db;
  readonly #config: PoolConfig;
  readonly #hosts: Map<string, StoredHost>;
  readonly #vms: Map<string, StoredVm>;
  #allotter: Allotter;
  /** Resolves when what is under way with the machines is written: events and changed rules come each in their turn. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    db: Db,
    config: PoolConfig,
    rows: { hosts: Map<string, StoredHost>; vms: Map<string, StoredVm> },
  ) {
    this.#db = db;
    this.#config = config;
    this.#hosts = rows.hosts;
    this.#vms = rows.vms;
    this.#allotter = new Allotter(config.allotment, config.tenantId);
  }

  /** Reads what stands in the database. @throws DbError */
  static async load(db: Db, config: PoolConfig): Promise<InventoryKeeper> {
    const rows = await db.withTenant(config.tenantId, async (tx) => ({
      hosts: await readHosts(tx, config),
      vms: await readVms(tx, config),
    }));
    return new InventoryKeeper(db, config, rows);
  }

  get hosts(): StoredHost[] {
    return [...this.#hosts.values()];
  }

  /**
   * Judges every machine by these rules, if they are others than those of before, and moves what has another holder by them.
   * @throws DbError
   */
  useRules(allotment: Allotment): Promise<void> {
    return this.#inTurn(async () => {
      if (allotment.version === this.#allotter.version) return;
      this.#allotter = new Allotter(allotment, this.#config.tenantId);
      await this.#readHolders();
      await this.#allot(this.#vms.values());
    });
  }

  get vmCount(): number {
    return [...this.#vms.values()].filter(({ goneAt }) => goneAt === null).length;
  }

  /** Our id of a machine, for events. */
  vmId(uuid: string): string | null {
    return this.#vms.get(uuid)?.id ?? null;
  }

  /** New and changed hosts. Those that left stay until {@link dropHosts}. @throws DbError */
  writeHosts(model: PoolModel): Promise<void> {
    return writeHosts(this.#db, this.#config, this.#hosts, mapHosts(model));
  }

  /** Hosts that are no member any more. Write the machines first. @throws DbError */
  dropHosts(model: PoolModel): Promise<void> {
    const members = new Set(this.members(model).map(({ uuid }) => uuid));
    return deleteHosts(this.#db, this.#config, this.#hosts, (uuid) => members.has(uuid));
  }

  /** Hosts that are members now: a row may outlive its host for a moment. */
  members(model: PoolModel): StoredHost[] {
    const uuids = new Set([...model.tables.host.values()].map(({ uuid }) => uuid));
    return this.hosts.filter(({ uuid }) => uuids.has(uuid));
  }

  /**
   * Machines that were touched, or all: then whatever the pool does not list is gone.
   * @returns console locations that were refused
   * @throws DbError
   */
  async writeVms(
    model: PoolModel,
    touched: { readonly refs: Iterable<OpaqueRef>; readonly deletedUuids: Iterable<string> } | 'all',
    at: Date,
  ): Promise<readonly RejectedLocation[]> {
    const refs = touched === 'all' ? 'all' : touched.refs;
    const { now, rejected } = describeVms(model, refs, this.#poolAddresses());
    const missing = touched === 'all' ? this.#vms.keys() : touched.deletedUuids;
    for (const uuid of missing) if (!now.has(uuid)) now.set(uuid, null);
    return this.#inTurn(async () => {
      const changes = planVms({
        stored: this.#vms,
        now,
        hostIdOf: (uuid) => this.#hosts.get(uuid)?.id ?? null,
        holderOf: (facts) => this.#allotter.firstHolder(facts),
        at,
        newId: randomUUID,
      });
      await writeVms(this.#db, this.#config, this.#vms, changes, this.#allotter.version);
      // A changed tag, folder or name moves a machine as changed rules do.
      await this.#allot([...now.keys()].flatMap((uuid) => this.#vms.get(uuid) ?? []));
      return rejected;
    });
  }

  async #allot(vms: Iterable<StoredVm>): Promise<void> {
    const { version } = this.#allotter;
    await moveVms(this.#db, this.#config, this.#vms, this.#allotter.moves(vms), version);
  }

  /** Who holds which now: people move machines too. */
  async #readHolders(): Promise<void> {
    const { tenantId, poolId } = this.#config;
    const rows = await this.#db.withTenant(tenantId, (tx) =>
      tx.vm.findMany({
        where: { poolTenantId: tenantId, poolId },
        select: { uuid: true, tenantId: true, byHand: true },
      }),
    );
    for (const { uuid, tenantId: holderTenantId, byHand } of rows) {
      const before = this.#vms.get(uuid);
      if (before !== undefined) this.#vms.set(uuid, { ...before, holderTenantId, byHand });
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Every address under which a member may be named in a console's location. */
  #poolAddresses(): string[] {
    const { address, port, overrides } = this.#config;
    const typed = [{ address, port }, ...overrides.map((o) => ({ address: o.address ?? '', port: o.port }))];
    const bracketed = (host: string) => (host.includes(':') ? `[${host}]` : host);
    return [
      ...this.hosts.map((host) => host.address),
      ...typed.flatMap((one) => [one.address, `${bracketed(one.address)}:${one.port ?? 443}`]),
    ].filter((text) => text !== '' && !text.startsWith(':'));
  }
}
