import type { EgressPolicy, TlsPin } from '@porthole/egress';
import type { Logger } from '@porthole/logger';
import type { PrivateKeys } from '@porthole/vault';
import type { XenApiClient, XenSession } from '@porthole/xenapi';
import { type PoolRecordsDeps, recordAlone } from '../pools/pool-records.ts';
import type { PoolConfig } from '../pools/read-pool.ts';
import type { Timing } from '../timing.ts';
import { coordinatorClient, openPassword, signIn } from './open-pool-session.ts';

export interface SessionDeps extends PoolRecordsDeps {
  readonly log: Logger;
  readonly vaultKeys: PrivateKeys;
  readonly timing: Timing;
  readonly now: () => Date;
}

interface Kept {
  readonly session: XenSession;
  readonly client: XenApiClient;
  readonly signedInAt: Date;
  /** The configuration that it belongs to. */
  readonly fingerprint: string;
}

const LOGOUT_TIMEOUT_MS = 10_000;

/** The one session of a pool: made when there is none, kept over lost connections, replaced when it is gone. */
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
   * The kept session, or a new one. The password is opened before anything is dialled, and dropped after the sign-in.
   * @param confirm asks the coordinator for its certificate and refuses any but the confirmed one
   * @throws WorkerError, PinMismatchError, VaultError, XenApiError, XenTransportError, EgressError, DbError
   */
  async take(
    config: PoolConfig,
    deps: { policy: EgressPolicy; signal: AbortSignal; confirm: () => Promise<TlsPin> },
  ): Promise<XenSession> {
    if (this.#kept !== null && this.#kept.fingerprint !== config.fingerprint) this.replace();
    if (this.#kept !== null) {
      await deps.confirm();
      return this.#kept.session;
    }
    const password = openPassword(this.#deps.vaultKeys, config);
    const pin = await deps.confirm();
    const client = coordinatorClient(deps, config, pin);
    try {
      await this.#recordUse(config);
      const session = await signIn(client, config, password, deps.signal);
      const { fingerprint } = config;
      this.#kept = { session, client, signedInAt: this.#deps.now(), fingerprint };
      return session;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /** Forgets the session: it is gone at the pool, or nothing may be sent there any more. */
  drop(): void {
    this.#kept?.client.close();
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
    for (const { client } of this.#stopWaiting()) client.close();
    this.drop();
  }

  #stopWaiting(): Kept[] {
    const waiting = [...this.#leaving];
    this.#leaving.clear();
    for (const [timer] of waiting) clearTimeout(timer);
    return waiting.map(([, kept]) => kept);
  }

  async #logout({ session, client }: Kept): Promise<void> {
    try {
      await session.logout({ timeoutMs: LOGOUT_TIMEOUT_MS });
    } catch (err) {
      // It ages out at the pool within a day (xenapi.md §2.2).
      this.#deps.log.warn({ err }, 'a session could not be ended at its pool');
    } finally {
      client.close();
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
