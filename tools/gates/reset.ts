import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { askReset, HashGate, lookAtLink, plainEmail, resetPassword } from '@porthole/auth';
import { createDb, type Db } from '@porthole/db';
import { codeOf, Secret } from '@porthole/errors';
import { z } from 'zod';
import { emailSchema, linkSchema } from '../../apps/portal/src/server/inputs.ts';
import { makeTestWorld, type TestWorld } from '../../prisma/test-world.ts';
import { withClient } from '../postgres/prepare-database.ts';
import { createTestDatabase, type TestDatabase } from '../postgres/test-database.ts';
import type { Gate, GateResult, GateRun } from './gate.ts';

/** Tries with the same link at once. */
const RACERS = 16;
const REDUCED_ROUNDS = 2;
const FULL_ROUNDS = 60;

/** What is no single address, each as the API would get it (an array was GitLab's CVE-2023-7028). */
const NO_ADDRESSES: readonly unknown[] = [
  ['mira@acme.example', 'evil@x.example'],
  { 0: 'mira@acme.example' },
  'mira@acme.example,evil@x.example',
  'mira@acme.example;evil@x.example',
  'mira@acme.example evil@x.example',
  'mira@acme.example\r\nBcc: evil@x.example',
  'mira@acme.example\u0000',
  '<mira@acme.example>',
  '"a b"@acme.example',
  'mira@acme.example@x.example',
  null,
  1,
];

export const gate: Gate = {
  name: 'reset',
  promise:
    'A link to a new password is for one address, works once, for half an hour, ends every session, and asking for it tells nobody who has an account.',
  defence: 'a link that was used is refused, and sessions end with the old password',
  run: async (options) => {
    const database = await createTestDatabase();
    const db = createDb({ url: database.url('portal') });
    try {
      const world = await makeTestWorld(database.url('superuser'));
      if (options.prove) await withClient(database.url('superuser'), (client) => client.query(FORGETFUL));
      return await new Attack(database, db, world, options).run();
    } finally {
      await db.close();
      await database.drop();
    }
  },
};

/** The rows as they would be without the defence: links forget that they were used, and sessions stay. */
const FORGETFUL = `
CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.used_at := NULL; NEW.withdrawn_at := NULL; RETURN NEW; END $$;
CREATE TRIGGER forget BEFORE UPDATE ON mail_token FOR EACH ROW EXECUTE FUNCTION forget();
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER keep BEFORE DELETE ON login_session FOR EACH ROW EXECUTE FUNCTION keep()`;

class Attack {
  readonly #breaches: string[] = [];
  readonly #counts = { rounds: 0, racers: 0, replays: 0, late: 0, addresses: 0, accounts: 0 };
  readonly #deps;

  constructor(
    private readonly database: TestDatabase,
    db: Db,
    private readonly world: TestWorld,
    private readonly options: GateRun,
  ) {
    this.#deps = { db, clock: () => new Date(), gate: new HashGate(2, 1_000) };
  }

  async run(): Promise<GateResult> {
    this.#addresses();
    await this.#accounts();
    const rounds = this.options.full ? FULL_ROUNDS : REDUCED_ROUNDS;
    for (let round = 0; round < rounds && this.#breaches.length === 0; round += 1) {
      await this.#race(round);
      await this.#late();
      this.#counts.rounds += 1;
    }
    return { breaches: this.#breaches, counts: this.#counts };
  }

  #addresses(): void {
    for (const address of NO_ADDRESSES) {
      this.#counts.addresses += 1;
      if (emailSchema.safeParse(address).success)
        this.#breach(`${JSON.stringify(address)} passes for one address`);
    }
    for (const link of [['A'], { 0: 'A' }, null])
      if (linkSchema.safeParse(link).success) this.#breach(`${JSON.stringify(link)} passes for a link`);
  }

