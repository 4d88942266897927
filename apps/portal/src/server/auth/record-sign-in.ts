import { type AuditEventInput, recordSessionEvent } from '@porthole/audit';
import type { SessionOf } from '@porthole/auth';
import type { Tx } from '@porthole/db';
import { doneBy } from '../log/done-by.ts';

type Method = Extract<AuditEventInput, { action: 'sign-in.ok' }>['data']['method'];

/** The new session, and the end of the one that this browser had before, which may have been another person's. */
export async function recordSignIn(
  tx: Tx,
  ip: string | null,
  begun: SessionOf,
  replaced: SessionOf | null,
  method: Method,
): Promise<void> {
  if (replaced !== null)
    await recordSessionEvent(tx, replaced.personId, {
      action: 'session.ended',
      ...doneBy({ ...replaced, ip }),
      target: { kind: 'session', id: replaced.sessionId, name: null },
      data: { loginSessionId: replaced.sessionId, reason: 'replaced-by-sign-in' },
    });
  await recordSessionEvent(tx, begun.personId, {
    action: 'sign-in.ok',
    ...doneBy({ ...begun, ip }),
    target: { kind: 'session', id: begun.sessionId, name: null },
    data: { loginSessionId: begun.sessionId, method },
  });
}
