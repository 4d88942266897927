import { setMaxListeners } from 'node:events';
import type { TlsPin } from '@porthole/egress';
import { EventFollower, type XenClass, type XenPool, type XenSession } from '@porthole/xenapi';
import { Beside } from './beside.ts';
import type { Allotment } from './inventory/allot.ts';
import type { RejectedLocation } from './inventory/describe-vms.ts';
import type { InventoryKeeper } from './inventory/keep-inventory.ts';
import { certificateFingerprints } from './inventory/map-host.ts';
import { PoolModel, type Touched, WATCHED_CLASSES, type WatchedClass } from './inventory/pool-model.ts';
import { readInventory } from './inventory/read-inventory.ts';
import { recordAlone, type WorkerEvent } from './pools/pool-records.ts';
import type { PoolConfig } from './pools/read-pool.ts';
import { tellAccount } from './pools/tell-account.ts';
import { mapPool, writePoolFacts } from './pools/write-pool-facts.ts';
import type { SessionDeps } from './sessions/pool-sessions.ts';
import type { HostSessionSeals } from './sessions/seal-host-sessions.ts';
import type { MemberMismatch, TrustKeeper } from './trust/keep-trust.ts';
import { Wake } from './wake.ts';
import { WorkerError } from './worker-error.ts';

/** So many told events are remembered, so that each is told once. */
const MAX_REPORTED = 1_000;

export interface FollowDeps extends SessionDeps {
  readonly trust: TrustKeeper;
  readonly seals: HostSessionSeals;
  /**
   * The certificate at the pool's address, if it is still the confirmed one; null while nobody answers there and another
   * member leads the pool. @throws PinMismatchError, EgressError
   */
  readonly confirm: () => Promise<(TlsPin & { readonly validTo: string }) | null>;
}

export interface Followed {
  readonly config: PoolConfig;
  readonly pool: XenPool;
  readonly inventory: InventoryKeeper;
}

/** Reads a pool and follows its events, over sessions and coordinators that change, until something fails for good. */
export class FollowPool {
  readonly #deps: FollowDeps;
  readonly #config: PoolConfig;
  readonly #pool: XenPool;
  readonly #inventory: InventoryKeeper;
  readonly #reported = new Set<string>();
  #follower: EventFollower | null = null;
  /** The one that the pool was last read with; what is sealed for relays. */
  #session: XenSession | null = null;
  /** Whose rights were asked for last. */
  #askedRights: XenSession | null = null;
  /** When the last full read began. */
  #readAt: Date | null = null;

  constructor(deps: FollowDeps, { config, pool, inventory }: Followed) {
    this.#deps = deps;
    this.#config = config;
    this.#pool = pool;
    this.#inventory = inventory;
  }

  /** Rules that may have changed: machines that are another's by them move now. @throws DbError */
  useRules(allotment: Allotment): Promise<void> {
    return this.#inventory.useRules(allotment);
  }

  /**
   * Reads everything again as soon as what is under way is written.
   * @param askedAt nothing happens if everything was read since
   */
  resync(askedAt: Date): void {
    if (this.#readAt !== null && askedAt < this.#readAt) return;
    this.#follower?.resync();
  }

  /**
   * Never resolves: ends with what went wrong, or by the signal. Nothing of it goes on afterwards.
   * @param onInStep called each time the rows say what the pool says
   */
  async run(outer: AbortSignal, onInStep: () => Promise<void>): Promise<never> {
    const { timing, now } = this.#deps;
    const ending = new AbortController();
    const signal = AbortSignal.any([outer, ending.signal]);
    // One for each host whose certificate is asked for.
    setMaxListeners(0, signal);
    let model = new PoolModel();
    const follower = new EventFollower(this.#pool, {
      classes: WATCHED_CLASSES,
      signal,
      countOf: (cls) => (isWatched(cls) ? model.count(cls) : undefined),
      timeoutS: timing.eventTimeoutS,
      pauseMs: timing.eventPauseMs,
      resyncPauseMs: timing.resyncPauseMs,
    });
    this.#follower = follower;
    const trust = new Beside(
      () => this.#renewTrust(model, signal),
      () => follower.resync(),
    );
    let [verifiedAt, touchedAt] = [0, 0];
    try {
      for await (const step of follower.steps()) {
        trust.rethrow();
        this.#session = step.session;
        if (step.kind === 'resync') {
          if (step.reason !== 'start')
            this.#deps.log.info({ reason: step.reason }, 'reading the whole pool again');
          this.#readAt = now();
          model = await this.#readAll(step.session, signal);
          await this.#writeAll(model, trust, signal);
          await onInStep();
          await this.#tellAccount(step.session, signal);
          verifiedAt = touchedAt = now().getTime();
          continue;
        }
        await this.#apply(model, model.apply(step.events), trust);
        const at = now().getTime();
        if (at - verifiedAt >= timing.verifyEveryMs) {
          void trust.start();
          verifiedAt = at;
        }
        if (at - touchedAt >= timing.touchEveryMs) {
          await writePoolFacts(this.#deps.db, this.#config, mapPool(model));
          touchedAt = at;
        }
        trust.rethrow();
      }
      throw new WorkerError('worker/unexpected');
    } finally {
      this.#follower = null;
      ending.abort();
      await trust.settle();
    }
  }

  #readAll(session: XenSession, signal: AbortSignal): Promise<PoolModel> {
    return readInventory(session, {
      signal,
      onUnreadable: (cls, ref, reason) =>
        this.#deps.log.warn({ class: cls, ref, reason }, 'a record of the pool does not fit'),
    });
  }

