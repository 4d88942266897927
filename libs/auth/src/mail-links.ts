import { createHash, randomUUID } from 'node:crypto';
import { type Tx, translating } from '@porthole/db';
import { z } from 'zod';
import { LinkOverError } from './auth-error.ts';

/** What a mailed link is for, and how long it lives; the table has a check that says the same. */
export const LINK_LIFE_MS = {
  reset: 30 * 60_000,
  email: 24 * 3_600_000,
  'sign-up': 24 * 3_600_000,
  invitation: 7 * 24 * 3_600_000,
  /** At most; each guest link has its own end. */
  guest: 14 * 24 * 3_600_000,
  'guest-code': 15 * 60_000,
} as const;
export type LinkPurpose = keyof typeof LINK_LIFE_MS;

export type MailKind =
  | 'reset'
  | 'invitation'
  | 'sign-up'
  | 'email-confirm'
  | 'email-changed'
  | 'password-changed'
  | 'request-asked'
  | 'request-answered'
  | 'glass-asked'
  | 'glass-broken'
  | 'guest'
  | 'guest-code'
  | 'guest-waiting'
  | 'support-asked'
  | 'support-entered';

const ID_BYTES = 16;
const SECRET_BYTES = 32;

/** A mailed link that is good. */
export interface LivingLink {
  tokenId: string;
  /** Where it was sent: who has it reads that mail. */
  email: string;
  personId: string | null;
  tenantId: string | null;
  expiresAt: Date;
}

const rowsSchema = z.array(
  z.object({
    tokenId: z.string(),
    email: z.string(),
    personId: z.string().nullable(),
    tenantId: z.string().nullable(),
    expiresAt: z.date(),
  }),
);

/** As addresses are stored and compared. */
export function plainEmail(email: string): string {
  return email.trim().toLowerCase();
}

/**
 * Queues a mail with a link, in the caller's transaction. Its secret is drawn by whoever sends it (ADR 0021).
 *
 * @param link.endsAt sooner than the purpose has it
 * @param names that go into the mail's sentences
 * @returns the id of the link and when it ends
 */
export async function mailLink(
  tx: Tx,
  clock: () => Date,
  {
    purpose,
    ...link
  }: { purpose: LinkPurpose; email: string; personId?: string; tenantId?: string; endsAt?: Date },
  names: Record<string, string> = {},
): Promise<{ tokenId: string; expiresAt: Date }> {
  const createdAt = clock();
  const latest = new Date(createdAt.getTime() + LINK_LIFE_MS[purpose]);
  const expiresAt = link.endsAt !== undefined && link.endsAt < latest ? link.endsAt : latest;
  const tokenId = randomUUID();
  const { email, personId = null, tenantId = null } = link;
  // By hand: the client would write the column of the hashes too, which is not the portal's.
  await translating(
    () => tx.$executeRaw`
      INSERT INTO mail_token (id, purpose, email, person_id, tenant_id, created_at, expires_at)
      VALUES (${tokenId}::uuid, ${purpose}, ${email}, ${personId}::uuid, ${tenantId}::uuid, ${createdAt}, ${expiresAt})`,
  );
  await queueMail(tx, {
    kind: purpose === 'email' ? 'email-confirm' : purpose,
    to: link.email,
    names,
    tokenId,
  });
  return { tokenId, expiresAt };
}

/** Queues a mail, in the caller's transaction: no commit, no mail. */
export async function queueMail(
  tx: Tx,
  mail: { kind: MailKind; to: string; names?: Record<string, string>; tokenId?: string },
): Promise<void> {
  const { kind, to, names = {}, tokenId = null } = mail;
  await translating(
    () => tx.$executeRaw`
      INSERT INTO mail (kind, to_email, names, token_id)
      VALUES (${kind}, ${to}, ${JSON.stringify(names)}::jsonb, ${tokenId}::uuid)`,
  );
}

/**
 * The link behind what stood in a fragment, if it is good. Uses nothing up.
 *
 * @throws LinkOverError `auth/link-over` for used, late, withdrawn, unknown and malformed ones alike
 */
