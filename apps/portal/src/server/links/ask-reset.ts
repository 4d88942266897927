import { PLATFORM_CHAIN, recordEvent } from '@porthole/audit';
import { askReset as ask } from '@porthole/auth';
import { z } from 'zod';
import type { Deps } from '../deps-type.ts';
import { emailSchema } from '../inputs.ts';
import type { RequestFacts } from '../request-facts.ts';

export const askResetInput = z.strictObject({ email: emailSchema });

/**
 * Mails a link to a new password, if the address has an account. The answer is the same whatever happens: no account, too
 * many mails, or one on its way.
 */
export async function askReset(
  deps: Pick<Deps, 'db' | 'clock'>,
  { ip }: Pick<RequestFacts, 'ip'>,
  { email }: z.infer<typeof askResetInput>,
): Promise<{ asked: true }> {
  await ask(deps, { email, ip }, async (tx, dropped) => {
    await recordEvent(tx, PLATFORM_CHAIN, {
      action: 'reset.asked',
      outcome: dropped ? 'refused' : 'ok',
      actor: { personId: null, name: '', kind: 'person' },
      ip,
      data: { account: email, ...(dropped ? { reason: 'too-many-mails' } : {}) },
    });
  });
  return { asked: true };
}
