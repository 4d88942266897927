import { AppError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps.ts';
import { inOrg, slugSchema } from '../inputs.ts';

export const addPoolInput = z.strictObject({
  ...inOrg,
  displayName: z.string().trim().min(1).max(80),
  address: z.string().trim().min(1).max(255),
  /** The fingerprint that the operator compared and confirmed: `AA:BB:…`, 32 bytes. */
  pin: z.string().regex(/^[0-9A-F]{2}(?::[0-9A-F]{2}){31}$/),
  username: z.string().trim().min(1).max(200),
  password: z.string().min(1).max(1024),
  /** Machines with the tag go to that organisation; the first that fits wins, the rest stay here. */
  allotments: z
    .array(z.strictObject({ tag: z.string().trim().min(1).max(100), holder: slugSchema }))
    .max(50)
    .optional(),
});

export async function addPool(
  _deps: Deps,
  _actor: Actor,
  _input: z.infer<typeof addPoolInput>,
): Promise<{ poolId: string }> {
  throw new AppError({ code: 'portal/not-built' });
}
