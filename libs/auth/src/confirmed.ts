import type { Tx } from '@porthole/db';
import { AppError } from '@porthole/errors';

/** How long it counts that somebody proved to be themself (security.md §8). */
export const CONFIRMED_FOR_MS = 10 * 60_000;

/** `auth/confirm-first`: the act asks for a fresh proof of who acts; the same call works after one. */
export class ConfirmFirstError extends AppError {
  constructor() {
    super({ code: 'auth/confirm-first', publicMessage: 'Confirm that it’s you, then this goes on.' });
  }
}

/** @throws ConfirmFirstError `auth/confirm-first` where the last proof is older than ten minutes, or there was none */
export function assertConfirmed(session: { confirmedAt: Date | null }, now: Date): void {
  const { confirmedAt } = session;
  if (confirmedAt === null || now.getTime() - confirmedAt.getTime() > CONFIRMED_FOR_MS)
    throw new ConfirmFirstError();
}

/** Notes that the person of this session was asked again, and by what. */
export async function noteConfirmed(
  tx: Tx,
  session: { personId: string; loginSessionId: string },
  now: Date,
  byFactor: boolean,
): Promise<void> {
  await tx.loginSession.updateMany({
    where: { id: session.loginSessionId, personId: session.personId },
    data: { confirmedAt: now, ...(byFactor ? { factorAt: now } : {}) },
  });
}
