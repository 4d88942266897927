import type { Tx } from '@porthole/db';
import { AppError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { seenCertificateSchema } from './seen-certificate.ts';

/** The fingerprint that the operator compared and confirmed: `AA:BB:…`, 32 bytes. */
export const pinSchema = z.string().regex(/^[0-9A-F]{2}(?::[0-9A-F]{2}){31}$/);

/** How old a look at the address may be when its fingerprint is confirmed. */
export const PROBE_LIFE_MS = 60 * 60_000;

interface ConfirmedAddress {
  address: string;
  port: number;
  pin: string;
}

/**
 * The newest look at the address must have seen exactly the certificate that the operator confirmed.
 *
 * @throws AppError `pool/not-probed`, `pool/other-fingerprint`
 */
export async function assertSeen(
  tx: Tx,
  actor: Actor,
  { address, port, pin }: ConfirmedAddress,
  now: Date,
): Promise<void> {
  const probe = await tx.poolProbe.findFirst({
    where: {
      tenantId: actor.tenantId,
      address,
      port,
      finishedAt: { not: null },
      failure: null,
      createdAt: { gt: new Date(now.getTime() - PROBE_LIFE_MS) },
    },
    select: { certificate: true },
    orderBy: { createdAt: 'desc' },
  });
  const seen = seenCertificateSchema.safeParse(probe?.certificate).data;
  if (seen === undefined)
    throw new AppError({
      code: 'pool/not-probed',
      publicMessage: 'Nobody has looked at this address within the hour. Look at its certificate first.',
      details: { address, port },
    });
  if (seen.fingerprint256 !== pin)
    throw new AppError({
      code: 'pool/other-fingerprint',
      publicMessage:
        'The fingerprint isn’t the one seen at this address. Nothing was sent; compare it again.',
      details: { confirmed: pin, seen: seen.fingerprint256 },
    });
}

/**
 * No other pool of the organisation may have the address.
 *
 * @param except the pool that is being moved
 * @throws AppError `pool/known`
 */
export async function assertNew(
  tx: Tx,
  actor: Actor,
  { address, port }: Omit<ConfirmedAddress, 'pin'>,
  except?: string,
): Promise<void> {
  const known = await tx.pool.findFirst({
    where: {
      tenantId: actor.tenantId,
      address,
      port,
      removedAt: null,
      ...(except === undefined ? {} : { id: { not: except } }),
    },
    select: { id: true, displayName: true },
  });
  if (known !== null)
    throw new AppError({
      code: 'pool/known',
      publicMessage: `This pool is here already, as ${known.displayName}.`,
      details: { poolId: known.id },
    });
}
