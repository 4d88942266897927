import { createHash } from 'node:crypto';
import { createPgPool, type PgPool } from '@porthole/db';
import { createLogger } from '@porthole/logger';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeTestWorld, type TestWorld } from '../../../prisma/test-world.ts';
import { type Mailbox, startMailbox } from '../../../tools/mailbox/mailbox.ts';
import { createTestDatabase, type TestDatabase } from '../../../tools/postgres/test-database.ts';
import { MailQueue } from './mail/mail-queue.ts';
import { smtpPostBox } from './mail/post-box.ts';
import { type Courier, startCourier } from './start-courier.ts';

const ORIGIN = 'https://console.example';
const log = createLogger({ app: 'courier', level: 'silent' });

let database: TestDatabase;
let world: TestWorld;
let admin: PgPool;
let pool: PgPool;
let mailbox: Mailbox;
let couriers: Courier[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  world = await makeTestWorld(database.url('superuser'));
  admin = createPgPool({ url: database.url('superuser') });
  pool = createPgPool({ url: database.url('courier') });
});
afterAll(async () => {
  await Promise.all([admin.end(), pool.end()]);
  await database.drop();
});
beforeEach(async () => {
  mailbox = await startMailbox();
  await admin.query('DELETE FROM mail; DELETE FROM mail_token');
});
afterEach(async () => {
  await Promise.all(couriers.map((courier) => courier.stop()));
  couriers = [];
  await mailbox.stop();
});

function courier(port = mailbox.smtpPort): Courier {
  const smtp = {
    host: '127.0.0.1',
    port,
    tls: 'none',
    user: null,
    passwordFile: null,
    caFile: null,
  } as const;
  const started = startCourier({
    queue: new MailQueue(pool),
    postBox: smtpPostBox({ smtp, from: 'Porthole <porthole@console.example>' }),
    database: { url: database.url('courier') },
    origin: ORIGIN,
    log,
    pollMs: 100,
  });
  couriers.push(started);
  return started;
}

/** A reset for an address, as the portal asks for it. */
async function ask(email: string, life = '30 minutes'): Promise<string> {
  const { rows } = await admin.query<{ id: string }>(
    `INSERT INTO mail_token (purpose, email, created_at, expires_at)
     VALUES ('reset', $1, now(), now() + $2::interval) RETURNING id`,
    [email, life],
  );
  const tokenId = rows[0]?.id ?? '';
  await admin.query(`INSERT INTO mail (kind, to_email, token_id) VALUES ('reset', $1, $2)`, [email, tokenId]);
  return tokenId;
}

async function row(tokenId: string): Promise<Record<string, unknown> | undefined> {
  const { rows } = await admin.query(
    `SELECT m.sent_at IS NOT NULL AS sent, m.failed_at IS NOT NULL AS failed, m.failure, m.tries,
       m.next_try_at > now() AS later, t.person_id, t.secret_hashes
     FROM mail m JOIN mail_token t ON t.id = m.token_id WHERE t.id = $1`,
    [tokenId],
  );
  return rows[0];
}

const until = (check: () => unknown) => vi.waitFor(check, { timeout: 8_000, interval: 30 });

