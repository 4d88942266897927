import { PLATFORM_CHAIN, recordEvent } from '@porthole/audit';
import { askEmailChange as ask } from '@porthole/auth';
import { Secret } from '@porthole/errors';
import { z } from 'zod';
import type { SignedIn } from '../actor.ts';
import type { Deps } from '../deps-type.ts';
import { emailSchema } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import { assertRates } from '../rate.ts';

export const askEmailChangeInput = z.strictObject({
  email: emailSchema,
  password: z.string().min(1).max(1024),
});

const PER_PERSON = { windowS: 3_600, max: 5 } as const;

/**
 * Mails a link to the address that a person wants to use from now on.
 *
 * @throws NoMatchError `auth/no-match`, AppError `auth/sso-address`, SignInWaitError `auth/wait`, AuthBusyError `auth/busy`,
 *   LimitError `rate/limited`
 */
export async function askEmailChange(
  deps: Pick<Deps, 'db' | 'clock' | 'gate'>,
  signedIn: SignedIn,
  { email, password }: z.infer<typeof askEmailChangeInput>,
): Promise<{ asked: true }> {
  await assertRates(deps, [{ key: `email.change:person:${signedIn.personId}`, ...PER_PERSON }]);
  await ask(deps, { ...signedIn, next: email, password: new Secret(password) }, async (tx, change) => {
    await recordEvent(tx, PLATFORM_CHAIN, {
      action: 'email.change-asked',
      ...doneBy(signedIn),
      target: { kind: 'person', id: signedIn.personId, name: signedIn.personName },
      data: { after: change.after },
    });
  });
  return { asked: true };
}
