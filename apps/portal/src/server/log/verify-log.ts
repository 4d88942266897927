import { AppError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps.ts';
import { inOrg } from '../inputs.ts';

export const verifyLogInput = z.strictObject({ ...inOrg });

export interface LogVerdict {
  intact: boolean;
  /** How many events were read and agreed. */
  events: number;
  /** The first event that doesn't fit, and how. */
  brokenAt: { seq: number; why: 'changed' | 'missing' | 'out-of-order' } | null;
  /** Hex of the last hash, to compare with an earlier proof. */
  head: string | null;
  tookMs: number;
}

export async function verifyLog(
  _deps: Deps,
  _actor: Actor,
  _input: z.infer<typeof verifyLogInput>,
): Promise<LogVerdict> {
  throw new AppError({ code: 'portal/not-built' });
}
