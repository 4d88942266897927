import type { Db } from '@porthole/db';
import type { SealedRow } from '@porthole/vault';
import type { Allotment } from '../inventory/allot.ts';

/** Which pool, of which organisation. */
export interface PoolIds {
  readonly tenantId: string;
  readonly poolId: string;
}

/** What an operator decided about a pool, as it stands now. */
export interface PoolConfig extends PoolIds {
  readonly displayName: string;
  readonly address: string;
  readonly port: number;
  readonly pin: string;
  readonly state: string;
  readonly credential: { readonly username: string; readonly sealed: SealedRow } | null;
  readonly allowedCidrs: readonly string[];
  readonly allotment: Allotment;
  /** By our host id; the operator's, for hosts behind address translation. */
  readonly overrides: readonly { hostId: string; address: string | null; port: number | null }[];
  /** Changes when anything does that a sign-in or a dial depends on. */
  readonly fingerprint: string;
}

/** The pool with its account and rules, or null if it was removed. @throws DbError */
export function readPool(db: Db, { tenantId, poolId }: PoolIds): Promise<PoolConfig | null> {
  return db.withTenant(tenantId, async (tx) => {
    const pool = await tx.pool.findFirst({
      where: { tenantId, id: poolId, removedAt: null },
      select: {
        displayName: true,
        address: true,
        port: true,
        pin: true,
        state: true,
        allotmentVersion: true,
      },
    });
    if (pool === null) return null;
    const credential = await tx.poolCredential.findFirst({
      where: { tenantId, poolId, purpose: 'inventory' },
      select: {
        username: true,
        kid: true,
        epk: true,
        wrapIv: true,
        wrappedDek: true,
        wrapTag: true,
        iv: true,
        ct: true,
        tag: true,
      },
    });
    const policy = await tx.tenantPolicy.findFirst({ where: { tenantId }, select: { allowedCidrs: true } });
    const rules = await tx.allotment.findMany({
      where: { tenantId, poolId },
      select: { kind: true, pattern: true, holderTenantId: true },
      orderBy: { position: 'asc' },
    });
    const overrides = await tx.host.findMany({
      where: {
        tenantId,
        poolId,
        OR: [{ overrideAddress: { not: null } }, { overridePort: { not: null } }],
      },
      select: { id: true, overrideAddress: true, overridePort: true },
      orderBy: { id: 'asc' },
    });
    // Read before the rules: if they change in between, the version is that of the older ones, and nothing is moved by it.
    const { allotmentVersion, ...kept } = pool;
    const config = {
      tenantId,
      poolId,
      ...kept,
      credential: credential === null ? null : { username: credential.username, sealed: credential },
      allowedCidrs: policy?.allowedCidrs ?? [],
      allotment: { rules, version: allotmentVersion },
      overrides: overrides.map(({ id, overrideAddress, overridePort }) => ({
        hostId: id,
        address: overrideAddress,
        port: overridePort,
      })),
    };
    return { ...config, fingerprint: fingerprintOf(config) };
  });
}

function fingerprintOf(config: {
  address: string;
  port: number;
  pin: string;
  credential: { username: string; sealed: SealedRow } | null;
  allowedCidrs: readonly string[];
  overrides: PoolConfig['overrides'];
}): string {
  const { address, port, pin, credential, allowedCidrs, overrides } = config;
  // The tag of the sealing stands for the password: it differs with each writing.
  const password = credential === null ? null : Buffer.from(credential.sealed.tag).toString('base64');
  return JSON.stringify([address, port, pin, credential?.username, password, allowedCidrs, overrides]);
}
