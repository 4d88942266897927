import { AppError } from '@porthole/errors';
import type { SignedIn } from '../actor.ts';
import type { Deps } from '../deps.ts';

export async function signOutHere(_deps: Deps, _actor: SignedIn): Promise<{ signedOut: true }> {
  throw new AppError({ code: 'portal/not-built' });
}
