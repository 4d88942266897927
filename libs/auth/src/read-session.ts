import type { Db } from '@porthole/db';
import { isBearer } from './bearer.ts';
import { luciaFor } from './lucia-for.ts';
import { ABSOLUTE_LIFE_MS } from './session-life.ts';

interface Deps {
  db: Pick<Db, 'withoutTenant'>;
  clock: () => Date;
}

/** A living login session and its person; the bearer is not in it. */
export interface LoginSession {
  /** The public handle: tickets, seats and audit name it. */
  id: string;
  personId: string;
  personName: string;
  email: string;
  binderHash: Uint8Array;
  createdAt: Date;
  lastInputAt: Date;
  /** When it last proved a second factor; null: never. */
  factorAt: Date | null;
  /** When its person last proved to be themself. */
  confirmedAt: Date | null;
  /** Its absolute end. */
  endsAt: Date;
}

/** Who the bearer of a login cookie is; null for none, unknown, idle too long, over, or a disabled person. */
export async function readSession(deps: Deps, bearer: string | null): Promise<LoginSession | null> {
  if (bearer === null || !isBearer(bearer)) return null;
  return deps.db.withoutTenant(async (tx) => {
    const { session, user } = await luciaFor(tx, deps.clock).validateSession(bearer);
    if (session === null || session.handle === null) return null;
    const { handle, binderHash, createdAt, lastInputAt, factorAt, confirmedAt } = session;
    return {
      id: handle,
      personId: user.id,
      personName: user.name,
      email: user.email,
      binderHash,
      createdAt,
      lastInputAt,
      factorAt,
      confirmedAt,
      endsAt: new Date(createdAt.getTime() + ABSOLUTE_LIFE_MS),
    };
  });
}
