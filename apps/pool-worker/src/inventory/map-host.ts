import type { OpaqueRef, XenRecord } from '@porthole/xenapi';
import { cleanText } from './clean-text.ts';
import type { PoolModel } from './pool-model.ts';

/** What is kept of a host: the columns of `host` that the worker writes. */
export interface HostFacts {
  readonly uuid: string;
  readonly name: string;
  /** The management address as the host sees it (xenapi.md §8); may be empty. */
  readonly address: string;
  readonly isCoordinator: boolean;
  readonly enabled: boolean;
  readonly live: boolean;
}

const MAX_NAME_LENGTH = 300;
const MAX_ADDRESS_LENGTH = 255;

export function mapHost(
  host: XenRecord<'host'>,
  parts: { readonly isCoordinator: boolean; readonly metrics: XenRecord<'host_metrics'> | undefined },
): HostFacts {
  return {
    uuid: host.uuid,
    name: cleanText(host.name_label || host.hostname, MAX_NAME_LENGTH),
    address: cleanText(host.address, MAX_ADDRESS_LENGTH),
    isCoordinator: parts.isCoordinator,
    enabled: host.enabled,
    // Without metrics nothing says that it is dead.
    live: parts.metrics?.live ?? true,
  };
}

/** All hosts of the pool. */
export function mapHosts(model: PoolModel): HostFacts[] {
  const master = poolRecordOf(model)?.master ?? null;
  return [...model.tables.host].map(([ref, host]) =>
    mapHost(host, {
      isCoordinator: ref === master,
      metrics: host.metrics === null ? undefined : model.tables.host_metrics.get(host.metrics),
    }),
  );
}

/** There is exactly one pool object (xenapi.md §3.5). */
export function poolRecordOf(model: PoolModel): XenRecord<'pool'> | undefined {
  const [pool] = model.tables.pool.values();
  return pool;
}

/** The reference of the pool object, for `event.inject`. */
export function poolRefOf(model: PoolModel): OpaqueRef | undefined {
  const [ref] = model.tables.pool.keys();
  return ref;
}

/** SHA-256 fingerprints that the coordinator's records give for each host, by host uuid (security.md §5). */
export function certificateFingerprints(model: PoolModel): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const certificate of model.tables.Certificate.values()) {
    const host = certificate.host === null ? undefined : model.tables.host.get(certificate.host);
    // `host_internal` is the certificate of host-to-host traffic, `ca` no host's at all (xenapi.md §1.1).
    if (host === undefined || (certificate.type !== 'host' && certificate.type !== '')) continue;
    // Before 24.20 `fingerprint` is the SHA-256 itself.
    const fingerprint = normaliseFingerprint(certificate.fingerprint_sha256 || certificate.fingerprint);
    if (fingerprint !== null) found.set(host.uuid, (found.get(host.uuid) ?? new Set()).add(fingerprint));
  }
  return found;
}

/** `AA:BB:…` in upper case, or null for what is no SHA-256. */
export function normaliseFingerprint(text: string): string | null {
  const hex = text.replaceAll(':', '').toUpperCase();
  return /^[0-9A-F]{64}$/.test(hex) ? hex.replace(/..(?=.)/g, '$&:') : null;
}