  async #writeAll(model: PoolModel, trust: Beside, signal: AbortSignal): Promise<void> {
    await this.#inventory.writeHosts(model);
    const known = trust.start();
    const rejected = await this.#inventory.writeVms(model, 'all', this.#deps.now());
    await this.#inventory.dropHosts(model);
    await this.#tellRejected(rejected);
    await writePoolFacts(this.#deps.db, this.#config, mapPool(model));
    // Members mostly answer at once, and then consoles open from the first moment; one that is silent holds nobody up.
    await Promise.race([known, new Wake().after(this.#deps.timing.trustHeadStartMs, signal)]);
    trust.rethrow();
  }

  async #apply(model: PoolModel, touched: Touched, trust: Beside): Promise<void> {
    const { hosts, hostMetrics, certificates, pool, vms, deletedVmUuids } = touched;
    if (hosts || hostMetrics || pool) await this.#inventory.writeHosts(model);
    if (hosts || vms.size > 0 || deletedVmUuids.size > 0) {
      const what = hosts ? 'all' : { refs: vms, deletedUuids: deletedVmUuids };
      await this.#tellRejected(await this.#inventory.writeVms(model, what, this.#deps.now()));
    }
    if (hosts) await this.#inventory.dropHosts(model);
    if (hosts || certificates) void trust.start();
    if (pool) await writePoolFacts(this.#deps.db, this.#config, mapPool(model));
  }

  /** After the machines, which people wait for. A role that changes at the pool is seen with the next sign-in. */
  async #tellAccount(session: XenSession, signal: AbortSignal): Promise<void> {
    if (this.#askedRights === session) return;
    await tellAccount(this.#deps.db, this.#config, session, signal);
    this.#askedRights = session;
  }

  /** Certificates, trust, and the sealed sessions of the hosts that are trusted. */
  async #renewTrust(model: PoolModel, signal: AbortSignal): Promise<void> {
    const { trust, seals, confirm } = this.#deps;
    const pin = await confirm();
    const mismatches = await trust.learn(
      this.#inventory.members(model),
      pin,
      certificateFingerprints(model),
      signal,
    );
    signal.throwIfAborted();
    if (this.#session !== null)
      await seals.update(this.#session, trust.trusted(this.#inventory.members(model)));
    await this.#tellOnce(mismatches.map((mismatch) => mismatchEvent(this.#config, mismatch)));
  }

  async #tellRejected(rejected: readonly RejectedLocation[]): Promise<void> {
    await this.#tellOnce(
      rejected.map(({ vmUuid, vmName, location }) => ({
        action: 'pool.location_rejected',
        outcome: 'refused',
        target: { kind: 'vm', id: this.#inventory.vmId(vmUuid) ?? vmUuid, name: vmName },
        // A hostile text, cut short by describeVms: shown, never dialled.
        data: { why: location },
      })),
    );
  }

  /** An event stands in the log once, however often the pool says the same thing again. */
  async #tellOnce(events: readonly WorkerEvent[]): Promise<void> {
    const fresh = events.filter((event) => !this.#reported.has(JSON.stringify(event)));
    await recordAlone(this.#deps, this.#config.tenantId, fresh);
    // A pool that says something new each time would fill our memory; the database counts floods of refusals itself.
    if (this.#reported.size > MAX_REPORTED) this.#reported.clear();
    for (const event of fresh) this.#reported.add(JSON.stringify(event));
  }
}

function mismatchEvent(config: PoolConfig, { host, recorded, seen }: MemberMismatch): WorkerEvent {
  return {
    action: 'pool.pin_mismatch',
    outcome: 'refused',
    target: { kind: 'pool', id: config.poolId, name: config.displayName },
    data: { hostId: host.id, expected: recorded[0] ?? '', seen },
  };
}

function isWatched(cls: XenClass): cls is WatchedClass {
  return WATCHED_CLASSES.some((watched) => watched === cls);
}
