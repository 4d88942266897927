import type { ProbeCertificate, ProbedCertificate } from '@porthole/egress';

/**
 * For one round over the members of a pool: each address is asked once, whoever may be behind it. Stand-ins share an address,
 * and each of them is a candidate for each of their ports ({@link memberEndpoints}): asked anew for every host, sixteen took
 * more than a hundred handshakes.
 */
export function probeOnce(probe: ProbeCertificate): ProbeCertificate {
  const asked = new Map<string, Promise<ProbedCertificate>>();
  return (policy, target) => {
    const key = JSON.stringify([target.host, target.port]);
    const known = asked.get(key);
    if (known !== undefined) return known;
    const answer = probe(policy, target);
    asked.set(key, answer);
    return answer;
  };
}
