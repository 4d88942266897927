import type { EgressPolicy, ProbeCertificate } from '@porthole/egress';
import { codeOf } from '@porthole/errors';
import type { PublicKey } from '@porthole/vault';
import { HostIsSlaveError, type XenCalls, type XenSession } from '@porthole/xenapi';
import { type BackOff, createBackOff } from './back-off.ts';
import { CheckDesk } from './checks/check-desk.ts';
import { FollowPool } from './follow-pool.ts';
import { InventoryKeeper } from './inventory/keep-inventory.ts';
import { isSessionGone, judgeFailure, type Verdict } from './judge-failure.ts';
import { recordAlone, setPoolState } from './pools/pool-records.ts';
import { type PoolConfig, type PoolIds, readPool } from './pools/read-pool.ts';
import { PowerDesk } from './power/power-desk.ts';
import { confirmCoordinator } from './sessions/open-pool-session.ts';
import { isSilent, leadsThisPool, poolMembers } from './sessions/pool-members.ts';
import { PoolSessions, type SessionDeps } from './sessions/pool-sessions.ts';
import { HostSessionSeals } from './sessions/seal-host-sessions.ts';
import { TrustKeeper } from './trust/keep-trust.ts';
import { Wake } from './wake.ts';
import { WorkerError } from './worker-error.ts';

export interface WatchDeps extends SessionDeps {
  /** Names this worker in `pool_lease`; unique to the process. */
  readonly holder: string;
  readonly relayKey: PublicKey;
  /** The policy for an organisation whose provider opened these ranges. */
  readonly policyFor: (allowedCidrs: readonly string[]) => EgressPolicy;
  readonly probe: ProbeCertificate;
}

/** What somebody may ask of a pool's watcher. */
export type PoolTask = 'sync-pool' | 'refresh-session';

/**
 * One pool, from the first sign-in to its removal: signs in, reads everything, follows events, seals sessions, and says in the
 * pool's row how it stands. Whatever goes wrong at the pool ends in a state and another try, never in an exception.
 */
export class PoolWatch {
  readonly ids: PoolIds;
  readonly #deps: WatchDeps;
  readonly #sessions: PoolSessions;
  readonly #seals: HostSessionSeals;
  readonly #backOff: BackOff;
  readonly #wake = new Wake();
  readonly #reportedMismatches = new Set<string>();
  #config: PoolConfig | null = null;
  #trust: TrustKeeper | null = null;
  #follow: FollowPool | null = null;
  #desk: PowerDesk | null = null;
  readonly #checks: CheckDesk;
  /** The pool's session, while it is followed. */
  #living: XenCalls | null = null;
  #round = new AbortController();
  #lastRenewal = Number.NEGATIVE_INFINITY;

  constructor(deps: WatchDeps, ids: PoolIds) {
    this.ids = ids;
    this.#deps = { ...deps, log: deps.log.child({ poolId: ids.poolId }) };
    this.#sessions = new PoolSessions(this.#deps);
    this.#seals = new HostSessionSeals(this.#deps, ids);
    const { firstWaitMs, longestWaitMs } = deps.timing;
    this.#backOff = createBackOff({ firstMs: firstWaitMs, longestMs: longestWaitMs });
    this.#checks = new CheckDesk(this.#deps, ids, () => this.#living);
  }

  /** Watches until the signal says to stop or the pool is removed. */
  async run(signal: AbortSignal): Promise<void> {
    const ending = new AbortController();
    const checking = this.#checks.run(AbortSignal.any([signal, ending.signal]));
    try {
      while (!signal.aborted) {
        this.#round = new AbortController();
        const wait = await this.#watchOnce(AbortSignal.any([signal, this.#round.signal]));
        if (wait === 'removed') return;
        if (!signal.aborted) await this.#wake.after(wait, signal);
      }
    } finally {
      ending.abort();
      await checking;
      this.#sessions.close();
    }
  }

