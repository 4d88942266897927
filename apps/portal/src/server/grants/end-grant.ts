import { ForbiddenError, NotFoundError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { factsOf } from '../authority/facts-of.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import { sees } from '../authority/sees.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { grantFields } from './grant-fields.ts';
import { mayEndGrant } from './may-end-grant.ts';
import { recordGrantEnd } from './record-grant-end.ts';

export const endGrantInput = z.strictObject({ ...inOrg, grantId: z.uuid() });

/**
 * Takes shared access back, at once: consoles that stand on it narrow or close within two seconds.
 *
 * @throws NotFoundError `grant/not-found` for absent, ended, foreign and unseen ones; ForbiddenError `rbac/forbidden`
 */
export async function endGrant(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { grantId }: z.infer<typeof endGrantInput>,
): Promise<{ ended: true }> {
  return db.withTenant(actor.tenantId, async (tx) => {
    await lockAuthority(tx, actor.tenantId);
    const facts = await factsOf(tx, actor);
    const grant = await tx.accessGrant.findFirst({
      where: {
        tenantId: actor.tenantId,
        id: grantId,
        endedAt: null,
        OR: [{ endsAt: null }, { endsAt: { gt: facts.now } }],
      },
      select: grantFields,
    });
    if (grant === null) throw new NotFoundError('grant', { grantId, why: 'absent' });
    const isOwn = grant.personId === actor.personId;
    if (!mayEndGrant(facts, grant)) {
      if (isOwn || (grant.vm !== null && sees(facts, grant.vm)))
        throw new ForbiddenError('no-share', { grantId, vmId: grant.vmId });
      throw new NotFoundError('grant', { grantId, why: 'unseen' });
    }
    const { count } = await tx.accessGrant.updateMany({
      where: { tenantId: actor.tenantId, id: grantId, endedAt: null },
      data: { endedAt: facts.now, endedBy: actor.personId },
    });
    if (count === 0) throw new NotFoundError('grant', { grantId, why: 'ended meanwhile' });
    await recordGrantEnd(tx, actor, grant, 'taken-back');
    return { ended: true };
  });
}
