import type { EgressPolicy, ProbeCertificate, TlsPin } from '@porthole/egress';
import { codeOf } from '@porthole/errors';
import type { Endpoint } from './member-endpoints.ts';

/** What is known of a member's certificate after asking it. */
export type MemberPin =
  /** It shows exactly what its coordinator has on record. */
  | {
      readonly kind: 'learned';
      readonly endpoint: Endpoint;
      readonly pin: TlsPin;
      readonly validTo: string;
    }
  /** It shows another one: nothing is sent to it. */
  | { readonly kind: 'mismatch'; readonly recorded: readonly string[]; readonly seen: string }
  /** It does not answer now; what was known stays, as long as the record still says the same. */
  | { readonly kind: 'silent'; readonly reason: string }
  /** The coordinator has no record of its certificate (hosts of before 2020): a person has to confirm it. */
  | { readonly kind: 'unrecorded' };

export interface MemberToLearn {
  readonly endpoints: readonly Endpoint[];
  /** Where it answered before: another certificate there is a changed one, not another host's. */
  readonly known: Endpoint | null;
  /** Fingerprints that the coordinator's records give for it. */
  readonly recorded: ReadonlySet<string>;
}

/**
 * Learns one member's pin: the certificate that it shows, accepted only if its fingerprint is among those that the pinned
 * coordinator's `Certificate` records give for this host (security.md §5). The probe sends no secret.
 * @throws EgressError egress/aborted, and what is no error of ours
 */
export async function learnMemberPin(
  deps: { readonly policy: EgressPolicy; readonly probe: ProbeCertificate; readonly signal: AbortSignal },
  { endpoints, known, recorded }: MemberToLearn,
): Promise<MemberPin> {
  if (recorded.size === 0) return { kind: 'unrecorded' };
  const home = known ?? (endpoints.length === 1 ? (endpoints[0] ?? null) : null);
  let seenAtHome: string | null = null;
  let reason = 'pool/no-address';
  for (const endpoint of endpoints) {
    const shown = await show(deps, endpoint);
    if (typeof shown === 'string') reason = shown;
    else if (recorded.has(shown.fingerprint256)) {
      const { fingerprint256, pem, validTo } = shown;
      return { kind: 'learned', endpoint, pin: { fingerprint256, pem }, validTo };
    } else if (isSameEndpoint(endpoint, home)) seenAtHome = shown.fingerprint256;
  }
  return seenAtHome === null
    ? { kind: 'silent', reason }
    : { kind: 'mismatch', recorded: [...recorded], seen: seenAtHome };
}

/** The certificate shown there, or the code of the reason why there is none. */
async function show(deps: Parameters<typeof learnMemberPin>[0], { address, port }: Endpoint) {
  try {
    return await deps.probe(deps.policy, { host: address, port, signal: deps.signal });
  } catch (error) {
    const code = codeOf(error);
    if (code === null || code === 'egress/aborted') throw error;
    return code;
  }
}

function isSameEndpoint(a: Endpoint, b: Endpoint | null): boolean {
  return b !== null && a.address === b.address && a.port === b.port;
}
