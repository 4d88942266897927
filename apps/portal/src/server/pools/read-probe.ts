import { NotFoundError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { type SeenCertificate, seenCertificateSchema } from './seen-certificate.ts';

export const readProbeInput = z.strictObject({ ...inOrg, probeId: z.uuid() });

export interface ProbeResult {
  status: 'waiting' | 'seen' | 'failed';
  address: string;
  port: number;
  /** A code of ours such as `egress/denied`. */
  failure: string | null;
  certificate: SeenCertificate | null;
}

/**
 * What the worker saw at the address.
 *
 * @throws ForbiddenError `rbac/forbidden`, NotFoundError `probe/not-found`
 */
export async function readProbe(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { probeId }: z.infer<typeof readProbeInput>,
): Promise<ProbeResult> {
  return db.withTenant(actor.tenantId, async (tx) => {
    await assertInTenant(tx, actor, 'pools.manage');
    const probe = await tx.poolProbe.findFirst({
      where: { tenantId: actor.tenantId, id: probeId },
      select: { address: true, port: true, finishedAt: true, failure: true, certificate: true },
    });
    if (probe === null) throw new NotFoundError('probe', { probeId });
    const { address, port, failure } = probe;
    const certificate = seenCertificateSchema.safeParse(probe.certificate).data ?? null;
    if (probe.finishedAt === null)
      return { status: 'waiting', address, port, failure: null, certificate: null };
    const status = failure === null && certificate !== null ? 'seen' : 'failed';
    return {
      status,
      address,
      port,
      failure: status === 'failed' ? (failure ?? 'probe/unreadable') : null,
      certificate,
    };
  });
}
