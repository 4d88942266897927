import { recordSessionEvent } from '@porthole/audit';
import { type FactorChange, PasskeyNoMatchError, recoveryCodesLeft } from '@porthole/auth';
import type { Tx } from '@porthole/db';
import { codeOf } from '@porthole/errors';
import type { SignedIn } from '../actor.ts';
import type { Deps } from '../deps-type.ts';
import { doneBy } from '../log/done-by.ts';

type Person = Pick<SignedIn, 'personId' | 'personName' | 'ip'>;

/** What was done to a person's second factor, and the sessions that it ended. */
export async function recordFactorChange(
  tx: Tx,
  person: Person,
  action: 'factor.added' | 'factor.removed',
  { ended }: Pick<FactorChange, 'ended'>,
  data: { factor: 'app' } | { factor: 'passkey'; name: string },
): Promise<void> {
  const { personId, personName } = person;
  for (const id of ended)
    await recordSessionEvent(tx, personId, {
      action: 'session.ended',
      ...doneBy(person),
      target: { kind: 'session', id, name: null },
      data: { loginSessionId: id, reason: 'factor-changed' },
    });
  await recordSessionEvent(tx, personId, {
    action,
    ...doneBy(person),
    target: { kind: 'person', id: personId, name: personName },
    data,
  });
}

/** Notes that a recovery code was spent. @returns how many are left */
export async function recordRecovery(tx: Tx, person: Person): Promise<number> {
  const left = await recoveryCodesLeft(tx, person.personId);
  await recordSessionEvent(tx, person.personId, {
    action: 'factor.recovery',
    ...doneBy(person),
    target: { kind: 'person', id: person.personId, name: person.personName },
    data: { left },
  });
  return left;
}

const REASONS = new Map([
  ['auth/factor-no-match', 'no-match'],
  ['auth/no-match', 'no-match'],
  ['auth/passkey-no-match', 'passkey'],
  ['auth/wait', 'too-many-tries'],
]);

/** A passkey that there are two of is worth a word of its own: somebody copied it. */
function reasonOf(error: unknown): string {
  if (error instanceof PasskeyNoMatchError && error.details.reason === 'copied') return 'copied';
  return REASONS.get(codeOf(error) ?? '') ?? 'no-match';
}

/** Notes what did not prove anything, in a transaction of its own: that of the try is gone. Then throws it on. */
export async function recordNoProof(
  { db }: Pick<Deps, 'db'>,
  person: Person,
  step: 'sign-in' | 'confirm' | 'set-up' | 'password',
  error: unknown,
): Promise<never> {
  const code = codeOf(error);
  if (code !== null && REASONS.has(code))
    await db.withoutTenant((tx) =>
      recordSessionEvent(tx, person.personId, {
        action: 'factor.refused',
        ...doneBy(person),
        outcome: 'refused',
        target: { kind: 'person', id: person.personId, name: person.personName },
        data: { step, reason: reasonOf(error) },
      }),
    );
  throw error;
}
