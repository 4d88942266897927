import { type Db, TrustSource, type Tx } from '@porthole/db';
import type { EgressPolicy, ProbeCertificate, TlsPin } from '@porthole/egress';
import type { StoredHost } from '../inventory/stored-rows.ts';
import type { PoolConfig } from '../pools/read-pool.ts';
import type { TrustedHost } from '../sessions/seal-host-sessions.ts';
import { learnMemberPin, type MemberPin } from './learn-member-pin.ts';
import { type Endpoint, memberEndpoints } from './member-endpoints.ts';

export interface TrustDeps {
  readonly db: Db;
  readonly policy: EgressPolicy;
  readonly probe: ProbeCertificate;
}

interface Trust {
  readonly endpoint: Endpoint;
  readonly pin: TlsPin;
}

/** A member that shows another certificate than its coordinator has on record. */
export interface MemberMismatch {
  readonly host: StoredHost;
  readonly recorded: readonly string[];
  readonly seen: string;
}

/**
 * Which hosts of one pool may be spoken to, and with which certificate. The coordinator's was confirmed by an operator; members'
 * are learned from its records. Only the worker writes `host_trust` (architecture §3).
 */
export class TrustKeeper {
  readonly #deps: TrustDeps;
  readonly #config: PoolConfig;
  readonly #trusted = new Map<string, Trust>();

  constructor(deps: TrustDeps, config: PoolConfig) {
    this.#deps = deps;
    this.#config = config;
  }

  /**
   * Asks every member for its certificate and brings `host_trust` in step.
   * @param coordinatorPin the confirmed certificate, as the coordinator has just shown it
   * @param recorded fingerprints by host uuid, from the coordinator's records
   * @returns members that show another certificate; they are trusted no more
   * @throws DbError; EgressError egress/aborted
   */
  async learn(
    hosts: readonly StoredHost[],
    coordinatorPin: TlsPin & { readonly validTo: string },
    recorded: ReadonlyMap<string, ReadonlySet<string>>,
    signal: AbortSignal,
  ): Promise<MemberMismatch[]> {
    const { address, port } = this.#config;
    const pins = await Promise.all(
      hosts.map(async (host): Promise<[StoredHost, MemberPin]> => {
        if (host.isCoordinator) {
          const { validTo, ...pin } = coordinatorPin;
          return [host, { kind: 'learned', endpoint: { address, port }, pin, validTo }];
        }
        return [host, await this.#ask(host, recorded.get(host.uuid) ?? new Set(), signal)];
      }),
    );
    await this.#store(pins, recorded);
    return pins.flatMap(([host, pin]) =>
      pin.kind === 'mismatch' ? [{ host, recorded: pin.recorded, seen: pin.seen }] : [],
    );
  }

  /** Hosts that hold a pin, with the address to dial. */
  trusted(hosts: Iterable<StoredHost>): TrustedHost[] {
    return [...hosts].flatMap((host) => {
      const trust = this.#trusted.get(host.uuid);
      return trust === undefined ? [] : [{ hostId: host.id, hostUuid: host.uuid, ...trust }];
    });
  }

  #ask(host: StoredHost, recorded: ReadonlySet<string>, signal: AbortSignal): Promise<MemberPin> {
    const known = this.#trusted.get(host.uuid)?.endpoint ?? null;
    const { overrides } = this.#config;
    const endpoints = memberEndpoints({
      address: host.address,
      override: overrides.find(({ hostId }) => hostId === host.id),
      demoEndpoints: this.#deps.policy.demoEndpoints,
    });
    return learnMemberPin({ ...this.#deps, signal }, { endpoints, known, recorded });
  }

  async #store(
    pins: readonly (readonly [StoredHost, MemberPin])[],
    recorded: ReadonlyMap<string, ReadonlySet<string>>,
  ): Promise<void> {
    const { tenantId } = this.#config;
    await this.#deps.db.withTenant(tenantId, async (tx) => {
      for (const [host, pin] of pins) {
        const where = { tenantId, hostId: host.id };
        const row = await tx.hostTrust.findFirst({ where, select: { fingerprint256: true } });
        if (pin.kind === 'learned') {
          if (row?.fingerprint256 !== pin.pin.fingerprint256) await storeLearned(tx, tenantId, host, pin);
          this.#trusted.set(host.uuid, { endpoint: pin.endpoint, pin: pin.pin });
          continue;
        }
        // A member that is silent for a while keeps its pin, unless the record says something else by now.
        const isRecorded = row !== null && recorded.get(host.uuid)?.has(row.fingerprint256) === true;
        if (pin.kind === 'silent' && isRecorded) continue;
        this.#trusted.delete(host.uuid);
        await tx.hostTrust.deleteMany({ where });
        await tx.hostSession.deleteMany({ where });
      }
    });
  }
}

async function storeLearned(
  tx: Tx,
  tenantId: string,
  host: StoredHost,
  { pin, validTo }: MemberPin & { kind: 'learned' },
): Promise<void> {
  const columns = {
    fingerprint256: pin.fingerprint256,
    pem: pin.pem,
    source: host.isCoordinator ? TrustSource.confirmed : TrustSource.learned,
    validTo: new Date(validTo),
    createdAt: new Date(),
  };
  await tx.hostTrust.upsert({
    where: { tenantId_hostId: { tenantId, hostId: host.id } },
    create: { tenantId, hostId: host.id, ...columns },
    update: columns,
    select: { hostId: true },
  });
}
