import { recordEvent } from '@porthole/audit';
import { AppError } from '@porthole/errors';
import type { TRPCError } from '@trpc/server';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps-type.ts';

/** Codes that say: this person may not. A machine that is off or a full minute is no refusal of anybody. */
function isRefusal(code: string): boolean {
  return code === 'rbac/forbidden' || code.endsWith('/not-found');
}

/**
 * Notes in the organisation's log that a member was refused; the database counts floods instead of writing them out
 * (architecture §4). The only place of the portal that does.
 */
export async function recordRefusal(
  { db }: Pick<Deps, 'db'>,
  actor: Actor,
  path: string,
  error: TRPCError,
): Promise<void> {
  const cause = error.cause;
  if (!(cause instanceof AppError) || !isRefusal(cause.code)) return;
  const reason = reasonOf(cause);
  const by = {
    outcome: 'refused',
    actor: { personId: actor.personId, name: actor.personName, kind: 'person' },
    ip: actor.ip,
  } as const;
  await db.withTenant(actor.tenantId, (tx) =>
    path === 'console.open'
      ? recordEvent(tx, actor.tenantId, { action: 'console.request', ...by, data: { reason } })
      : recordEvent(tx, actor.tenantId, { action: 'access.refused', ...by, data: { call: path, reason } }),
  );
}

/** The true reason, which the person did not read. */
function reasonOf(error: AppError): string {
  const { refusal, reason, why } = error.details;
  const word = [refusal, reason, why].find((one) => typeof one === 'string');
  return typeof word === 'string' ? `${error.code} (${word})` : error.code;
}
