import { randomBytes, randomUUID } from 'node:crypto';
import { createDb, type Db, type Tx } from '@porthole/db';
import { Secret } from '@porthole/errors';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/postgres/test-database.ts';
import { digestOf } from './bearer.ts';
import { HashGate } from './hash-gate.ts';
import { hashPassword } from './password.ts';
import { readSession } from './read-session.ts';
import { ABSOLUTE_LIFE_MS, IDLE_LIFE_MS, INPUT_WRITE_EVERY_MS } from './session-life.ts';
import { endSession, listSessions, touchInput } from './sessions-of-person.ts';
import { type SignInAttempt, signIn } from './sign-in.ts';
import { ACCOUNT_LIMITS, ADDRESS_LIMITS } from './sign-in-limits.ts';

const PASSWORD = new Secret('correct horse battery');
let database: TestDatabase;
let db: Db;
let root: pg.Pool;
let personId: string;
let now: Date;
const clock = () => now;
const recordNothing = async () => undefined;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb({ url: database.url('portal') });
  root = new pg.Pool({ connectionString: database.url('superuser'), max: 1 });
  root.on('error', () => undefined);
  personId = await addPerson('mira@acme.example');
});
afterAll(async () => {
  await db.close();
  await root.end();
  await database.drop();
});

async function addPerson(email: string): Promise<string> {
  const id = randomUUID();
  const passwordHash = await hashPassword(PASSWORD);
  await db.withoutTenant((tx) =>
    tx.person.create({ data: { id, email, name: email, passwordHash }, select: { id: true } }),
  );
  return id;
}

function attempt(over: Partial<SignInAttempt> = {}): SignInAttempt {
  return {
    email: 'mira@acme.example',
    password: PASSWORD,
    ip: '192.0.2.7',
    userAgent: 'a browser',
    binderHash: randomBytes(32),
    replacing: null,
    ...over,
  };
}

async function enter(over: Partial<SignInAttempt> = {}, record: (tx: Tx) => Promise<void> = recordNothing) {
  now = new Date();
  const entered = await signIn({ db, clock, gate: new HashGate() }, attempt(over), record);
  if ('pending' in entered) throw new TypeError('nobody here has a second factor');
  return entered;
}

const read = (bearer: Secret | string) =>
  readSession({ db, clock }, typeof bearer === 'string' ? bearer : bearer.reveal());
const rows = async (text: string, values: unknown[] = []) => (await root.query(text, values)).rows;
const epoch = async () =>
  (await rows('SELECT authority_epoch FROM person WHERE id = $1', [personId]))[0].authority_epoch;

describe('signing in', () => {
  it('makes a session that is known by its digest alone', async () => {
    const { bearer, sessionId } = await enter();
    const [row] = await rows('SELECT * FROM login_session WHERE id = $1', [sessionId]);
    expect(row.digest).toBe(digestOf(bearer.reveal()));
    expect(JSON.stringify(row)).not.toContain(bearer.reveal());
    expect(await read(bearer)).toMatchObject({ id: sessionId, personId, email: 'mira@acme.example' });
    expect(await read(row.digest)).toBeNull();
  });

  it('takes the address as people write it', async () => {
    expect(await enter({ email: ' Mira@ACME.example ' })).toMatchObject({ personId });
  });

  it('ends the session that the browser had before', async () => {
    const first = await enter();
    await enter({ replacing: first.bearer.reveal() });
    expect(await read(first.bearer)).toBeNull();
  });

  it('makes no session where its event cannot be written', async () => {
    const before = await rows('SELECT count(*) FROM login_session');
    await expect(enter({}, () => Promise.reject(new Error('log away')))).rejects.toThrow('log away');
    expect(await rows('SELECT count(*) FROM login_session')).toEqual(before);
  });
});

describe('refuses with auth/no-match', () => {
  it.each([
    ['a wrong password', { password: new Secret('wrong horse battery') }],
    ['an unknown account', { email: 'nobody@acme.example' }],
  ])('%s', async (_what, over) => {
    await expect(enter(over)).rejects.toMatchObject({ code: 'auth/no-match' });
  });

  it('a disabled person with the right password', async () => {
    const id = await addPerson('gone@acme.example');
    await rows('UPDATE person SET disabled_at = now() WHERE id = $1', [id]);
    await expect(enter({ email: 'gone@acme.example' })).rejects.toMatchObject({ code: 'auth/no-match' });
  });
});

