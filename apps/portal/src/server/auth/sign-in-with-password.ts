import { AppError } from '@porthole/errors';
import { z } from 'zod';
import type { Deps } from '../deps.ts';

export const signInInput = z.strictObject({
  email: z.string().trim().min(3).max(254),
  password: z.string().min(1).max(1024),
});

export async function signInWithPassword(
  _deps: Deps,
  _input: z.infer<typeof signInInput>,
): Promise<{ signedIn: true }> {
  throw new AppError({ code: 'portal/not-built' });
}
