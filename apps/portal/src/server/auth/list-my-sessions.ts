import { listSessions, type SessionRow } from '@porthole/auth';
import type { SignedIn } from '../actor.ts';
import type { Deps } from '../deps-type.ts';

/** One signed-in browser of the person. */
export interface MySession extends SessionRow {
  /** The one that asks. */
  current: boolean;
}

export async function listMySessions(
  deps: Pick<Deps, 'db' | 'clock'>,
  signedIn: SignedIn,
): Promise<MySession[]> {
  const rows = await deps.db.withoutTenant((tx) => listSessions(tx, deps, signedIn.personId));
  return rows.map((row) => ({ ...row, current: row.id === signedIn.loginSessionId }));
}
