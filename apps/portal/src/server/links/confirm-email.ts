import { recordAccountEvent } from '@porthole/audit';
import { confirmEmail as confirm } from '@porthole/auth';
import { z } from 'zod';
import type { Deps } from '../deps-type.ts';
import { linkSchema } from '../inputs.ts';
import { doneBy } from '../log/done-by.ts';
import type { RequestFacts } from '../request-facts.ts';

export const confirmEmailInput = z.strictObject({ link: linkSchema });

/**
 * Takes the address that the link was mailed to.
 *
 * @throws LinkOverError `auth/link-over`
 */
export async function confirmEmail(
  deps: Pick<Deps, 'db' | 'clock'>,
  { ip }: Pick<RequestFacts, 'ip'>,
  { link }: z.infer<typeof confirmEmailInput>,
): Promise<{ email: string }> {
  const { after } = await confirm(deps, link, async (tx, { personId, personName, before, after }) => {
    await recordAccountEvent(tx, personId, {
      action: 'email.changed',
      ...doneBy({ personId, personName, ip }),
      target: { kind: 'person', id: personId, name: personName },
      data: { before, after },
    });
  });
  return { email: after };
}
