import { createHash, randomBytes } from 'node:crypto';
import type { Fixture } from './portal-fixture.ts';

/** A mail as a courier has it in hand, with what stands in the fragment of its link. */
export interface MailInHand {
  kind: string;
  to: string;
  names: Record<string, string>;
  link: string | null;
}

/** Takes every mail that waits, as a courier does, and reads what is in it. */
export async function takeMails(fixture: Pick<Fixture, 'sql'>): Promise<MailInHand[]> {
  const mails: MailInHand[] = [];
  for (;;) {
    const secret = randomBytes(32);
    const hash = createHash('sha256').update(secret).digest();
    const [row] = await fixture.sql(`SELECT mail_take('test', $1) AS mail`, [hash]);
    if (row?.mail == null) return mails;
    const { id, kind, to, names, tokenId } = row.mail as Omit<MailInHand, 'link'> & {
      id: string;
      tokenId: string | null;
    };
    await fixture.sql(`SELECT mail_sent($1, 'test')`, [id]);
    const bytes = tokenId === null ? null : Buffer.from(tokenId.replaceAll('-', ''), 'hex');
    mails.push({ kind, to, names, link: bytes && Buffer.concat([bytes, secret]).toString('base64url') });
  }
}

/** The link of the one mail that waits for an address. */
export async function takeLinkTo(fixture: Pick<Fixture, 'sql'>, email: string): Promise<string> {
  const found = (await takeMails(fixture)).filter(({ to, link }) => to === email && link !== null);
  const [mail] = found;
  if (found.length !== 1 || mail?.link == null) throw new Error(`${found.length} links wait for ${email}`);
  return mail.link;
}
