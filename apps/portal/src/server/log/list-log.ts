import { AppError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps.ts';
import { inOrg, searchSchema } from '../inputs.ts';
import type { LogEvent } from './log-event.ts';

export const LOG_KINDS = ['console', 'access', 'sign-in', 'pool', 'log'] as const;

export const listLogInput = z.strictObject({
  ...inOrg,
  /** `seq` of the last event of the page before; events older than it follow. */
  cursor: z.number().int().positive().optional(),
  q: searchSchema.optional(),
  person: z.uuid().optional(),
  machine: z.uuid().optional(),
  kind: z.enum(LOG_KINDS).optional(),
  outcome: z.enum(['ok', 'refused', 'failed']).optional(),
});

export interface LogPage {
  /** Newest first. */
  events: LogEvent[];
  nextCursor: number | null;
}

export async function listLog(
  _deps: Deps,
  _actor: Actor,
  _input: z.infer<typeof listLogInput>,
): Promise<LogPage> {
  throw new AppError({ code: 'portal/not-built' });
}
