import type { NoConsoleReason } from '../../server/machines/machine.ts';
import type { Words } from '../../words/use-words.ts';

/** Why a kind of console isn't there, as half a sentence. */
export function noConsoleWord(reason: NoConsoleReason, t: Words): string {
  return t('machine.reason', { reason: reason.replaceAll('-', '_') });
}
