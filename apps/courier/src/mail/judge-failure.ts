import { z } from 'zod';

/** What a mail that didn't go means for it. */
export interface Judged {
  /** A code of ours; the server's words stay in the log. */
  failure: 'mail/refused' | 'mail/put-off' | 'mail/sign-in' | 'mail/not-secure' | 'mail/unreachable';
  /** Trying again would change nothing. */
  isFinal: boolean;
}

/** What nodemailer says of a failure; `responseCode` is the server's own three digits. */
const errorSchema = z.object({
  code: z.string().catch(''),
  command: z.string().catch(''),
  responseCode: z.number().nullish().catch(null),
});

const PERMANENT = 500;

/**
 * A server that refuses this mail with 5xx is believed; that it lets us in or can be reached is for the operator to mend,
 * and the mail waits. RFC 5321 §4.2.1.
 */
export function judgeFailure(error: unknown): Judged {
  const { code, command, responseCode } = errorSchema.parse(Object(error));
  if (code === 'EAUTH' || command.startsWith('AUTH')) return { failure: 'mail/sign-in', isFinal: false };
  if (code === 'ETLS') return { failure: 'mail/not-secure', isFinal: false };
  const isAboutThisMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  if (isAboutThisMail && responseCode != null)
    return responseCode >= PERMANENT
      ? { failure: 'mail/refused', isFinal: true }
      : { failure: 'mail/put-off', isFinal: false };
  if (isAboutThisMail) return { failure: 'mail/refused', isFinal: true };
  return { failure: 'mail/unreachable', isFinal: false };
}
