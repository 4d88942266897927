import { recordAccountEvent, recordSessionEvent } from '@porthole/audit';
import { resetPassword as reset } from '@porthole/auth';
import { Secret } from '@porthole/errors';
import { z } from 'zod';
import type { Deps } from '../deps-type.ts';
import { linkSchema, newPasswordSchema } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import type { RequestFacts } from '../request-facts.ts';

export const resetPasswordInput = z.strictObject({ link: linkSchema, password: newPasswordSchema });

/**
 * Sets a new password by a mailed link. Nobody is signed in by it: a second factor that the person has is asked for at the
 * next sign-in, as ever.
 *
 * @throws LinkOverError `auth/link-over`, WeakPasswordError `auth/weak-password`, AuthBusyError `auth/busy`
 */
export async function resetPassword(
  deps: Pick<Deps, 'db' | 'clock' | 'gate'>,
  { ip }: Pick<RequestFacts, 'ip'>,
  { link, password }: z.infer<typeof resetPasswordInput>,
): Promise<{ reset: true }> {
  await reset(deps, { link, password: new Secret(password) }, async (tx, done) => {
    const { personId, personName, sessionIds } = done;
    for (const id of sessionIds)
      await recordSessionEvent(tx, personId, {
        action: 'session.ended',
        ...doneBy({ personId, personName, ip }),
        target: { kind: 'session', id, name: null },
        data: { loginSessionId: id, reason: 'password-reset' },
      });
    await recordAccountEvent(tx, personId, {
      action: 'password.reset',
      ...doneBy({ personId, personName, ip }),
      target: { kind: 'person', id: personId, name: personName },
      data: { sessions: sessionIds.length },
    });
  });
  return { reset: true };
}
