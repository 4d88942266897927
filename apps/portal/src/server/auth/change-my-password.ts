import { recordAccountEvent, recordSessionEvent } from '@porthole/audit';
import { changePassword, loginCookie, type PasswordState, readPassword } from '@porthole/auth';
import { Secret } from '@porthole/errors';
import { z } from 'zod';
import type { SignedIn } from '../actor.ts';
import type { Deps } from '../deps-type.ts';
import { newPasswordSchema } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { assertRates } from '../rate.ts';
import type { RequestFacts } from '../request-facts.ts';
import { recordNoProof } from './record-factor.ts';

export const changePasswordInput = z.strictObject({
  current: z.string().min(1).max(1024),
  next: newPasswordSchema,
});

/** Changes that went through count too: each costs two hashes and ends sessions. */
export const PASSWORD_CHANGES = { windowS: 3_600, max: 20 } as const;

/** Whether who is signed in has a password, and whether one opens anything. */
export async function readMyPassword({ db }: Pick<Deps, 'db'>, signedIn: SignedIn): Promise<PasswordState> {
  return db.withoutTenant((tx) => readPassword(tx, signedIn.personId));
}

/**
 * Sets another password for who is signed in; every other session of theirs is over, with its consoles.
 *
 * @throws WeakPasswordError `auth/weak-password`; ConfirmFirstError `auth/confirm-first`; NoMatchError `auth/no-match`;
 *   AppError `auth/same-password`; SignInWaitError `auth/wait`; AuthBusyError `auth/busy`; LimitError `rate/limited`
 */
export async function changeMyPassword(
  deps: Pick<Deps, 'db' | 'clock' | 'gate'>,
  signedIn: SignedIn,
  request: Pick<RequestFacts, 'setCookie'>,
  { current, next }: z.infer<typeof changePasswordInput>,
): Promise<{ ended: number }> {
  const { personId, personName } = signedIn;
  await assertRates(deps, [{ key: `password.change:person:${personId}`, ...PASSWORD_CHANGES }]);
  const typed = { current: new Secret(current), next: new Secret(next) };
  const { bearer, ended } = await changePassword(deps, signedIn, typed, async (tx, change) => {
    for (const id of change.ended)
      await recordSessionEvent(tx, personId, {
        action: 'session.ended',
        ...doneBy(signedIn),
        target: { kind: 'session', id, name: null },
        data: { loginSessionId: id, reason: 'password-changed' },
      });
    await recordAccountEvent(tx, personId, {
      action: 'password.changed',
      ...doneBy(signedIn),
      target: { kind: 'person', id: personId, name: personName },
      data: { sessions: change.ended.length },
    });
  }).catch((error: unknown) => recordNoProof(deps, signedIn, 'password', error));
  request.setCookie(loginCookie(bearer.reveal()));
  return { ended: ended.length };
}