describe('limits', () => {
  const wrong = new Secret('wrong horse battery');
  const fail = (email: string, ip: string) =>
    enter({ email, ip, password: wrong }).catch((error: unknown) => error);

  it('are those of security.md §9', () => {
    expect(ACCOUNT_LIMITS.at(-1)).toEqual({ windowS: 900, max: 10 });
    expect(ADDRESS_LIMITS).toEqual([{ windowS: 900, max: 50 }]);
  });

  it.each(['ada@acme.example', 'nobody-2@acme.example'])(
    'make %s wait after five failed tries, even with the right password, and end no session',
    async (email) => {
      if (email.startsWith('ada')) await addPerson(email);
      const living = email.startsWith('ada') ? await enter({ email }) : null;
      for (let tries = 0; tries < 5; tries += 1)
        expect(await fail(email, `198.51.100.${tries}`)).toMatchObject({ code: 'auth/no-match' });
      const refused = await enter({ email, ip: '198.51.100.99' }).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'auth/wait' });
      expect(Reflect.get(Object(refused), 'retryAfterS')).toBeLessThanOrEqual(120);
      if (living !== null) expect(await read(living.bearer)).not.toBeNull();
    },
  );

  it('count failed tries and no successful ones', async () => {
    for (let times = 0; times < 8; times += 1)
      expect(await enter({ ip: '203.0.113.9' })).toMatchObject({ personId });
  });

  it('make an address wait that tries account after account', async () => {
    await rows(
      "INSERT INTO rate_counter (key, window_start, count) SELECT key, window_start, 50 FROM (SELECT 'rate|sign-in:address:203.0.113.66' AS key, to_timestamp(floor(extract(epoch FROM now()) / 900) * 900) AS window_start) AS t",
    );
    await expect(enter({ ip: '203.0.113.66' })).rejects.toMatchObject({ code: 'auth/wait' });
  });
});

describe('a session', () => {
  it('ends an hour after the last input, and its row with it', async () => {
    const { bearer, sessionId } = await enter();
    now = new Date(now.getTime() + IDLE_LIFE_MS);
    expect(await read(bearer)).toBeNull();
    expect(await rows('SELECT 1 FROM login_session WHERE id = $1', [sessionId])).toEqual([]);
  });

  it('is kept by input, which is written once a minute at most', async () => {
    const { bearer } = await enter();
    const session = await read(bearer);
    if (session === null) throw new Error('a fresh session lives');
    const startedAt = session.lastInputAt;
    now = new Date(startedAt.getTime() + INPUT_WRITE_EVERY_MS - 1);
    await touchInput({ db, clock }, session);
    expect((await read(bearer))?.lastInputAt).toEqual(startedAt);
    now = new Date(startedAt.getTime() + INPUT_WRITE_EVERY_MS);
    await touchInput({ db, clock }, session);
    expect((await read(bearer))?.lastInputAt).toEqual(now);
  });

  it('is never kept beyond twelve hours, however busy', async () => {
    const { bearer, sessionId } = await enter();
    const startedAt = now.getTime();
    await rows('UPDATE login_session SET last_input_at = $2 WHERE id = $1', [
      sessionId,
      new Date(startedAt + ABSOLUTE_LIFE_MS),
    ]);
    now = new Date(startedAt + ABSOLUTE_LIFE_MS - 1_000);
    expect(await read(bearer)).not.toBeNull();
    now = new Date(startedAt + ABSOLUTE_LIFE_MS);
    expect(await read(bearer)).toBeNull();
  });

  it('ends with its person', async () => {
    const id = await addPerson('leaving@acme.example');
    const { bearer } = await enter({ email: 'leaving@acme.example' });
    await rows('UPDATE person SET disabled_at = now() WHERE id = $1', [id]);
    expect(await read(bearer)).toBeNull();
  });

  it('is nobody’s for texts that are no bearer', async () => {
    expect([await read(''), await read("' OR 1=1 --"), await readSession({ db, clock }, null)]).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe('one’s own sessions', () => {
  it('are listed without what could open them, and end one by one', async () => {
    const first = await enter();
    const second = await enter();
    const list = await db.withoutTenant((tx) => listSessions(tx, { clock }, personId));
    expect(list.map(({ id }) => id)).toEqual(expect.arrayContaining([first.sessionId, second.sessionId]));
    expect(Object.keys(list[0] ?? {}).sort()).toEqual([
      'createdAt',
      'endsAt',
      'id',
      'ip',
      'lastInputAt',
      'userAgent',
    ]);
    expect(await db.withoutTenant((tx) => endSession(tx, personId, first.sessionId))).toBe(true);
    expect([await read(first.bearer), (await read(second.bearer))?.id]).toEqual([null, second.sessionId]);
  });

  it('are nobody else’s to end', async () => {
    const { bearer, sessionId } = await enter();
    expect(await db.withoutTenant((tx) => endSession(tx, randomUUID(), sessionId))).toBe(false);
    expect(await read(bearer)).not.toBeNull();
  });

  it('raise the person’s epoch when they end, which closes live consoles', async () => {
    const { sessionId } = await enter();
    const before = await epoch();
    await db.withoutTenant((tx) => endSession(tx, personId, sessionId));
    expect(await epoch()).not.toBe(before);
  });
});
