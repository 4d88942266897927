import type { EgressPolicy } from '@porthole/egress';
import type { Logger } from '@porthole/logger';
import type { PrivateKeys } from '@porthole/vault';
import { type PoolMember, XenPool, type XenSession } from '@porthole/xenapi';
import { type PoolRecordsDeps, recordAlone } from '../pools/pool-records.ts';
import type { PoolConfig } from '../pools/read-pool.ts';
import type { Timing } from '../timing.ts';
import { WorkerError } from '../worker-error.ts';
import { credentialsOf, openPassword, USER_AGENT } from './open-pool-session.ts';

export interface SessionDeps extends PoolRecordsDeps {
  readonly log: Logger;
  readonly vaultKeys: PrivateKeys;
  readonly timing: Timing;
  readonly now: () => Date;
}

interface Kept {
  readonly pool: XenPool;
  /** Of its last sign-in; null before the first. */
  signedInAt: Date | null;
  renewedAt: number;
  members: readonly PoolMember[];
  /** The configuration that it belongs to. */
  readonly fingerprint: string;
}

export interface TakeDeps {
  readonly policy: EgressPolicy;
  readonly signal: AbortSignal;
  /** Hosts that may be told the password, the likeliest coordinator first. */
  readonly members: () => Promise<readonly PoolMember[]>;
  /** Whether a member other than the confirmed coordinator still belongs to this pool. */
  readonly isThisPool: (session: XenSession, member: PoolMember) => Promise<boolean>;
}

const LOGOUT_TIMEOUT_MS = 10_000;

/** The one session of a pool: made when there is none, kept over lost connections and coordinators, replaced when it is gone. */
export class PoolSessions {
  readonly #deps: SessionDeps;
  #kept: Kept | null = null;
  readonly #leaving = new Map<NodeJS.Timeout, Kept>();

  constructor(deps: SessionDeps) {
    this.#deps = deps;
  }

  get signedInAt(): Date | null {
    return this.#kept?.signedInAt ?? null;
  }

  /**
   * The pool with its kept session, or with a new one. That the password opens is looked at before anything is dialled; it is
   * opened again for each sign-in, and dropped after it.
   * @throws WorkerError, PinMismatchError, VaultError, XenApiError, XenTransportError, EgressError, DbError
   */
  async take(config: PoolConfig, deps: TakeDeps): Promise<XenPool> {
    if (this.#kept !== null && this.#kept.fingerprint !== config.fingerprint) this.replace();
    if (this.#kept === null) openPassword(this.#deps.vaultKeys, config);
    const members = await deps.members();
    const kept = this.#kept ?? this.#begin(config, deps);
    kept.members = members;
    try {
      await kept.pool.session(deps.signal);
      this.#kept = kept;
      return kept.pool;
    } catch (error) {
      if (this.#kept !== kept) kept.pool.close();
      throw error;
    }
  }

  #begin(config: PoolConfig, { policy, isThisPool }: TakeDeps): Kept {
    const kept: Kept = {
      pool: new XenPool({
        policy,
        userAgent: USER_AGENT,
        isThisPool,
        members: () => kept.members,
        credentials: async () => {
          this.#checkRenewal(kept);
          await this.#recordUse(config);
          return credentialsOf(this.#deps.vaultKeys, config);
        },
        onSignIn: () => {
          kept.signedInAt = this.#deps.now();
        },
      }),
      signedInAt: null,
      renewedAt: Number.NEGATIVE_INFINITY,
      members: [],
      fingerprint: config.fingerprint,
    };
    return kept;
  }

  /** A session that is lost again and again is somebody's doing at the pool: it is not made anew without end. */
  #checkRenewal(kept: Kept): void {
    if (kept.signedInAt === null) return;
    const at = this.#deps.now().getTime();
    if (at - kept.renewedAt < this.#deps.timing.renewEveryMs) throw new WorkerError('pool/evicted-again');
    kept.renewedAt = at;
    this.#deps.log.info('the session is gone at the pool; signing in again');
  }

  /** Forgets the session: it is gone at the pool, or nothing may be sent there any more. */
  drop(): void {
    this.#kept?.pool.close();
    this.#kept = null;
  }

  /** The next {@link take} signs in anew. The old session lives on for a while, since a relay may be dialling with it. */
  replace(): void {
    const old = this.#kept;
    if (old === null) return;
    this.#kept = null;
    const timer = setTimeout(() => {
      this.#leaving.delete(timer);
      void this.#logout(old);
    }, this.#deps.timing.logoutGraceMs);
    timer.unref();
    this.#leaving.set(timer, old);
  }

  /** The pool was removed: every session ends now. */
  async logoutAll(): Promise<void> {
    const all = [...this.#stopWaiting(), ...(this.#kept === null ? [] : [this.#kept])];
    this.#kept = null;
    await Promise.all(all.map((kept) => this.#logout(kept)));
  }

  /** The process ends: connections close, sessions stay, since relays go on dialling with the sealed references. */
  close(): void {
    for (const { pool } of this.#stopWaiting()) pool.close();
    this.drop();
  }

  #stopWaiting(): Kept[] {
    const waiting = [...this.#leaving];
    this.#leaving.clear();
    for (const [timer] of waiting) clearTimeout(timer);
    return waiting.map(([, kept]) => kept);
  }

  async #logout({ pool }: Kept): Promise<void> {
    try {
      await pool.logout({ timeoutMs: LOGOUT_TIMEOUT_MS });
    } catch (err) {
      // It ages out at the pool within a day (xenapi.md §2.2).
      this.#deps.log.warn({ err }, 'a session could not be ended at its pool');
    } finally {
      pool.close();
    }
  }

  /** Before the act, so that no use of a password is unrecorded. */
  async #recordUse({ tenantId, poolId, displayName, credential }: PoolConfig): Promise<void> {
    if (credential === null) return;
    await recordAlone(this.#deps, tenantId, [
      {
        action: 'credential.used',
        outcome: 'ok',
        target: { kind: 'pool', id: poolId, name: displayName },
        data: { purpose: 'inventory', kid: credential.sealed.kid },
      },
    ]);
  }
}