describe('a courier', () => {
  it('sends what is queued, with a link whose secret the database has never seen', async () => {
    courier();
    const tokenId = await ask('mira@acme.example');
    await until(() => expect(mailbox.mails()).toHaveLength(1));
    const [mail] = mailbox.mails();
    expect(mail).toMatchObject({ to: 'mira@acme.example', subject: 'A new password for Porthole' });
    const [, fragment = ''] = /console\.example\/reset#([\w-]{64})\n/.exec(mail?.text ?? '') ?? [];
    const bytes = Buffer.from(fragment, 'base64url');
    expect(bytes.subarray(0, 16).toString('hex')).toBe(tokenId.replaceAll('-', ''));
    const hash = createHash('sha256').update(bytes.subarray(16)).digest();
    await until(async () => expect(await row(tokenId)).toMatchObject({ sent: true, tries: 1 }));
    expect(await row(tokenId)).toMatchObject({ person_id: world.mira, secret_hashes: [hash] });
    const { rows } = await admin.query(
      'SELECT to_jsonb(m)::text || to_jsonb(t)::text AS all FROM mail m, mail_token t',
    );
    const secret = bytes.subarray(16);
    for (const form of [secret.toString('base64url'), secret.toString('hex'), fragment])
      expect(JSON.stringify(rows)).not.toContain(form);
  });

  it('sends no reset to an address without an account, and leaves no trace of it', async () => {
    courier();
    const tokenId = await ask('nobody@acme.example');
    await until(async () => expect(await row(tokenId)).toBeUndefined());
    expect(mailbox.mails()).toEqual([]);
    expect((await admin.query('SELECT 1 FROM mail_token')).rowCount).toBe(0);
  });

  it.each([
    ['late', `expires_at = now() - interval '1 second'`],
    ['withdrawn', 'withdrawn_at = now()'],
    ['used', 'used_at = now()'],
  ])('sends no link that is %s by then', async (_, set) => {
    const tokenId = await ask('mira@acme.example');
    await admin.query(`UPDATE mail_token SET ${set} WHERE id = $1`, [tokenId]);
    courier();
    await until(async () =>
      expect(await row(tokenId)).toMatchObject({ failed: true, failure: 'mail/too-late' }),
    );
    expect(mailbox.mails()).toEqual([]);
  });

  it('gives up on a mail that the server will never take, and says so', async () => {
    mailbox.refuse({ code: 550, words: 'no such box' });
    courier();
    const tokenId = await ask('mira@acme.example');
    await until(async () =>
      expect(await row(tokenId)).toMatchObject({ failed: true, failure: 'mail/refused', tries: 1 }),
    );
  });

  it('waits with a mail that is put off, and sends it when its time comes', async () => {
    mailbox.refuse({ code: 451, words: 'later' });
    courier();
    const tokenId = await ask('mira@acme.example');
    await until(async () =>
      expect(await row(tokenId)).toMatchObject({
        failed: false,
        failure: 'mail/put-off',
        later: true,
        tries: 1,
      }),
    );
    mailbox.refuse(null);
    await admin.query('UPDATE mail SET next_try_at = now()');
    await until(async () =>
      expect(await row(tokenId)).toMatchObject({ sent: true, failure: null, tries: 2 }),
    );
    expect((await row(tokenId))?.secret_hashes).toHaveLength(2);
  });

  it('waits for a server that is away, and ends after twelve tries', async () => {
    courier(1);
    const tokenId = await ask('mira@acme.example');
    await until(async () =>
      expect(await row(tokenId)).toMatchObject({ failure: 'mail/unreachable', failed: false }),
    );
    await admin.query('UPDATE mail SET tries = 11, next_try_at = now()');
    await until(async () => expect(await row(tokenId)).toMatchObject({ failed: true, tries: 12 }));
  });

  it('sends again what another took and never finished, once its two minutes are over', async () => {
    const tokenId = await ask('mira@acme.example');
    const dead = new MailQueue(pool);
    expect(await dead.take()).toMatchObject({ to: 'mira@acme.example', tries: 1 });
    courier();
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(mailbox.mails()).toEqual([]);
    await admin.query('UPDATE mail SET taken_until = now()');
    await until(async () => expect(await row(tokenId)).toMatchObject({ sent: true, tries: 2 }));
    // The dead one wakes up: it isn't its mail any more.
    const { rows } = await admin.query<{ id: string }>('SELECT id FROM mail');
    expect(await dead.sent(rows[0]?.id ?? '')).toBe(false);
  });

  it('shares the work with others, and none is sent twice', async () => {
    for (let index = 0; index < 3; index += 1) courier();
    for (let index = 0; index < 40; index += 1) await ask('mira@acme.example');
    await until(async () =>
      expect((await admin.query('SELECT 1 FROM mail WHERE sent_at IS NULL')).rowCount).toBe(0),
    );
    const links = mailbox.mails().map(({ text }) => /#([\w-]{64})/.exec(text)?.[1]);
    expect(new Set(links).size).toBe(40);
    expect(links).toHaveLength(40);
  });
});

describe('the role of the courier', () => {
  it.each(['mail', 'mail_token', 'person', 'tenant', 'audit_event', 'login_session'])(
    'reads nothing of %s',
    async (table) => {
      await expect(pool.query(`SELECT * FROM ${table}`)).rejects.toMatchObject({ code: '42501' });
    },
  );

  it('cannot ask for a mail, nor write in the log', async () => {
    await expect(
      pool.query(`INSERT INTO mail (kind, to_email) VALUES ('password-changed', 'a@b.example')`),
    ).rejects.toMatchObject({ code: '42501' });
    await expect(
      pool.query(
        `SELECT audit_append('${world.acme}', gen_random_uuid(), '{"action":"sign-out","outcome":"ok"}')`,
      ),
    ).rejects.toMatchObject({ code: '42501' });
  });

  it('has no word for a failure that is not ours', async () => {
    await expect(
      pool.query(`SELECT mail_not_sent(gen_random_uuid(), 'c', '550 no such box', true)`),
    ).rejects.toMatchObject({ code: '22023' });
  });
});
