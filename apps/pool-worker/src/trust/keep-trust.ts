import { type Db, TrustSource, type Tx } from '@porthole/db';
import type { EgressPolicy, ProbeCertificate, TlsPin } from '@porthole/egress';
import type { PoolMember } from '@porthole/xenapi';
import type { StoredHost } from '../inventory/stored-rows.ts';
import type { PoolConfig } from '../pools/read-pool.ts';
import type { TrustedHost } from '../sessions/seal-host-sessions.ts';
import { learnMemberPin, type MemberPin } from './learn-member-pin.ts';
import { type Endpoint, memberEndpoints } from './member-endpoints.ts';
import { probeOnce } from './probe-once.ts';

export interface TrustDeps {
  readonly db: Db;
  readonly policy: EgressPolicy;
  readonly probe: ProbeCertificate;
}

/** One walk over the members. */
interface Round {
  readonly probe: ProbeCertificate;
  readonly signal: AbortSignal;
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
  /** What its row says of each host, by our id. */
  readonly #told = new Map<string, string | null>();
  #confirmedUuid: string | null = null;

  constructor(deps: TrustDeps, config: PoolConfig) {
    this.#deps = deps;
    this.#config = config;
  }

  /**
   * Asks every member for its certificate and brings `host_trust` in step.
   * @param confirmedPin the confirmed certificate, as it was just shown at the pool's address; null while nobody answers there
   * @param recorded fingerprints by host uuid, from the coordinator's records
   * @returns members that show another certificate; they are trusted no more
   * @throws DbError; EgressError egress/aborted
   */
  async learn(
    hosts: readonly StoredHost[],
    confirmedPin: (TlsPin & { readonly validTo: string }) | null,
    recorded: ReadonlyMap<string, ReadonlySet<string>>,
    signal: AbortSignal,
  ): Promise<MemberMismatch[]> {
    const { address, port } = this.#config;
    const confirmed = this.#confirmedAmong(hosts, recorded);
    this.#confirmedUuid = confirmed?.uuid ?? this.#confirmedUuid;
    const round = { probe: probeOnce(this.#deps.probe), signal };
    const pins = await Promise.all(
      hosts.map(async (host): Promise<[StoredHost, MemberPin]> => {
        if (host === confirmed) {
          if (confirmedPin === null) return [host, { kind: 'silent', reason: 'pool/no-answer' }];
          const { validTo, ...pin } = confirmedPin;
          return [host, { kind: 'learned', endpoint: { address, port }, pin, validTo }];
        }
        return [host, await this.#ask(host, recorded.get(host.uuid) ?? new Set(), round)];
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

  /** Hosts that may be told the password of the pool (ADR 0011), with the addresses that the pool has for them. */
  members(hosts: Iterable<StoredHost>): PoolMember[] {
    return [...hosts].flatMap(({ uuid, address }) => {
      const trust = this.#trusted.get(uuid);
      if (trust === undefined) return [];
      return [
        { host: trust.endpoint.address, port: trust.endpoint.port, pin: trust.pin, aliases: [address] },
      ];
    });
  }

  /**
   * After a start: finds the hosts again whose certificates this pool's coordinator once told, by asking each for its
   * certificate. Needed only while the coordinator itself does not answer.
   * @throws DbError; EgressError egress/aborted
   */
  async recall(hosts: readonly StoredHost[], signal: AbortSignal): Promise<void> {
    const { tenantId } = this.#config;
    const rows = await this.#deps.db.withTenant(tenantId, (tx) =>
      tx.hostTrust.findMany({
        where: { tenantId, hostId: { in: hosts.map(({ id }) => id) } },
        select: { hostId: true, fingerprint256: true },
      }),
    );
    const known = new Map(rows.map(({ hostId, fingerprint256 }) => [hostId, fingerprint256]));
    const round = { probe: probeOnce(this.#deps.probe), signal };
    await Promise.all(
      hosts.map(async (host) => {
        const fingerprint = known.get(host.id);
        if (fingerprint === undefined) return;
        if (fingerprint === this.#config.pin) this.#confirmedUuid = host.uuid;
        const found = await this.#ask(host, new Set([fingerprint]), round);
        if (found.kind === 'learned')
          this.#trusted.set(host.uuid, { endpoint: found.endpoint, pin: found.pin });
      }),
    );
  }

  /** The pool's own uuid of the host whose certificate an operator confirmed; null while it is not known. */
  get confirmedUuid(): string | null {
    return this.#confirmedUuid;
  }

  /** The host behind the pool's address: the one of the confirmed certificate, which may have become a member meanwhile. */
  #confirmedAmong(
    hosts: readonly StoredHost[],
    recorded: ReadonlyMap<string, ReadonlySet<string>>,
  ): StoredHost | undefined {
    return (
      hosts.find(({ uuid }) => recorded.get(uuid)?.has(this.#config.pin) === true) ??
      hosts.find(({ uuid }) => uuid === this.#confirmedUuid) ??
      // Hosts of before 2020 have no records of certificates.
      hosts.find(({ isCoordinator }) => isCoordinator)
    );
  }

  #ask(host: StoredHost, recorded: ReadonlySet<string>, round: Round): Promise<MemberPin> {
    const known = this.#trusted.get(host.uuid)?.endpoint ?? null;
    const { overrides } = this.#config;
    const endpoints = memberEndpoints({
      address: host.address,
      override: overrides.find(({ hostId }) => hostId === host.id),
      demoEndpoints: this.#deps.policy.demoEndpoints,
    });
    return learnMemberPin({ policy: this.#deps.policy, ...round }, { endpoints, known, recorded });
  }

  async #store(
    pins: readonly (readonly [StoredHost, MemberPin])[],
    recorded: ReadonlyMap<string, ReadonlySet<string>>,
  ): Promise<void> {
    const { tenantId } = this.#config;
    await this.#deps.db.withTenant(tenantId, async (tx) => {
      await this.#tellReach(tx, pins);
      const rows = await tx.hostTrust.findMany({
        where: { tenantId, hostId: { in: pins.map(([{ id }]) => id) } },
        select: { hostId: true, fingerprint256: true },
      });
      const stored = new Map(rows.map(({ hostId, fingerprint256 }) => [hostId, fingerprint256]));
      const learned: { host: StoredHost; pin: LearnedPin }[] = [];
      const lost: string[] = [];
      for (const [host, pin] of pins) {
        const fingerprint = stored.get(host.id);
        if (pin.kind === 'learned') {
          if (fingerprint !== pin.pin.fingerprint256) learned.push({ host, pin });
          this.#trusted.set(host.uuid, { endpoint: pin.endpoint, pin: pin.pin });
          continue;
        }
        // A member that is silent for a while keeps its pin, unless the record says something else by now.
        const isRecorded = fingerprint !== undefined && recorded.get(host.uuid)?.has(fingerprint) === true;
        if (pin.kind === 'silent' && isRecorded) continue;
        this.#trusted.delete(host.uuid);
        lost.push(host.id);
      }
      await storeLearned(tx, this.#config, learned);
      if (lost.length === 0) return;
      await tx.hostTrust.deleteMany({ where: { tenantId, hostId: { in: lost } } });
      await tx.hostSession.deleteMany({ where: { tenantId, hostId: { in: lost } } });
    });
  }

  /** One statement for all hosts of which the same is to be said. */
  async #tellReach(tx: Tx, pins: readonly (readonly [StoredHost, MemberPin])[]): Promise<void> {
    const hostsOf = new Map<string | null, string[]>();
    for (const [{ id }, pin] of pins) {
      const failure = reachFailureOf(pin);
      if (this.#told.get(id) !== failure) hostsOf.set(failure, [...(hostsOf.get(failure) ?? []), id]);
    }
    for (const [reachFailure, ids] of hostsOf) {
      await tx.host.updateMany({
        where: { tenantId: this.#config.tenantId, id: { in: ids } },
        data: { reachFailure },
      });
      for (const id of ids) this.#told.set(id, reachFailure);
    }
  }
}

/** A code of ours for a host that no console opens on; null where its certificate is known and it answers. */
function reachFailureOf(pin: MemberPin): string | null {
  switch (pin.kind) {
    case 'learned':
      return null;
    case 'silent':
      return pin.reason;
    case 'mismatch':
      return 'pool/certificate-changed';
    case 'unrecorded':
      return 'pool/unrecorded';
  }
}

type LearnedPin = MemberPin & { kind: 'learned' };

async function storeLearned(
  tx: Tx,
  { tenantId, pin: confirmed }: PoolConfig,
  learned: readonly { host: StoredHost; pin: LearnedPin }[],
): Promise<void> {
  if (learned.length === 0) return;
  await tx.hostTrust.deleteMany({ where: { tenantId, hostId: { in: learned.map(({ host }) => host.id) } } });
  await tx.hostTrust.createMany({
    data: learned.map(({ host, pin: { pin, validTo } }) => ({
      tenantId,
      hostId: host.id,
      fingerprint256: pin.fingerprint256,
      pem: pin.pem,
      source: pin.fingerprint256 === confirmed ? TrustSource.confirmed : TrustSource.learned,
      validTo: new Date(validTo),
    })),
  });
}
