import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { type PgPool, translating } from '@porthole/db';
import { Secret } from '@porthole/errors';
import { z } from 'zod';

export const MAIL_KINDS = [
  'reset',
  'invitation',
  'email-confirm',
  'email-changed',
  'password-changed',
  'sign-up',
  'request-asked',
  'request-answered',
  'glass-asked',
  'glass-broken',
  'guest',
  'guest-code',
  'guest-waiting',
  'support-asked',
  'support-entered',
] as const;
export type MailKind = (typeof MAIL_KINDS)[number];

const SECRET_BYTES = 32;
/** Digits of a code that a person types: with the few tries that there are, one in a hundred million each. */
export const CODE_DIGITS = 8;

/** What the SQL function `mail_take` answers (prisma/migrations/0022_mail). */
const takenSchema = z.object({
  id: z.uuid(),
  kind: z.enum(MAIL_KINDS),
  to: z.string(),
  language: z.string(),
  names: z.record(z.string(), z.string()),
  tokenId: z.uuid().nullable(),
  tries: z.number().int(),
});

/** A mail that is this courier's to send for two minutes. */
export interface TakenMail extends Omit<z.infer<typeof takenSchema>, 'tokenId'> {
  /** What stands in the fragment of its link: which link, and its secret. Null for mails without one. */
  fragment: Secret | null;
  /** What a person types off a mail with a code; null for all others. */
  code: Secret | null;
}

/** The queue of mails as one courier sees it: three functions of the database and no table. */
export class MailQueue {
  constructor(
    private readonly pool: Pick<PgPool, 'query'>,
    /** This courier's own name, for as long as it runs. */
    private readonly courier: string = randomUUID(),
  ) {}

  /**
   * Takes the mail that has waited longest, and draws the secret of its link: 32 random bytes, of which the database keeps
   * the hash alone.
   *
   * @returns null where nothing is due
   * @throws DbError
   */
  async take(): Promise<TakenMail | null> {
    const secret = randomBytes(SECRET_BYTES);
    const hash = createHash('sha256').update(secret).digest();
    const found = await this.#ask('SELECT mail_take($1, $2) AS answer', [this.courier, hash]);
    if (found === null) return null;
    const { tokenId, ...mail } = takenSchema.parse(found);
    if (tokenId !== null && mail.kind === 'guest-code')
      return { ...mail, fragment: null, code: await this.#drawCode(mail.id, tokenId) };
    return { ...mail, fragment: tokenId === null ? null : fragmentOf(tokenId, secret), code: null };
  }

  /** Draws a code and leaves its hash, with the token's id in it, to the database (`hashCode` of libs/auth). */
  async #drawCode(mailId: string, tokenId: string): Promise<Secret> {
    const code = String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0');
    const hash = createHash('sha256').update(`${tokenId} ${code}`).digest();
    await this.#ask('SELECT mail_arm_code($1, $2, $3) AS answer', [mailId, this.courier, hash]);
    return new Secret(code);
  }

  /** It is with the next server. False: another courier has it by now. */
  async sent(id: string): Promise<boolean> {
    return (await this.#ask('SELECT mail_sent($1, $2) AS answer', [id, this.courier])) === true;
  }

  /**
   * It didn't go.
   *
   * @param failure a code of ours, `mail/…`
   * @param isFinal the answer will not change
   * @returns when it is tried again; null for never
   */
  async notSent(id: string, failure: string, isFinal: boolean): Promise<Date | null> {
    const values = [id, this.courier, failure, isFinal];
    const next = await this.#ask('SELECT mail_not_sent($1, $2, $3, $4) AS answer', values);
    return next instanceof Date ? next : null;
  }

  /** Deletes what nobody asks about any more. */
  async tidy(): Promise<void> {
    await this.#ask('SELECT mail_tidy()::text AS answer', []);
  }

  async #ask(text: string, values: unknown[]): Promise<unknown> {
    const { rows } = await translating(() => this.pool.query<{ answer: unknown }>(text, values));
    return rows[0]?.answer ?? null;
  }
}

/** 48 bytes as 64 letters: the link's id, by which it is found, then its secret. */
function fragmentOf(tokenId: string, secret: Buffer): Secret {
  const id = Buffer.from(tokenId.replaceAll('-', ''), 'hex');
  return new Secret(Buffer.concat([id, secret]).toString('base64url'));
}
