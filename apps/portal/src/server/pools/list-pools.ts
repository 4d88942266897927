import { AppError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps.ts';
import { inOrg } from '../inputs.ts';
import type { PoolRow } from './pool.ts';

export const listPoolsInput = z.strictObject({ ...inOrg });

export interface PoolList {
  rows: PoolRow[];
  /** Whether the one who asks may add and remove pools. */
  mayManage: boolean;
}

export async function listPools(
  _deps: Deps,
  _actor: Actor,
  _input: z.infer<typeof listPoolsInput>,
): Promise<PoolList> {
  throw new AppError({ code: 'portal/not-built' });
}
