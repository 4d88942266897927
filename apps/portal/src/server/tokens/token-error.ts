import { AppError } from '@porthole/errors';
import type { Call } from './calls.ts';

/**
 * `token/refused`: unknown, ended, late, malformed, of somebody who may no longer act: one answer for all, and the log alone
 * knows which it was.
 */
export class TokenRefusedError extends AppError {
  constructor() {
    super({
      code: 'token/refused',
      publicMessage:
        'This API token isn’t accepted. It may have ended: its person sees that under Your account, and can make another.',
    });
  }
}

/** `token/out-of-scope`: the token works, and not for this call. */
export class OutOfScopeError extends AppError {
  constructor(call: Call | null) {
    super({
      code: 'token/out-of-scope',
      publicMessage: wordsFor(call),
      details: { reason: call?.scope ?? 'not-for-tokens' },
    });
  }
}

function wordsFor(call: Call | null): string {
  if (call === null || call.scope === null)
    return `API tokens can’t make this call. ${call?.whyNot ?? 'Sign in to Porthole in a browser for it.'}`;
  return `This API token lacks the scope “${call.scope}”. Scopes of a token don’t change: make another with it.`;
}
