import {
  blankPendingCookie,
  finishSignIn,
  hostCookie,
  leavePending,
  loginCookie,
  readPending,
} from '@porthole/auth';
import { Secret } from '@porthole/errors';
import { BINDER_COOKIE, hashBinder, newBinder } from '@porthole/tickets';
import { z } from 'zod';
import type { Deps as AllDeps } from '../deps-type.ts';
import { lineSchema } from '../inputs.ts';
import type { RequestFacts } from '../request-facts.ts';
import { recordNoProof, recordRecovery } from './record-factor.ts';
import { recordSignIn } from './record-sign-in.ts';

export const finishSignInInput = z.strictObject({
  kind: z.enum(['code', 'recovery']),
  code: lineSchema(1, 64),
});

type Deps = Pick<AllDeps, 'db' | 'clock' | 'factorKey'>;
type Request = Pick<RequestFacts, 'ip' | 'userAgent' | 'bearer' | 'pending' | 'setCookie'>;

/**
 * Ends the second half of a sign-in: the login session begins, and what waited for it is gone.
 *
 * @throws FactorNoMatchError `auth/factor-no-match`, SignInWaitError `auth/wait`, AppError `auth/sign-in-over`
 */
export async function finishMySignIn(
  deps: Deps,
  request: Request,
  { kind, code }: z.infer<typeof finishSignInInput>,
): Promise<{ codesLeft: number | null }> {
  const { ip, userAgent, bearer: replacing, pending } = request;
  const waiting = await readPending(deps, pending);
  const binder = newBinder();
  const attempt = {
    pending,
    proof: { kind, value: new Secret(code) },
    ip,
    userAgent,
    replacing,
    binderHash: hashBinder(binder),
  };
  let codesLeft: number | null = null;
  const signedIn = await finishSignIn(deps, attempt, async (tx, begun, replaced, first) => {
    await recordSignIn(tx, ip, begun, replaced, `${first}-and-${kind}`);
    if (kind === 'recovery') codesLeft = await recordRecovery(tx, { ...begun, ip });
  }).catch((error: unknown) => {
    if (waiting === null) throw error;
    return recordNoProof(deps, { personId: waiting.id, personName: waiting.name, ip }, 'sign-in', error);
  });
  request.setCookie(loginCookie(signedIn.bearer.reveal()));
  request.setCookie(hostCookie(BINDER_COOKIE, binder.reveal(), { sameSite: 'Strict' }));
  request.setCookie(blankPendingCookie());
  return { codesLeft };
}

/** Whoever leaves in the middle leaves nothing that waits. */
export async function leaveMySignIn(
  deps: Pick<Deps, 'db'>,
  request: Pick<Request, 'pending' | 'setCookie'>,
): Promise<{ left: true }> {
  await leavePending(deps, request.pending);
  request.setCookie(blankPendingCookie());
  return { left: true };
}
