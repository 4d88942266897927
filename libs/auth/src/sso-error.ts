import { AppError } from '@porthole/errors';

/** What may go wrong between a button and being inside, with what a person is told. */
const WORDS = {
  'sso/none': 'No single sign-on is set up for this address. Use your password or a passkey.',
  'sso/over': 'This sign-in took too long, or began in another window. Start again.',
  'sso/unreachable': 'Your organisation’s sign-in doesn’t answer. Try again in a moment.',
  'sso/refused': 'Your organisation’s sign-in didn’t let you in.',
  'sso/untrusted': 'What your organisation’s sign-in said can’t be trusted, so nobody was signed in.',
  'sso/unverified': 'Your organisation’s sign-in hasn’t checked your e-mail, so Porthole can’t go by it.',
  'sso/other-domain': 'Your e-mail there isn’t of a domain that your organisation has shown to be its own.',
  'sso/other-account':
    'This sign-in belongs to another account here. Who runs your organisation can say more.',
  'sso/no-member': 'Your organisation hasn’t added you yet. Who runs it can.',
} as const;

export type SsoCode = keyof typeof WORDS;

/** A sign-in by an organisation's own way that came to nothing; `details` may hold what was said, never a token. */
export class SsoError extends AppError {
  constructor(code: SsoCode, details: Record<string, unknown> = {}, cause?: unknown) {
    super({ code, publicMessage: WORDS[code], details, cause });
  }
}
