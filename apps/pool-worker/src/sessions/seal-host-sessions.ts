import { createHash } from 'node:crypto';
import type { Db } from '@porthole/db';
import type { TlsPin } from '@porthole/egress';
import { Secret } from '@porthole/errors';
import { type PublicKey, sealSession } from '@porthole/vault';
import type { XenSession } from '@porthole/xenapi';
import type { PoolIds } from '../pools/read-pool.ts';
import type { Endpoint } from '../trust/member-endpoints.ts';

/** A host that the relay may dial: it holds a pin. */
export interface TrustedHost {
  readonly hostId: string;
  readonly hostUuid: string;
  readonly endpoint: Endpoint;
  readonly pin: TlsPin;
}

/**
 * Keeps `host_session` in step: one sealed reference for each trusted host, sealed anew whenever session, address or pin
 * differ from what stands sealed, and none for any other host of the pool.
 */
export class HostSessionSeals {
  readonly #db: Db;
  readonly #ids: PoolIds;
  readonly #relayKey: PublicKey;
  /** A digest of what was sealed last, by host id: the plaintext is not kept. */
  #sealed = new Map<string, string>();

  constructor(deps: { db: Db; relayKey: PublicKey }, ids: PoolIds) {
    this.#db = deps.db;
    this.#relayKey = deps.relayKey;
    this.#ids = ids;
  }

  /** @returns how many were sealed anew @throws DbError, VaultError */
  async update(session: XenSession, hosts: readonly TrustedHost[]): Promise<number> {
    const { tenantId, poolId } = this.#ids;
    const wanted = new Map(hosts.map((host) => [host.hostId, digestOf(session, host)]));
    const stale = hosts.filter((host) => this.#sealed.get(host.hostId) !== wanted.get(host.hostId));
    const hasLost = [...this.#sealed.keys()].some((hostId) => !wanted.has(hostId));
    if (stale.length === 0 && !hasLost && this.#sealed.size > 0) return 0;
    await this.#db.withTenant(tenantId, async (tx) => {
      const rows = await tx.hostSession.findMany({
        where: { tenantId, host: { poolId } },
        select: { hostId: true, generation: true },
      });
      const generations = new Map(rows.map(({ hostId, generation }) => [hostId, generation]));
      // What is not wanted any more, and what takes another's place: one statement each, however many hosts there are.
      const kept = hosts.filter((host) => !stale.includes(host)).map(({ hostId }) => hostId);
      await tx.hostSession.deleteMany({ where: { tenantId, host: { poolId }, hostId: { notIn: kept } } });
      await tx.hostSession.createMany({
        data: stale.map((host) => ({
          tenantId,
          hostId: host.hostId,
          ...this.#seal(session, host),
          generation: (generations.get(host.hostId) ?? 0) + 1,
        })),
      });
    });
    this.#sealed = wanted;
    return stale.length;
  }

  /** Takes all sealed references of the pool away: no relay dials its hosts any more. @throws DbError */
  async remove(): Promise<void> {
    const { tenantId, poolId } = this.#ids;
    await this.#db.withTenant(tenantId, (tx) =>
      tx.hostSession.deleteMany({ where: { tenantId, host: { poolId } } }),
    );
    this.#sealed = new Map();
  }

  #seal(session: XenSession, { hostId, hostUuid, endpoint, pin }: TrustedHost) {
    return sealSession({
      relayPublicKey: this.#relayKey,
      tenantId: this.#ids.tenantId,
      hostId,
      payload: { sessionRef: new Secret(session.ref), hostUuid, ...endpoint, pin },
    });
  }
}

function digestOf(session: XenSession, { hostUuid, endpoint, pin }: TrustedHost): string {
  const parts = [session.ref, hostUuid, endpoint.address, endpoint.port, pin.fingerprint256];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
