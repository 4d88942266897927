import { PLATFORM_CHAIN, recordEvent } from '@porthole/audit';
import type { Tx } from '@porthole/db';
import type { SignedIn } from '../actor.ts';
import { doneBy } from '../log/done-by.ts';

/** Notes the end of a login session in the platform's chain: a session belongs to no organisation. */
export async function recordSessionEnd(tx: Tx, signedIn: SignedIn, endedId: string): Promise<void> {
  const target = { kind: 'session', id: endedId, name: null } as const;
  if (endedId === signedIn.loginSessionId)
    await recordEvent(tx, PLATFORM_CHAIN, {
      action: 'sign-out',
      ...doneBy(signedIn),
      target,
      data: { loginSessionId: endedId },
    });
  else
    await recordEvent(tx, PLATFORM_CHAIN, {
      action: 'session.ended',
      ...doneBy(signedIn),
      target,
      data: { loginSessionId: endedId, reason: 'by-its-person' },
    });
}
