import { recordEvent } from '@porthole/audit';
import { assertConfirmed } from '@porthole/auth';
import { AppError, NotFoundError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { beginAnew, changePool } from './managed-pool.ts';
import { parsePoolAddress } from './pool-address.ts';

export const setHostAddressInput = z.strictObject({
  ...inOrg,
  id: z.uuid(),
  hostId: z.uuid(),
  /** Where Porthole reaches the host; null for what the pool itself names. */
  address: z.string().trim().min(1).max(255).nullable(),
});

/**
 * Where a host is reached from here, for hosts behind address translation. Whoever answers there must show the certificate
 * that the coordinator has on record, as everywhere.
 *
 * @throws as {@link changePool}; ConfirmFirstError `auth/confirm-first`; NotFoundError `host/not-found`; AppError `pool/address`, `pool/own-address`
 */
export async function setHostAddress(
  deps: Pick<Deps, 'db'>,
  actor: Actor,
  { id, hostId, address: typed }: z.infer<typeof setHostAddressInput>,
): Promise<{ address: string | null; port: number | null }> {
  const wanted = typed === null ? { address: null, port: null } : parsePoolAddress(typed);
  return changePool(deps, actor, id, async (tx, pool, now) => {
    assertConfirmed(actor, now);
    const { tenantId } = actor;
    const host = await tx.host.findFirst({
      where: { tenantId, poolId: id, id: hostId },
      select: { name: true, overrideAddress: true, overridePort: true, trust: { select: { source: true } } },
    });
    if (host === null) throw new NotFoundError('host', { hostId });
    if (host.trust?.source === 'confirmed' && wanted.address !== null)
      throw new AppError({
        code: 'pool/own-address',
        publicMessage: `${host.name} is reached at the pool’s own address. Change the address of the pool instead.`,
        details: { hostId },
      });
    if (host.overrideAddress === wanted.address && host.overridePort === wanted.port) return wanted;
    await tx.host.updateMany({
      where: { tenantId, id: hostId },
      data: { overrideAddress: wanted.address, overridePort: wanted.port },
    });
    await recordEvent(tx, tenantId, {
      action: 'pool.host-address',
      ...doneBy(actor),
      target: { kind: 'pool', id, name: pool.displayName },
      data: {
        host: { id: hostId, name: host.name },
        before: toText(host.overrideAddress, host.overridePort),
        after: toText(wanted.address, wanted.port),
      },
    });
    await beginAnew(tx, actor, pool);
    return wanted;
  });
}

function toText(address: string | null, port: number | null): string | null {
  return address === null ? null : `${address}:${port}`;
}
