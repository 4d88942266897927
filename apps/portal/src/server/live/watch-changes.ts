import { AppError } from '@porthole/errors';
import { type TrackedEnvelope, tracked } from '@trpc/server';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps.ts';
import { inOrg } from '../inputs.ts';

export const watchChangesInput = z.strictObject({ ...inOrg, lastEventId: z.string().max(64).optional() });

export const CHANGE_KINDS = ['machines', 'audit', 'pools', 'authority'] as const;

/** A hint that something of the kind may have changed: whoever shows it asks again. */
export interface Change {
  kind: (typeof CHANGE_KINDS)[number];
  at: Date;
}

export async function* watchChanges(
  _deps: Deps,
  _actor: Actor,
  _input: z.infer<typeof watchChangesInput>,
): AsyncGenerator<TrackedEnvelope<Change>> {
  yield tracked('0', { kind: 'machines', at: new Date() });
  throw new AppError({ code: 'portal/not-built' });
}
