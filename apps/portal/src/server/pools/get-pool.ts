import { NotFoundError } from '@porthole/errors';
import { canInTenant } from '@porthole/rbac';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { assertInTenant } from '../authority/assert-in-tenant.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { inOrg } from '../inputs.ts';
import { countMachines } from './count-machines.ts';
import type { PoolRow } from './pool.ts';
import { poolFields, toPoolRow } from './pool-row.ts';

export const getPoolInput = z.strictObject({ ...inOrg, id: z.uuid() });

export interface PoolHost {
  id: string;
  name: string;
  address: string;
  isCoordinator: boolean;
  enabled: boolean;
  live: boolean;
  fingerprint256: string | null;
  trust: 'confirmed' | 'learned' | null;
  certificateEndsAt: Date | null;
  /** Where it is reached from here, where the operator gave another address than the pool names: `host:port`. */
  overrideAddress: string | null;
  /** A code of ours such as `egress/refused`: no console opens there. */
  reachFailure: string | null;
}

export interface Pool extends PoolRow {
  pin: string;
  /** Account names, never a password. */
  accounts: { purpose: 'inventory' | 'console'; username: string; createdAt: Date }[];
  hostList: PoolHost[];
  /** What the account may do, as the pool says; null while it hasn't said. */
  account: { superuser: boolean; lacks: string[] } | null;
  limitConsoleSessions: boolean;
  createdAt: Date;
  mayManage: boolean;
}

const hostFields = {
  id: true,
  name: true,
  address: true,
  isCoordinator: true,
  enabled: true,
  live: true,
  overrideAddress: true,
  overridePort: true,
  reachFailure: true,
  trust: { select: { fingerprint256: true, source: true, validTo: true } },
} as const;

/**
 * One pool with its hosts, their fingerprints and its accounts.
 *
 * @throws ForbiddenError `rbac/forbidden`, NotFoundError `pool/not-found`
 */
export async function getPool(
  { db }: Pick<AllDeps, 'db'>,
  actor: Actor,
  { id }: z.infer<typeof getPoolInput>,
): Promise<Pool> {
  return db.withTenant(actor.tenantId, async (tx) => {
    const facts = await assertInTenant(tx, actor, 'pools.read');
    const pool = await tx.pool.findFirst({
      where: { tenantId: actor.tenantId, id, removedAt: null },
      select: {
        ...poolFields,
        pin: true,
        limitConsoleSessions: true,
        accountSuperuser: true,
        accountLacks: true,
        createdAt: true,
        credentials: {
          select: { purpose: true, username: true, createdAt: true },
          orderBy: { purpose: 'asc' },
        },
        hosts: { select: hostFields, orderBy: [{ isCoordinator: 'desc' }, { name: 'asc' }] },
      },
    });
    if (pool === null) throw new NotFoundError('pool', { poolId: id });
    const {
      credentials,
      hosts,
      pin,
      limitConsoleSessions,
      createdAt,
      accountSuperuser,
      accountLacks,
      ...row
    } = pool;
    const machines = await countMachines(tx, actor.tenantId);
    return {
      ...toPoolRow(row, machines.get(id) ?? 0),
      pin,
      limitConsoleSessions,
      account: accountSuperuser === null ? null : { superuser: accountSuperuser, lacks: accountLacks },
      createdAt,
      accounts: credentials,
      hostList: hosts.map(({ trust, overrideAddress, overridePort, ...host }) => ({
        ...host,
        overrideAddress: overrideAddress === null ? null : `${overrideAddress}:${overridePort}`,
        fingerprint256: trust?.fingerprint256 ?? null,
        trust: trust?.source ?? null,
        certificateEndsAt: trust?.validTo ?? null,
      })),
      mayManage: canInTenant(facts, 'pools.manage').allowed,
    };
  });
}