export async function lookAtLink(
  tx: Pick<Tx, '$queryRaw'>,
  purpose: LinkPurpose,
  fragment: string,
): Promise<LivingLink> {
  const { tokenId, hash } = parseFragment(fragment);
  return firstOf(
    await translating(
      () => tx.$queryRaw`
        SELECT id::text AS "tokenId", email, person_id::text AS "personId", tenant_id::text AS "tenantId",
          expires_at AS "expiresAt"
        FROM mail_token
        WHERE id = ${tokenId}::uuid AND purpose = ${purpose} AND ${hash} = ANY (secret_hashes) AND used_at IS NULL
          AND withdrawn_at IS NULL AND expires_at > clock_timestamp()`,
    ),
  );
}

/**
 * Uses the link up: of any number that try at once, one gets it.
 *
 * @throws LinkOverError `auth/link-over`
 */
export async function takeLink(
  tx: Pick<Tx, '$queryRaw'>,
  purpose: LinkPurpose,
  fragment: string,
): Promise<LivingLink> {
  const { tokenId, hash } = parseFragment(fragment);
  return firstOf(
    await translating(
      () => tx.$queryRaw`
        UPDATE mail_token SET used_at = clock_timestamp()
        WHERE id = ${tokenId}::uuid AND purpose = ${purpose} AND ${hash} = ANY (secret_hashes) AND used_at IS NULL
          AND withdrawn_at IS NULL AND expires_at > clock_timestamp()
        RETURNING id::text AS "tokenId", email, person_id::text AS "personId", tenant_id::text AS "tenantId",
          expires_at AS "expiresAt"`,
    ),
  );
}

/**
 * Uses up a mailed code: of any number of tries with the right one, one is first.
 *
 * @param code as it was typed; blanks between its digits don't count
 * @returns whether it was good
 * @throws DbError
 */
export async function takeCode(
  tx: Pick<Tx, '$queryRaw'>,
  { tokenId, code }: { tokenId: string; code: string },
): Promise<boolean> {
  const rows = await translating(
    () => tx.$queryRaw<unknown[]>`
      UPDATE mail_token SET used_at = clock_timestamp()
      WHERE id = ${tokenId}::uuid AND purpose = 'guest-code' AND ${hashCode(tokenId, code)} = ANY (code_hashes)
        AND used_at IS NULL AND withdrawn_at IS NULL AND expires_at > clock_timestamp()
      RETURNING id::text`,
  );
  return rows.length === 1;
}

/** What stands for a code of a mail in the database: of the code with its token, so that equal codes look different. */
export function hashCode(tokenId: string, code: string): Buffer {
  return createHash('sha256')
    .update(`${tokenId} ${code.replaceAll(/\s/g, '')}`)
    .digest();
}

/** Makes one link worthless, if it isn't already. */
export async function withdrawLink(tx: Tx, clock: () => Date, tokenId: string): Promise<void> {
  await tx.mailToken.updateMany({
    where: { id: tokenId, usedAt: null, withdrawnAt: null },
    data: { withdrawnAt: clock() },
  });
}

/** Makes worthless what was mailed to a person for their account: resets to this address, and new addresses of theirs. */
export async function withdrawLinksOf(
  tx: Tx,
  clock: () => Date,
  { personId, email }: { personId: string; email: string },
): Promise<void> {
  await tx.mailToken.updateMany({
    where: {
      usedAt: null,
      withdrawnAt: null,
      OR: [
        { purpose: 'reset', email },
        { purpose: { in: ['reset', 'email'] }, personId },
      ],
    },
    data: { withdrawnAt: clock() },
  });
}

function firstOf(answer: unknown): LivingLink {
  const [link] = rowsSchema.parse(answer);
  if (link === undefined) throw new LinkOverError({ why: 'not good' });
  return link;
}

function parseFragment(fragment: string): { tokenId: string; hash: Buffer } {
  const bytes = Buffer.from(fragment, 'base64url');
  if (bytes.length !== ID_BYTES + SECRET_BYTES || bytes.toString('base64url') !== fragment)
    throw new LinkOverError({ why: 'malformed' });
  const hex = bytes.subarray(0, ID_BYTES).toString('hex');
  return {
    tokenId: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    hash: createHash('sha256').update(bytes.subarray(ID_BYTES)).digest(),
  };
}
