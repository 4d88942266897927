import { AppError } from '@porthole/errors';
import type { SignedIn } from '../actor.ts';
import type { Deps } from '../deps.ts';

export async function noteInput(_deps: Deps, _actor: SignedIn): Promise<{ noted: true }> {
  throw new AppError({ code: 'portal/not-built' });
}
