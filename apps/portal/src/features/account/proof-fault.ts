import type { ApiError } from '../../trpc/api-error.ts';
import type { Words } from '../../words/use-words.ts';

const MINUTE_S = 60;

/** Why a password or a code proved nothing, in the words of design §7. */
export function proofFault(error: ApiError, t: Words): string {
  if (error.code === 'auth/factor-no-match') return t('factor.no-match.sentence');
  if (error.code === 'auth/no-match') return t('factor.passwordWrong');
  if (error.code === 'auth/wait')
    return t('factor.wait', { m: Math.max(1, Math.ceil((error.retryAfterS ?? MINUTE_S) / MINUTE_S)) });
  return error.message;
}
