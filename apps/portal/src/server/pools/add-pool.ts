import { randomUUID } from 'node:crypto';
import { recordEvent } from '@porthole/audit';
import { askWorker, type Tx } from '@porthole/db';
import { AppError, Secret } from '@porthole/errors';
import { sealForWorker } from '@porthole/vault';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg, lineSchema, slugSchema } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { findHolders } from './find-holders.ts';
import { parsePoolAddress } from './pool-address.ts';
import { seenCertificateSchema } from './seen-certificate.ts';

export const addPoolInput = z.strictObject({
  ...inOrg,
  displayName: lineSchema(1, 80),
  address: z.string().trim().min(1).max(255),
  /** The fingerprint that the operator compared and confirmed: `AA:BB:…`, 32 bytes. */
  pin: z.string().regex(/^[0-9A-F]{2}(?::[0-9A-F]{2}){31}$/),
  username: lineSchema(1, 200),
  password: z.string().min(1).max(1024),
  /** Machines with the tag go to that organisation; the first that fits wins, the rest stay here. */
  allotments: z
    .array(z.strictObject({ tag: lineSchema(1, 100), holder: slugSchema }))
    .max(50)
    .optional(),
});
type Input = z.infer<typeof addPoolInput>;
type Deps = Pick<AllDeps, 'db' | 'vaultPublicKey'>;

/** The one account of a pool for now; a second, weaker one for consoles is a purpose of its own. */
const PURPOSE = 'inventory';
/** How old a look at the address may be when its fingerprint is confirmed. */
export const PROBE_LIFE_MS = 60 * 60_000;

/**
 * Adds a pool with its sealed password. The confirmed fingerprint must be the one that the worker saw at this very
 * address; the password is sealed to it and to this pool, so nobody can point it elsewhere later (architecture §3).
 *
 * @throws ForbiddenError `rbac/forbidden`; AppError `pool/address`, `pool/not-probed`, `pool/other-fingerprint`,
 *   `pool/known`, `pool/unknown-holder`
 */
export async function addPool(deps: Deps, actor: Actor, input: Input): Promise<{ poolId: string }> {
  const { address, port } = parsePoolAddress(input.address);
  const poolId = randomUUID();
  return deps.db.withTenant(actor.tenantId, async (tx) => {
    await lockAuthority(tx, actor.tenantId);
    const { now } = await assertInTenant(tx, actor, 'pools.manage');
    await assertSeen(tx, actor, { address, port, pin: input.pin, now });
    await assertNew(tx, actor, { address, port });
    const sealed = sealForWorker({
      publicKey: deps.vaultPublicKey,
      tenantId: actor.tenantId,
      poolId,
      field: PURPOSE,
      pin: input.pin,
      plaintext: new Secret(input.password),
    });
    const holders = await findHolders(tx, actor, input.allotments ?? []);
    // Raw: Prisma would send the columns that are the worker's or the database's own (migration 0002).
    await tx.$executeRaw`INSERT INTO pool (tenant_id, id, display_name, address, port, pin, created_by)
      VALUES (${actor.tenantId}::uuid, ${poolId}::uuid, ${input.displayName}, ${address}, ${port}::int, ${input.pin},
        ${actor.personId}::uuid)`;
    await tx.poolCredential.create({
      data: {
        tenantId: actor.tenantId,
        poolId,
        purpose: PURPOSE,
        username: input.username,
        ...sealed,
      },
      select: { purpose: true },
    });
    await tx.allotment.createMany({
      data: holders.map(({ tag, holderTenantId }, position) => ({
        tenantId: actor.tenantId,
        poolId,
        position,
        tag,
        holderTenantId,
      })),
    });
    await askWorker(tx, { task: 'sync-pool', tenantId: actor.tenantId, poolId });
    const target = { kind: 'pool', id: poolId, name: input.displayName } as const;
    await recordEvent(tx, actor.tenantId, {
      action: 'pool.added',
      ...doneBy(actor),
      target,
      data: { address, port, pin: input.pin },
    });
    await recordEvent(tx, actor.tenantId, {
      action: 'credential.written',
      ...doneBy(actor),
      target,
      data: { purpose: PURPOSE, username: input.username, kid: sealed.kid },
    });
    return { poolId };
  });
}

/** The newest look at the address must have seen exactly this certificate. */
async function assertSeen(
  tx: Tx,
  actor: Actor,
  { address, port, pin, now }: { address: string; port: number; pin: string; now: Date },
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

async function assertNew(tx: Tx, actor: Actor, { address, port }: { address: string; port: number }) {
  const known = await tx.pool.findFirst({
    where: { tenantId: actor.tenantId, address, port, removedAt: null },
    select: { id: true, displayName: true },
  });
  if (known !== null)
    throw new AppError({
      code: 'pool/known',
      publicMessage: `This pool is here already, as ${known.displayName}.`,
      details: { poolId: known.id },
    });
}
