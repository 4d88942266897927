import { dictionary } from '@zxcvbn-ts/language-common';

/** Passwords of lists that were stolen and published, in lower case; nothing is asked over a network. */
const COMMON: ReadonlySet<string> = new Set(dictionary['passwords-common']);

/** How many stand in the list. */
export const COMMON_PASSWORDS = COMMON.size;

/** What people put around a word to make it longer. */
const TRIMMINGS = /^[\d\p{P}\p{S}\s]+|[\d\p{P}\p{S}\s]+$/gu;

/**
 * Whether a password is one of the list, whatever its capitals; one of the list again and again; or one of the list that
 * digits and signs were put around, as long as it makes up half of the whole: who guesses tries those first.
 */
export function isCommonPassword(password: string): boolean {
  const plain = password.normalize('NFKC').toLowerCase();
  if (COMMON.has(plain) || COMMON.has(repeatedPart(plain))) return true;
  const core = plain.replace(TRIMMINGS, '');
  return core.length * 2 >= plain.length && (COMMON.has(core) || COMMON.has(repeatedPart(core)));
}

/** The shortest text that, written again and again, is the whole; the whole where there is none. */
function repeatedPart(text: string): string {
  const at = `${text}${text}`.indexOf(text, 1);
  return text.slice(0, at);
}
