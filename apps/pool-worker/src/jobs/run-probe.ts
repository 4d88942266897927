import type { Db } from '@porthole/db';
import { Prisma } from '@porthole/db';
import type { EgressPolicy, ProbeCertificate, ProbedCertificate } from '@porthole/egress';
import { codeOf } from '@porthole/errors';

export interface ProbeDeps {
  readonly db: Db;
  readonly probe: ProbeCertificate;
  readonly policyFor: (allowedCidrs: readonly string[]) => EgressPolicy;
}

/**
 * Answers an operator's question which certificate a host shows, before any pool or password exists. Two workers that answer the
 * same one do no harm: the first answer stays.
 * @returns whether there was something to answer
 * @throws DbError
 */
export async function runProbe(
  deps: ProbeDeps,
  { tenantId, probeId }: { readonly tenantId: string; readonly probeId: string },
): Promise<boolean> {
  const asked = await deps.db.withTenant(tenantId, async (tx) => {
    const row = await tx.poolProbe.findFirst({
      where: { tenantId, id: probeId, finishedAt: null },
      select: { address: true, port: true },
    });
    const policy = await tx.tenantPolicy.findFirst({ where: { tenantId }, select: { allowedCidrs: true } });
    return row === null ? null : { ...row, allowedCidrs: policy?.allowedCidrs ?? [] };
  });
  if (asked === null) return false;
  const answer = await askHost(deps, asked);
  await deps.db.withTenant(tenantId, (tx) =>
    tx.poolProbe.updateMany({
      where: { tenantId, id: probeId, finishedAt: null },
      data: { finishedAt: new Date(), ...answer },
    }),
  );
  return true;
}

async function askHost(
  { probe, policyFor }: ProbeDeps,
  { address, port, allowedCidrs }: { address: string; port: number; allowedCidrs: readonly string[] },
) {
  try {
    const shown = await probe(policyFor(allowedCidrs), { host: address, port });
    return { failure: null, certificate: publicParts(shown) };
  } catch (error) {
    const failure = codeOf(error);
    if (failure === null) throw error;
    return { failure, certificate: Prisma.DbNull };
  }
}

function publicParts(shown: ProbedCertificate) {
  const { fingerprint256, subject, issuer, validFrom, validTo, tlsVersion } = shown;
  return { fingerprint256, subject, issuer, validFrom, validTo, tlsVersion };
}
