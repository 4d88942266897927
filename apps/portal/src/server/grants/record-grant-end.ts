import { recordEvent } from '@porthole/audit';
import type { Tx } from '@porthole/db';
import type { Actor } from '../actor.ts';
import { doneBy } from '../log/done-by.ts';
import { grantEventOf } from './grant-fields.ts';

/** Says in the log that a grant ended, by whom and why; in the transaction that ends it. @throws DbError */
export async function recordGrantEnd(
  tx: Tx,
  actor: Actor,
  grant: Parameters<typeof grantEventOf>[0],
  why: 'taken-back' | 'member-left' | 'team-removed',
): Promise<void> {
  await recordEvent(tx, actor.tenantId, {
    action: 'grant.ended',
    ...doneBy(actor),
    ...grantEventOf(grant, { why }),
  });
}
