import { createHash, randomBytes } from 'node:crypto';
import { encodeBase32LowerCaseNoPadding } from '@oslojs/encoding';
import type { Tx } from '@porthole/db';

export const RECOVERY_CODES = 10;
/** 80 bits each (security.md §8): nobody guesses one, so a plain hash keeps it. */
const CODE_BYTES = 10;
const CODE_SHAPE = /^[a-z2-7]{16}$/;

/** Puts ten fresh codes in the place of all that the person has; they are shown once, and only their hashes kept. */
export async function replaceRecoveryCodes(tx: Tx, personId: string): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, () =>
    encodeBase32LowerCaseNoPadding(randomBytes(CODE_BYTES)),
  );
  await tx.recoveryCode.deleteMany({ where: { personId } });
  await tx.recoveryCode.createMany({ data: codes.map((code) => ({ personId, digest: digestOf(code) })) });
  return codes.map((code) => (code.match(/.{4}/g) ?? []).join('-'));
}

/** Uses one up, whoever else tries at the same time. @returns whether this call was the one */
export async function useRecoveryCode(tx: Tx, personId: string, typed: string, now: Date): Promise<boolean> {
  const code = typed.toLowerCase().replace(/[\s-]/g, '');
  if (!CODE_SHAPE.test(code)) return false;
  const { count } = await tx.recoveryCode.updateMany({
    where: { personId, digest: digestOf(code), usedAt: null },
    data: { usedAt: now },
  });
  return count === 1;
}

export async function recoveryCodesLeft(tx: Tx, personId: string): Promise<number> {
  return tx.recoveryCode.count({ where: { personId, usedAt: null } });
}

function digestOf(code: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(createHash('sha256').update(`recovery|${code}`).digest());
}
