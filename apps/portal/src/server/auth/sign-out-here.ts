import { blankLoginCookie, endSession, hostCookie } from '@porthole/auth';
import { BINDER_COOKIE } from '@porthole/tickets';
import type { SignedIn } from '../actor.ts';
import type { Deps } from '../deps-type.ts';
import type { RequestFacts } from '../request-facts.ts';
import { recordSessionEnd } from './record-session-end.ts';

/** Ends the session of this browser and takes both cookies back; its consoles close within two seconds. */
export async function signOutHere(
  { db }: Pick<Deps, 'db'>,
  signedIn: SignedIn,
  request: Pick<RequestFacts, 'setCookie'>,
): Promise<{ signedOut: true }> {
  await db.withoutTenant(async (tx) => {
    if (await endSession(tx, signedIn.personId, signedIn.loginSessionId))
      await recordSessionEnd(tx, signedIn, signedIn.loginSessionId);
  });
  request.setCookie(blankLoginCookie());
  request.setCookie(hostCookie(BINDER_COOKIE, '', { sameSite: 'Strict', maxAgeS: 0 }));
  return { signedOut: true };
}
