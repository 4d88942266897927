import type { TlsPin } from '@porthole/egress';
import { watchEvents, type XenEvents, type XenSession } from '@porthole/xenapi';
import { Beside } from './beside.ts';
import type { AllotmentRule } from './inventory/allot.ts';
import type { RejectedLocation } from './inventory/describe-vms.ts';
import type { InventoryKeeper } from './inventory/keep-inventory.ts';
import { certificateFingerprints } from './inventory/map-host.ts';
import { PoolModel, type Touched, WATCHED_CLASSES } from './inventory/pool-model.ts';
import { type Inventory, readInventory } from './inventory/read-inventory.ts';
import { isEventsLost } from './judge-failure.ts';
import { recordAlone, type WorkerEvent } from './pools/pool-records.ts';
import type { PoolConfig } from './pools/read-pool.ts';
import { mapPool, writePoolFacts } from './pools/write-pool-facts.ts';
import type { SessionDeps } from './sessions/pool-sessions.ts';
import type { HostSessionSeals } from './sessions/seal-host-sessions.ts';
import type { MemberMismatch, TrustKeeper } from './trust/keep-trust.ts';
import { Wake } from './wake.ts';

/** So many told events are remembered, so that each is told once. */
const MAX_REPORTED = 1_000;

export interface FollowDeps extends SessionDeps {
  readonly trust: TrustKeeper;
  readonly seals: HostSessionSeals;
  /** The coordinator's certificate, if it is still the confirmed one. @throws PinMismatchError, EgressError */
  readonly confirm: () => Promise<TlsPin & { readonly validTo: string }>;
}

export interface Followed {
  readonly config: PoolConfig;
  readonly session: XenSession;
  readonly inventory: InventoryKeeper;
}

/** Reads a pool and follows its events with one session, until something fails or has to begin anew. */
export class FollowPool {
  readonly #deps: FollowDeps;
  readonly #config: PoolConfig;
  readonly #session: XenSession;
  readonly #inventory: InventoryKeeper;
  readonly #pause = new Wake();
  readonly #reported = new Set<string>();
  #waiting = new AbortController();
  #isResyncAsked = false;
  /** When the last full read began. */
  #readAt: Date | null = null;

  constructor(deps: FollowDeps, { config, session, inventory }: Followed) {
    this.#deps = deps;
    this.#config = config;
    this.#session = session;
    this.#inventory = inventory;
  }

  /** Rules for machines that are first seen from now on. */
  useRules(rules: readonly AllotmentRule[]): void {
    this.#inventory.useRules(rules);
  }

  /**
   * Reads everything again as soon as what is under way is written.
   * @param askedAt nothing happens if everything was read since
   */
  resync(askedAt: Date): void {
    if (this.#readAt !== null && askedAt < this.#readAt) return;
    this.#isResyncAsked = true;
    this.#wake();
  }

  /**
   * Never resolves: ends with what went wrong, or by the signal. Nothing of it goes on afterwards.
   * @param onInStep called each time the rows say what the pool says
   */
  async run(outer: AbortSignal, onInStep: () => Promise<void>): Promise<never> {
    const ending = new AbortController();
    const signal = AbortSignal.any([outer, ending.signal]);
    const onFailure = () => this.#wake();
    let model = new PoolModel();
    const trust = new Beside(() => this.#renewTrust(model, signal), onFailure);
    try {
      for (;;) {
        this.#isResyncAsked = false;
        this.#readAt = this.#deps.now();
        const inventory = await this.#readAll(signal);
        model = inventory.model;
        await this.#writeAll(model, trust, signal);
        await onInStep();
        await this.#followEvents(inventory, trust, signal);
        signal.throwIfAborted();
        await this.#pause.after(this.#isResyncAsked ? 0 : this.#deps.timing.resyncPauseMs, signal);
      }
    } finally {
      ending.abort();
      await trust.settle();
    }
  }

  #wake(): void {
    this.#waiting.abort();
    this.#pause.now();
  }

  #readAll(signal: AbortSignal) {
    return readInventory(this.#session, {
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

  /** Returns when everything has to be read again. */
  async #followEvents(inventory: Inventory, trust: Beside, signal: AbortSignal): Promise<void> {
    const { timing, now } = this.#deps;
    const { model } = inventory;
    let { token } = inventory;
    let verifiedAt = now().getTime();
    let touchedAt = verifiedAt;
    while (!this.#isResyncAsked) {
      const answer = await this.#nextEvents(token, signal);
      trust.rethrow();
      if (answer === 'begin-anew') return;
      token = answer.token;
      await this.#apply(model, model.apply(answer.events), trust);
      if (hasMissedSome(model, answer)) {
        this.#deps.log.info('the pool counts other objects than we do; reading everything again');
        return;
      }
      const at = now().getTime();
      if (at - verifiedAt >= timing.verifyEveryMs) {
        void trust.start();
        verifiedAt = at;
      }
      if (at - touchedAt >= timing.touchEveryMs) {
        await writePoolFacts(this.#deps.db, this.#config, mapPool(model));
        touchedAt = at;
      }
      await this.#pause.after(timing.eventPauseMs, signal);
      signal.throwIfAborted();
      trust.rethrow();
    }
  }

  async #nextEvents(token: string, signal: AbortSignal): Promise<XenEvents | 'begin-anew'> {
    this.#waiting = new AbortController();
    if (this.#isResyncAsked) return 'begin-anew';
    try {
      return await watchEvents(this.#session, {
        classes: WATCHED_CLASSES,
        token,
        timeoutS: this.#deps.timing.eventTimeoutS,
        signal: AbortSignal.any([signal, this.#waiting.signal]),
      });
    } catch (error) {
      const isWoken = this.#waiting.signal.aborted && !signal.aborted;
      if (isEventsLost(error) || isWoken) return 'begin-anew';
      throw error;
    }
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

/** Deletions are kept in a bounded list at the pool, so after a long silence some may be missed (xenapi.md §5). */
function hasMissedSome(model: PoolModel, { validRefCounts }: XenEvents): boolean {
  return WATCHED_CLASSES.some((cls) => {
    const count = validRefCounts.get(cls);
    return count !== undefined && count !== model.count(cls);
  });
}
