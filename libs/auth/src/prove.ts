import type { Db, Tx } from '@porthole/db';
import type { Secret } from '@porthole/errors';
import { FactorNoMatchError, NoMatchError } from './auth-error.ts';
import type { FactorKey } from './factor-key.ts';
import { giveBackProofTry, takeProofTry } from './factor-limits.ts';
import type { HashGate } from './hash-gate.ts';
import { verifyPassword } from './password.ts';
import { useRecoveryCode } from './recovery-codes.ts';
import { openFor } from './seed-seal.ts';
import { matchingStep } from './totp-code.ts';

interface Deps {
  db: Pick<Db, 'withoutTenant'>;
  clock: () => Date;
  factorKey: FactorKey;
}

/** What somebody shows as their second factor. */
export interface FactorProof {
  kind: 'code' | 'recovery';
  value: Secret;
}

/**
 * Takes a code of the person's app, or a recovery code, and does the work that it is for in the same transaction. Each
 * code is taken once: of several who show one at the same time, one wins.
 *
 * @throws FactorNoMatchError `auth/factor-no-match` for wrong, old, used and where there is no factor at all;
 *   SignInWaitError `auth/wait`
 */
export async function proveFactor<T>(
  deps: Deps,
  personId: string,
  proof: FactorProof,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  await takeProofTry(deps, personId);
  return deps.db.withoutTenant(async (tx) => {
    const taken =
      proof.kind === 'code'
        ? await takeTotpCode(tx, deps, personId, proof.value.reveal())
        : await useRecoveryCode(tx, personId, proof.value.reveal(), deps.clock());
    if (!taken) throw new FactorNoMatchError({ kind: proof.kind });
    await giveBackProofTry(tx, personId);
    return work(tx);
  });
}

/**
 * Checks the password of somebody who is signed in, then does the work that it is for.
 *
 * @throws NoMatchError `auth/no-match`, SignInWaitError `auth/wait`, AuthBusyError `auth/busy`
 */
export async function provePassword<T>(
  deps: Pick<Deps, 'db'> & { gate: HashGate },
  personId: string,
  password: Secret,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  await takeProofTry(deps, personId);
  const person = await deps.db.withoutTenant((tx) =>
    tx.person.findUnique({ where: { id: personId }, select: { passwordHash: true } }),
  );
  if (!(await verifyPassword(deps.gate, person?.passwordHash ?? null, password))) throw new NoMatchError();
  return deps.db.withoutTenant(async (tx) => {
    await giveBackProofTry(tx, personId);
    return work(tx);
  });
}

async function takeTotpCode(tx: Tx, deps: Deps, personId: string, typed: string): Promise<boolean> {
  const row = await tx.totp.findUnique({
    where: { personId },
    select: { kid: true, iv: true, ct: true, tag: true, confirmedAt: true },
  });
  if (row === null || row.confirmedAt === null) return false;
  const seed = openFor(deps.factorKey, `totp-v1|${personId}`, row).reveal();
  const step = matchingStep(seed, typed.replace(/\s/g, ''), deps.clock());
  return step !== null && takeStep(tx, personId, step);
}

/** One conditional UPDATE, never read and then write: whoever comes second finds the step taken (security.md §8). */
async function takeStep(tx: Tx, personId: string, step: number): Promise<boolean> {
  const { count } = await tx.totp.updateMany({
    where: { personId, lastStep: { lt: BigInt(step) } },
    data: { lastStep: BigInt(step) },
  });
  return count === 1;
}
