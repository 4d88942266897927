import { recordSessionEvent } from '@porthole/audit';
import type { Tx } from '@porthole/db';
import type { SignedIn } from '../actor.ts';
import { doneBy } from '../log/done-by.ts';

/** Notes the end of a login session of the person, where the organisations that they belong to read it. */
export async function recordSessionEnd(tx: Tx, signedIn: SignedIn, endedId: string): Promise<void> {
  const target = { kind: 'session', id: endedId, name: null } as const;
  if (endedId === signedIn.loginSessionId)
    await recordSessionEvent(tx, signedIn.personId, {
      action: 'sign-out',
      ...doneBy(signedIn),
      target,
      data: { loginSessionId: endedId },
    });
  else
    await recordSessionEvent(tx, signedIn.personId, {
      action: 'session.ended',
      ...doneBy(signedIn),
      target,
      data: { loginSessionId: endedId, reason: 'by-its-person' },
    });
}
