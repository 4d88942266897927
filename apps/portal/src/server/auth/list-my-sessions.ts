import { AppError } from '@porthole/errors';
import type { SignedIn } from '../actor.ts';
import type { Deps } from '../deps.ts';

/** One signed-in browser of the person. */
export interface MySession {
  id: string;
  createdAt: Date;
  lastInputAt: Date;
  endsAt: Date;
  ip: string | null;
  userAgent: string | null;
  /** The one that asks. */
  current: boolean;
}

export async function listMySessions(_deps: Deps, _actor: SignedIn): Promise<MySession[]> {
  throw new AppError({ code: 'portal/not-built' });
}
