import { recordSessionEvent } from '@porthole/audit';
import { noteConfirmed, proveFactor, provePassword } from '@porthole/auth';
import type { Tx } from '@porthole/db';
import { Secret } from '@porthole/errors';
import { z } from 'zod';
import type { SignedIn } from '../actor.ts';
import type { Deps as AllDeps } from '../deps-type.ts';
import { doneBy } from '../log/done-by.ts';
import { recordNoProof, recordRecovery } from './record-factor.ts';

export const confirmMyselfInput = z.strictObject({
  kind: z.enum(['password', 'code', 'recovery']),
  proof: z.string().min(1).max(1024),
});

/**
 * Proves again who acts, by password or second factor. For ten minutes acts that ask for it go through, and where an
 * organisation wants a fresh second factor a code counts as one.
 *
 * @throws NoMatchError `auth/no-match`, FactorNoMatchError `auth/factor-no-match`, SignInWaitError `auth/wait`,
 *   AuthBusyError `auth/busy`
 */
export async function confirmMyself(
  deps: Pick<AllDeps, 'db' | 'clock' | 'gate' | 'factorKey'>,
  signedIn: SignedIn,
  { kind, proof }: z.infer<typeof confirmMyselfInput>,
): Promise<{ codesLeft: number | null }> {
  const work = async (tx: Tx) => {
    await noteConfirmed(tx, signedIn, deps.clock(), kind !== 'password');
    const codesLeft = kind === 'recovery' ? await recordRecovery(tx, signedIn) : null;
    await recordSessionEvent(tx, signedIn.personId, {
      action: 'sign-in.confirmed',
      ...doneBy(signedIn),
      target: { kind: 'session', id: signedIn.loginSessionId, name: null },
      data: { loginSessionId: signedIn.loginSessionId, method: kind },
    });
    return { codesLeft };
  };
  const value = new Secret(proof);
  const proved =
    kind === 'password'
      ? provePassword(deps, signedIn.personId, value, work)
      : proveFactor(deps, signedIn.personId, { kind, value }, work);
  return proved.catch((error: unknown) => recordNoProof(deps, signedIn, 'confirm', error));
}
