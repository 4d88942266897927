import { AppError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps.ts';
import { inOrg } from '../inputs.ts';
import type { PoolRow } from './pool.ts';

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
  /** When the relay's sealed session of this host was last renewed. */
  sessionSealedAt: Date | null;
}

export interface Pool extends PoolRow {
  pin: string;
  /** Account names, never a password. */
  accounts: { purpose: 'inventory' | 'console'; username: string; createdAt: Date }[];
  hostList: PoolHost[];
  limitConsoleSessions: boolean;
  createdAt: Date;
  mayManage: boolean;
}

export async function getPool(
  _deps: Deps,
  _actor: Actor,
  _input: z.infer<typeof getPoolInput>,
): Promise<Pool> {
  throw new AppError({ code: 'portal/not-built' });
}
