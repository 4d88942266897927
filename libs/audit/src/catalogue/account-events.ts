import { z } from 'zod';
import { count, endedAt, id, open, sensitive, suppressed, word } from './fields.ts';

const tokenFields = { tokenId: id(), name: word() };

/** Events of people's own accounts: sign-ins, second factors, passwords, sessions, API tokens. */
export const ACCOUNT_EVENTS = {
  'sign-in.ok': z.strictObject({
    loginSessionId: id(),
    method: open(
      z.enum([
        'password',
        'password-and-code',
        'password-and-recovery',
        'password-and-passkey',
        'passkey',
        'single-sign-on',
        'single-sign-on-and-code',
        'single-sign-on-and-recovery',
        'single-sign-on-and-passkey',
      ]),
    ),
  }),
  'sign-in.refused': z.strictObject({
    reason: word().optional(),
    account: sensitive(z.string().max(254)).optional(),
    suppressed: suppressed(),
  }),
  /** Somebody who is signed in was asked again who they are, for an act that wants to know. */
  'sign-in.confirmed': z.strictObject({
    loginSessionId: id(),
    method: open(z.enum(['password', 'code', 'recovery', 'passkey'])),
  }),
  'factor.added': z.strictObject({ factor: open(z.enum(['app', 'passkey'])), name: word().optional() }),
  'factor.removed': z.strictObject({ factor: open(z.enum(['app', 'passkey'])), name: word().optional() }),
  'factor.renamed': z.strictObject({ before: word(), after: word() }),
  'factor.refused': z.strictObject({
    /** What it was shown for. */
    step: open(z.enum(['sign-in', 'confirm', 'set-up', 'password'])).optional(),
    reason: word().optional(),
    suppressed: suppressed(),
  }),
  'factor.recovery': z.strictObject({ left: count() }),
  'factor.codes-made': z.strictObject({}),
  'sign-out': z.strictObject({ loginSessionId: id() }),
  /** Somebody asked for a new password by mail, whether the address has an account or not. */
  'reset.asked': z.strictObject({
    account: sensitive(z.string().max(254)).optional(),
    reason: word().optional(),
    suppressed: suppressed(),
  }),
  'sign-up.asked': z.strictObject({
    account: sensitive(z.string().max(254)).optional(),
    reason: word().optional(),
    suppressed: suppressed(),
  }),
  'password.reset': z.strictObject({ sessions: count() }),
  /** By who is signed in and showed the one before. */
  'password.changed': z.strictObject({ sessions: count() }),
  'email.change-asked': z.strictObject({ after: sensitive(z.string().max(254)) }),
  'email.changed': z.strictObject({
    before: sensitive(z.string().max(254)),
    after: sensitive(z.string().max(254)),
  }),
  'session.ended': z.strictObject({
    loginSessionId: id(),
    reason: word(),
    /** Whose it was, where another ended it. */
    person: open(z.object({ id: z.uuid(), name: z.string() })).optional(),
  }),
  /** Somebody made an API token for a program of theirs; `token.used` when it came for the first time. */
  'token.made': z.strictObject({
    ...tokenFields,
    scopes: open(z.array(z.string().max(40))),
    endsAt: open(z.iso.datetime()),
  }),
  'token.used': z.strictObject({ ...tokenFields, userAgent: sensitive(z.string().max(300)).nullable() }),
  'token.ended': z.strictObject({
    ...tokenFields,
    /** `password-changed`: its person chose another password, signed in or by a mailed link; the database ends it and says so. */
    why: open(z.enum(['by-hand', 'member-left', 'password-changed', 'ran-out'])),
    endedAt: endedAt(),
  }),
  /** It came and no longer works, or nobody knows it; then it stands in the platform's chain. */
  'token.refused': z.strictObject({
    tokenId: id().optional(),
    name: word().optional(),
    reason: word().optional(),
    suppressed: suppressed(),
  }),
} as const;
