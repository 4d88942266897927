import { AppError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps.ts';
import { inOrg } from '../inputs.ts';
import type { LogEvent } from './log-event.ts';

export const getEventInput = z.strictObject({ ...inOrg, seq: z.number().int().positive() });

export interface LogEventProof extends LogEvent {
  eventId: string;
  /** The very text that the chain covers. */
  payload: string;
  /** Hex. */
  hash: string;
  prevHash: string;
}

export async function getEvent(
  _deps: Deps,
  _actor: Actor,
  _input: z.infer<typeof getEventInput>,
): Promise<LogEventProof> {
  throw new AppError({ code: 'portal/not-built' });
}