  /** Looks whether an operator changed the pool; if so, begins anew. @throws DbError */
  async checkConfig(): Promise<void> {
    const known = this.#config;
    const now = await readPool(this.#deps.db, this.ids);
    if (known === null || this.#round.signal.aborted) return;
    const isChanged =
      now === null ||
      now.fingerprint !== known.fingerprint ||
      (now.state === 'paused') !== (known.state === 'paused') ||
      // Set by the portal alone: somebody wants another try.
      (now.state === 'new' && known.state !== 'new');
    if (isChanged) this.#beginAnew();
    else await this.#follow?.useRules(now.allotment);
  }

  /** @param askedAt when somebody asked; what was done after it need not be done again */
  ask(task: PoolTask, askedAt: Date): void {
    const { now, timing } = this.#deps;
    const signedInAt = this.#sessions.signedInAt;
    const isFollowing = this.#follow !== null;
    if (task === 'refresh-session' && signedInAt !== null) {
      const age = now().getTime() - signedInAt.getTime();
      if (askedAt < signedInAt || age < timing.freshForMs) return;
      this.#sessions.replace();
      this.#beginAnew();
    } else if (isFollowing) this.#follow?.resync(askedAt);
    else this.#beginAnew();
  }

  /** Something is asked about the pool, or called off. */
  wakeChecks(): void {
    this.#checks.wake();
  }

  /** Something is asked of the power of one of its machines. */
  wakePower(): void {
    this.#desk?.wake();
  }

  #beginAnew(): void {
    this.#round.abort();
    this.#wake.now();
  }

  /** One try, from reading the row to the failure that ends it. @returns how to go on */
  async #watchOnce(signal: AbortSignal): Promise<number | 'change' | 'removed'> {
    try {
      const config = await readPool(this.#deps.db, this.ids);
      if (config === null) {
        await this.#retire();
        return 'removed';
      }
      if (this.#config?.fingerprint !== config.fingerprint) this.#trust = null;
      this.#config = config;
      if (config.state === 'paused') {
        await this.#leaveAlone();
        return 'change';
      }
      await this.#signInAndFollow(config, signal);
      return 0;
    } catch (error) {
      if (signal.aborted) return 0;
      return this.#afterFailure(error);
    } finally {
      this.#follow = null;
    }
  }

  async #signInAndFollow(config: PoolConfig, signal: AbortSignal): Promise<void> {
    const { db, probe } = this.#deps;
    const policy = this.#deps.policyFor(config.allowedCidrs);
    const confirm = () => confirmCoordinator({ policy, signal, probe }, config);
    this.#trust ??= new TrustKeeper({ db, policy, probe }, config);
    const trust = this.#trust;
    const inventory = await InventoryKeeper.load(db, config);
    const { hosts } = inventory;
    const take = () =>
      this.#sessions.take(config, {
        policy,
        signal,
        members: () => poolMembers({ confirm, trust, hosts, signal }, config),
        isThisPool: (session, member) => leadsThisPool({ trust }, config, session, member),
      });
    const pool = await take().catch(async (error: unknown) => {
      // Somebody made another host the coordinator while nobody watched: its certificate may be known from before.
      if (!(error instanceof HostIsSlaveError) || trust.members(hosts).length > 0) throw error;
      await trust.recall(hosts, signal);
      return take();
    });
    if (pool.kept !== null) await this.#sealKnown(pool.kept, inventory);
    const confirmOrMiss = async () => {
      try {
        return await confirm();
      } catch (error) {
        const isElsewhere = pool.coordinator !== null && pool.coordinator.pin.fingerprint256 !== config.pin;
        if (isElsewhere && isSilent(error)) return null;
        throw error;
      }
    };
    const follow = new FollowPool(
      { ...this.#deps, confirm: confirmOrMiss, trust, seals: this.#seals },
      { config, pool, inventory },
    );
    this.#follow = follow;
    await this.#atTheDesk(pool, signal, (whileFollowing) =>
      follow.run(whileFollowing, async () => {
        await setPoolState(this.#deps, config, { state: 'connected', reason: null });
        this.#config = { ...config, state: 'connected' };
        this.#reportedMismatches.clear();
        this.#backOff.reset();
        this.#deps.log.info({ vms: inventory.vmCount, hosts: inventory.hosts.length }, 'pool is in step');
      }),
    );
  }

