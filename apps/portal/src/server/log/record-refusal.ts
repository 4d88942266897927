import { recordEvent } from '@porthole/audit';
import type { Tx } from '@porthole/db';
import { AppError } from '@porthole/errors';
import type { TRPCError } from '@trpc/server';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps-type.ts';
import { actorIn } from './done-by.ts';

/**
 * Notes in the organisation's log that a member was refused; the database counts floods instead of writing them out
 * (architecture §4). The only place of the portal that does.
 */
export async function recordRefusal(
  { db }: Pick<Deps, 'db'>,
  actor: Pick<Actor, 'tenantId' | 'personId' | 'personName' | 'ip' | 'token'>,
  path: string,
  error: TRPCError,
): Promise<void> {
  const cause = error.cause;
  if (!(cause instanceof AppError) || !isEvent(path, cause.code)) return;
  const reason = reasonOf(cause);
  const by = {
    outcome: 'refused',
    actor: actorIn(actor),
    ip: actor.ip,
  } as const;
  await db.withTenant(actor.tenantId, async (tx) => {
    const target = await machineOf(tx, actor, cause);
    if (path === 'console.open')
      await recordEvent(tx, actor.tenantId, {
        action: 'console.request',
        ...by,
        ...target,
        data: { reason },
      });
    else
      await recordEvent(tx, actor.tenantId, {
        action: 'access.refused',
        ...by,
        ...target,
        data: { call: path, reason },
      });
  });
}

/**
 * A console that was asked for and not given is always an event, whatever the reason: off, no relay, too often. Of
 * other calls only what says that this person, or their token, may not. Where the database is away there is no log to write to.
 */
function isEvent(path: string, code: string): boolean {
  if (code.startsWith('db/')) return false;
  if (path === 'console.open') return true;
  return code.startsWith('rbac/') || code === 'token/out-of-scope' || code.endsWith('/not-found');
}

/** The machine it was about, if it is one of the organisation's; what is foreign is not named here either. */
async function machineOf(tx: Tx, actor: Pick<Actor, 'tenantId'>, { details }: AppError) {
  if (typeof details.vmId !== 'string') return {};
  const vm = await tx.vm.findFirst({
    where: { tenantId: actor.tenantId, id: details.vmId },
    select: { id: true, name: true },
  });
  return vm === null ? {} : { target: { kind: 'vm', ...vm } as const };
}

/** The true reason, which the person did not read. */
function reasonOf(error: AppError): string {
  const { refusal, reason, why } = error.details;
  const word = [refusal, reason, why].find((one) => typeof one === 'string');
  return typeof word === 'string' ? `${error.code} (${word})` : error.code;
}
