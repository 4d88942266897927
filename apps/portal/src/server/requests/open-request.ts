import type { Tx } from '@porthole/db';
import { AppError, ForbiddenError, NotFoundError } from '@porthole/errors';
import { assertCan, type Facts } from '@porthole/rbac';
import type { Actor } from '../actor.ts';
import { factsOf } from '../authority/facts-of.ts';
import { lockAuthority } from '../authority/lock-authority.ts';
import type { VmRow } from '../machines/machine-row.ts';
import {
  findRequests,
  machinesOf,
  type RequestRecord,
  type RequestState,
  seesRequest,
  stateOf,
} from './request-row.ts';

/**
 * A request that the actor sees, with what is true of them; nobody's rights in the organisation change until the commit, and
 * nobody answers it meanwhile. Nor does it lapse: `ends_tell()` passes over a row that somebody has in hand.
 *
 * @throws NotFoundError `access-request/not-found` for absent, foreign and unseen ones
 */
export async function takeRequest(
  tx: Tx,
  actor: Actor,
  requestId: string,
): Promise<{ request: RequestRecord; facts: Facts; vm: VmRow | null }> {
  await lockAuthority(tx, actor.tenantId);
  await tx.$queryRaw`SELECT FROM access_request WHERE tenant_id = ${actor.tenantId}::uuid AND id = ${requestId}::uuid FOR UPDATE`;
  const facts = await factsOf(tx, actor);
  const [request] = await findRequests(tx, actor.tenantId, { id: requestId }, 1);
  if (request === undefined) throw new NotFoundError('access-request', { requestId, why: 'absent' });
  const vm = (await machinesOf(tx, actor.tenantId, [request])).get(request.vmId) ?? null;
  if (!seesRequest(facts, request, vm))
    throw new NotFoundError('access-request', { requestId, why: 'unseen' });
  return { request, facts, vm };
}

/**
 * A request that the actor may answer: it waits, is another's, and they may share the machine at this moment.
 *
 * @throws NotFoundError `access-request/not-found`, `vm/not-found`; ForbiddenError `rbac/forbidden`; AppError
 *   `asked/decided` with who was quicker, `asked/late`
 */
export async function takeToAnswer(tx: Tx, actor: Actor, requestId: string) {
  const { request, facts, vm } = await takeRequest(tx, actor, requestId);
  if (request.personId === actor.personId) throw new ForbiddenError('own-request', { requestId });
  assertOpen(request, facts);
  if (vm === null) throw new NotFoundError('vm', { vmId: request.vmId, why: 'left' });
  assertCan(facts, 'share', vm);
  return { request, facts, vm };
}

/** @throws AppError `asked/decided`, `asked/late` */
export function assertOpen(request: RequestRecord, { now }: Facts): void {
  const state = stateOf(request, now);
  if (state === 'late')
    throw new AppError({
      code: 'asked/late',
      publicMessage: 'Nobody answered in time, so this request has ended.',
    });
  if (state !== 'waiting') throw decidedAlready(state, request.endedName);
}

const DONE: Record<Exclude<RequestState, 'waiting' | 'late'>, string> = {
  approved: 'approved',
  refused: 'refused',
  withdrawn: 'withdrew',
};

export function decidedAlready(state: keyof typeof DONE, by: string | null): AppError {
  return new AppError({
    code: 'asked/decided',
    publicMessage: `${by ?? 'Another'} ${DONE[state]} this request meanwhile.`,
    details: { state },
  });
}