  /** For as long as the work lasts, power operations are done with the same sessions. */
  async #atTheDesk(
    calls: XenCalls,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const ending = new AbortController();
    const both = AbortSignal.any([signal, ending.signal]);
    const desk = new PowerDesk(this.#deps, this.ids, calls);
    this.#desk = desk;
    this.#living = calls;
    const atDesk = desk.run(both);
    try {
      await work(both);
    } finally {
      this.#desk = null;
      this.#living = null;
      ending.abort();
      await atDesk;
    }
  }

  /** A relay that waits for a fresh session need not wait for the whole pool to be read. */
  async #sealKnown(session: XenSession, inventory: InventoryKeeper): Promise<void> {
    const known = this.#trust?.trusted(inventory.hosts) ?? [];
    if (known.length > 0) await this.#seals.update(session, known);
  }

  async #afterFailure(caught: unknown): Promise<number | 'change'> {
    const { log, now, timing } = this.#deps;
    let error = caught;
    if (codeOf(error) === 'pool/evicted-again') this.#sessions.drop();
    if (isSessionGone(error)) {
      this.#sessions.drop();
      const at = now().getTime();
      if (at - this.#lastRenewal >= timing.renewEveryMs) {
        this.#lastRenewal = at;
        log.info('the session is gone at the pool; signing in again');
        return 0;
      }
      error = new WorkerError('pool/evicted-again', { cause: error });
    }
    const verdict = judgeFailure(error);
    log.warn({ err: error, verdict }, 'the pool cannot be watched');
    if (verdict === null) return this.#backOff.next();
    try {
      await this.#tell(verdict);
    } catch (err) {
      log.warn({ err }, 'the state of the pool could not be written');
      return this.#backOff.next();
    }
    return verdict.retry === 'change' ? 'change' : this.#backOff.next();
  }

  async #tell(verdict: Verdict): Promise<void> {
    const config = this.#config;
    if (config === null) return;
    // What may no longer be trusted, or was sealed for another address, no relay may dial with.
    if (verdict.state === 'untrusted' || verdict.reason === 'credential/bound-elsewhere') {
      this.#sessions.drop();
      await this.#seals.remove();
    }
    if (verdict.state === 'refused') this.#sessions.drop();
    const { state, reason, detail = null } = verdict;
    await setPoolState(this.#deps, config, { state, reason, detail });
    this.#config = { ...config, state };
    if (verdict.mismatch !== undefined) await this.#tellMismatch(config, verdict.mismatch);
  }

  async #tellMismatch(config: PoolConfig, { pinned, seen }: { pinned: string; seen: string }): Promise<void> {
    if (this.#reportedMismatches.has(seen)) return;
    await recordAlone(this.#deps, config.tenantId, [
      {
        action: 'pool.pin_mismatch',
        outcome: 'refused',
        target: { kind: 'pool', id: config.poolId, name: config.displayName },
        data: { expected: pinned, seen },
      },
    ]);
    this.#reportedMismatches.add(seen);
  }

  /** The pool is paused: Porthole has no session there until somebody lets it go on. */
  async #leaveAlone(): Promise<void> {
    await this.#seals.remove();
    await this.#sessions.logoutAll();
    this.#deps.log.info('the pool is paused; its sessions are ended');
  }

  /** The pool was removed: no session of ours stays behind, neither there nor here. */
  async #retire(): Promise<void> {
    await this.#seals.remove();
    await this.#sessions.logoutAll();
    this.#deps.log.info('the pool was removed; its sessions are ended');
  }
}