  /** Known and unknown: the same rows, the same columns filled. */
  async #accounts(): Promise<void> {
    const rowsFor = async (email: string) => {
      await this.#ask(email);
      return this.#sql(
        `SELECT m.kind, m.tries, m.names::text, m.token_id IS NULL AS bare, t.purpose, t.person_id, t.tenant_id,
           cardinality(t.secret_hashes) AS links, t.used_at FROM mail m JOIN mail_token t ON t.id = m.token_id
         WHERE m.to_email = $1`,
        [email],
      );
    };
    const [known, unknown] = [await rowsFor('ada@acme.example'), await rowsFor('nobody@acme.example')];
    this.#counts.accounts += 2;
    if (JSON.stringify(known) !== JSON.stringify(unknown) || known.length !== 1)
      this.#breach('the rows of a reset tell whether the address has an account');
    await this.#takeMails();
    if ((await this.#sql(`SELECT 1 FROM mail_token WHERE email = 'nobody@acme.example'`)).length > 0)
      this.#breach('a link for an address without an account was armed');
  }

  /** Many at once with one link, then again and again: one gets it, and what was open before is closed. */
  async #race(round: number): Promise<void> {
    await this.#openSession();
    const other = await this.#link();
    const link = await this.#link();
    const password = () => new Secret(`a new password ${randomUUID()}`);
    const set = () => this.#try(link, password());
    const won = (await Promise.all(Array.from({ length: RACERS }, set))).filter(
      (code) => code === null,
    ).length;
    this.#counts.racers += RACERS;
    if (won !== 1) this.#breach(`round ${round}: ${won} of ${RACERS} set a password with one link`);
    for (const replay of [link, other, link]) {
      this.#counts.replays += 1;
      const code = await this.#try(replay, password());
      if (code !== 'auth/link-over')
        this.#breach(`round ${round}: a link that is over answers ${code ?? 'yes'}`);
    }
    const left = await this.#sql('SELECT 1 FROM login_session WHERE person_id = $1', [this.world.mira]);
    if (left.length > 0) this.#breach(`round ${round}: ${left.length} sessions outlived the old password`);
  }

  async #late(): Promise<void> {
    const link = await this.#link();
    await this.#sql(
      `UPDATE mail_token SET expires_at = clock_timestamp() - interval '1 millisecond' WHERE used_at IS NULL`,
    );
    this.#counts.late += 1;
    const code = await this.#try(link, new Secret('a password too late'));
    if (code !== 'auth/link-over') this.#breach(`a late link answers ${code ?? 'yes'}`);
    const seen = await this.#deps.db
      .withoutTenant((tx) => lookAtLink(tx, 'reset', link))
      .then(
        () => 'yes',
        (error: unknown) => codeOf(error),
      );
    if (seen !== 'auth/link-over') this.#breach(`looking at a late link answers ${seen}`);
  }

  async #try(link: string, password: Secret): Promise<string | null> {
    try {
      await resetPassword(this.#deps, { link, password }, async () => undefined);
      return null;
    } catch (error) {
      return codeOf(error) ?? String(error);
    }
  }

  async #link(): Promise<string> {
    await this.#ask('mira@acme.example');
    const links = await this.#takeMails();
    const link = links.at(-1);
    if (link === undefined) throw new Error('no mail was queued');
    return link;
  }

  async #ask(email: string): Promise<void> {
    await this.#sql('DELETE FROM rate_counter');
    await askReset(this.#deps, { email: plainEmail(email), ip: '192.0.2.1' }, async () => undefined);
  }

  /** As a courier: every mail that waits, and what stands in the fragment of its link. */
  async #takeMails(): Promise<string[]> {
    const links: string[] = [];
    for (;;) {
      const secret = randomBytes(32);
      const hash = createHash('sha256').update(secret).digest();
      const [row] = await this.#sql(`SELECT mail_take('gate', $1) AS mail`, [hash]);
      if (row?.mail == null) return links;
      const { id, tokenId } = z.object({ id: z.string(), tokenId: z.string().nullable() }).parse(row.mail);
      await this.#sql(`SELECT mail_sent($1, 'gate')`, [id]);
      if (tokenId === null) continue;
      links.push(
        Buffer.concat([Buffer.from(tokenId.replaceAll('-', ''), 'hex'), secret]).toString('base64url'),
      );
    }
  }

  async #openSession(): Promise<void> {
    await this.#sql(
      `INSERT INTO login_session (digest, binder_hash, person_id, expires_at)
       VALUES ($1, $2, $3, now() + interval '12 hours')`,
      [randomUUID(), randomBytes(32), this.world.mira],
    );
  }

  #sql(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    return withClient(
      this.database.url('superuser'),
      async (client) => (await client.query(text, values)).rows,
    );
  }

  #breach(sentence: string): void {
    this.#breaches.push(sentence);
  }
}
