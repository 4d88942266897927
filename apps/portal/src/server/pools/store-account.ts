import { recordEvent } from '@porthole/audit';
import type { Tx } from '@porthole/db';
import { Secret } from '@porthole/errors';
import { sealForWorker } from '@porthole/vault';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps-type.ts';
import { lineSchema } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';

/** An account at a pool as it is typed. */
export const accountFields = {
  username: lineSchema(1, 200),
  password: z.string().min(1).max(1024),
} as const;

/** The one account of a pool for now; a second, weaker one for consoles is a purpose of its own. */
const PURPOSE = 'inventory';

interface AccountOf {
  poolId: string;
  displayName: string;
  pin: string;
  username: string;
  password: string;
}

/**
 * Seals the password for the worker, to this pool and this fingerprint, in the place of the one before, and tells the log. What
 * was sealed before cannot be read back (architecture §3).
 */
export async function storeAccount(
  tx: Tx,
  { vaultPublicKey }: Pick<Deps, 'vaultPublicKey'>,
  actor: Actor,
  { poolId, displayName, pin, username, password }: AccountOf,
): Promise<void> {
  const { tenantId } = actor;
  const sealed = sealForWorker({
    publicKey: vaultPublicKey,
    tenantId,
    poolId,
    field: PURPOSE,
    pin,
    plaintext: new Secret(password),
  });
  const columns = { username, ...sealed };
  await tx.poolCredential.upsert({
    where: { tenantId_poolId_purpose: { tenantId, poolId, purpose: PURPOSE } },
    create: { tenantId, poolId, purpose: PURPOSE, ...columns },
    update: { ...columns, createdAt: new Date() },
    select: { purpose: true },
  });
  await recordEvent(tx, tenantId, {
    action: 'credential.written',
    ...doneBy(actor),
    target: { kind: 'pool', id: poolId, name: displayName },
    data: { purpose: PURPOSE, username, kid: sealed.kid },
  });
}
