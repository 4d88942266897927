import { randomUUID } from 'node:crypto';
import { createDb, type Db } from '@porthole/db';
import { codeOf } from '@porthole/errors';
import type { Actor } from '../../apps/portal/src/server/actor.ts';
import { MAX_OPEN_INVITATIONS } from '../../apps/portal/src/server/invitations/invitation-limits.ts';
import { invite } from '../../apps/portal/src/server/invitations/invite.ts';
import { leave, removePerson } from '../../apps/portal/src/server/people/end-membership.ts';
import { setRole } from '../../apps/portal/src/server/people/set-role.ts';
import { makeTestWorld, type TestWorld } from '../../prisma/test-world.ts';
import { withClient } from '../postgres/prepare-database.ts';
import { createTestDatabase, type TestDatabase } from '../postgres/test-database.ts';
import type { Gate, GateResult, GateRun } from './gate.ts';

const REDUCED_ROUNDS = 4;
const FULL_ROUNDS = 200;
/** Owners who all want to go at once. */
const OWNERS = 4;
/** Places that are left, and how many want one. */
const PLACES = 3;
const WANTED = 12;
const ORG = 'acme';

export const gate: Gate = {
  name: 'quota-race',
  promise:
    'However many act at once, an organisation keeps an owner, an address is invited once, and no more invitations wait than may.',
  defence: 'who changes who belongs takes the lock on the organisation first',
  run: async (options) => {
    const database = await createTestDatabase();
    const db = createDb({ url: database.url('portal') });
    try {
      const world = await makeTestWorld(database.url('superuser'));
      return await new Race(database, options.prove ? withoutLock(db) : db, world, options).run();
    } finally {
      await db.close();
      await database.drop();
    }
  },
};

/** The same database for somebody who forgot the lock: its statement locks nothing, and all see what was before. */
function withoutLock(db: Db): Db {
  return {
    ...db,
    withTenant: (tenantId, work) =>
      db.withTenant(tenantId, (tx) =>
        work(
          new Proxy(tx, {
            get: (target, key) => {
              const value: unknown = Reflect.get(target, key);
              if (key !== '$queryRaw' || typeof value !== 'function') return value;
              return (text: TemplateStringsArray, ...values: unknown[]) =>
                text.join('').includes('FOR UPDATE')
                  ? Promise.resolve([])
                  : Reflect.apply(value, target, [text, ...values]);
            },
          }),
        ),
      ),
  };
}

class Race {
  readonly #breaches: string[] = [];
  readonly #counts = { rounds: 0, goes: 0, stayed: 0, invitations: 0, refused: 0 };
  readonly #owners: Actor[] = [];

  constructor(
    private readonly database: TestDatabase,
    private readonly db: Db,
    private readonly world: TestWorld,
    private readonly options: GateRun,
  ) {}

  async run(): Promise<GateResult> {
    for (let n = 0; n < OWNERS; n += 1) this.#owners.push(await this.#newOwner(n));
    const rounds = this.options.full ? FULL_ROUNDS : REDUCED_ROUNDS;
    for (let round = 0; round < rounds && this.#breaches.length === 0; round += 1) {
      await this.#everybodyGoes(round);
      await this.#everybodyInvites(round);
      this.#counts.rounds += 1;
      if (round % 50 === 49) this.options.say(`${round + 1} rounds`);
    }
    return { breaches: this.#breaches, counts: this.#counts };
  }

  /** All owners leave, step down, or remove each other in the same moment. */
  async #everybodyGoes(round: number): Promise<void> {
    await this.#sql('DELETE FROM membership WHERE tenant_id = $1', [this.world.acme]);
    for (const { personId } of this.#owners)
      await this.#sql(`INSERT INTO membership (tenant_id, person_id, role) VALUES ($1, $2, 'owner')`, [
        this.world.acme,
        personId,
      ]);
    const deps = { db: this.db };
    await Promise.all(
      this.#owners.map(async (actor, n) => {
        const next = this.#owners[(n + 1) % OWNERS] ?? actor;
        const ways = [
          () => leave(deps, actor, { org: ORG }),
          () => setRole(deps, actor, { org: ORG, personId: actor.personId, role: 'member' }),
          () => removePerson(deps, actor, { org: ORG, personId: next.personId }),
          () => setRole(deps, actor, { org: ORG, personId: next.personId, role: 'admin' }),
        ];
        this.#counts.goes += 1;
        // Every other round all go by themselves, so that the last of them must be held.
        const way = round % 2 === 0 ? n % 2 : (n + round) % ways.length;
        const code = await codeIn(ways[way]?.() ?? Promise.resolve());
        if (code === 'person/last-owner') this.#counts.stayed += 1;
      }),
    );
    const left = await this.#count(`membership WHERE tenant_id = $1 AND role = 'owner'`);
    if (left < 1) this.#breach(`round ${round}: the last of ${OWNERS} owners went with the others`);
  }

  /** A few places are left for invitations, and more want one; some of them for the same address. */
  async #everybodyInvites(round: number): Promise<void> {
    await this.#sql(
      `DELETE FROM invitation; DELETE FROM mail; DELETE FROM mail_token; DELETE FROM rate_counter`,
    );
    await this.#sql(
      `INSERT INTO membership (tenant_id, person_id, role) VALUES ($1, $2, 'owner')
       ON CONFLICT (tenant_id, person_id) DO UPDATE SET role = 'owner'`,
      [this.world.acme, this.#owners[0]?.personId],
    );
    await this.#sql(
      `INSERT INTO invitation (tenant_id, email, role, created_name, expires_at)
       SELECT $1, 'p' || n || '@many.example', 'member', 'x', now() + interval '1 day' FROM generate_series(1, $2::int) n`,
      [this.world.acme, MAX_OPEN_INVITATIONS - PLACES],
    );
    const [actor] = this.#owners;
    if (actor === undefined) throw new Error('nobody invites');
    const codes = await Promise.all(
      Array.from({ length: WANTED }, (_, n) =>
        codeIn(
          invite({ db: this.db, clock: () => new Date() }, actor, {
            org: ORG,
            email: `q${n % (WANTED - 2)}@many.example`,
            role: 'member',
          }),
        ),
      ),
    );
    this.#counts.invitations += codes.filter((code) => code === null).length;
    this.#counts.refused += codes.filter((code) => code !== null).length;
    const open = await this.#count(
      'invitation WHERE tenant_id = $1 AND accepted_at IS NULL AND withdrawn_at IS NULL',
    );
    if (open > MAX_OPEN_INVITATIONS)
      this.#breach(`round ${round}: ${open} invitations wait where ${MAX_OPEN_INVITATIONS} may`);
    const mails = await this.#sql(`SELECT to_email FROM mail GROUP BY to_email HAVING count(*) > 1`);
    if (mails.length > 0) this.#breach(`round ${round}: one address got two invitations at once`);
  }

  async #newOwner(n: number): Promise<Actor> {
    const [personId, loginSessionId] = [randomUUID(), randomUUID()];
    const name = `owner-${n}`;
    await this.#sql('INSERT INTO person (id, email, name) VALUES ($1, $2, $3)', [
      personId,
      `${name}@acme.example`,
      name,
    ]);
    await this.#sql(
      `INSERT INTO login_session (id, digest, binder_hash, person_id, expires_at)
       VALUES ($1, $2, $3, $4, now() + interval '12 hours')`,
      [loginSessionId, loginSessionId, this.world.binderHash, personId],
    );
    return {
      personId,
      personName: name,
      email: `${name}@acme.example`,
      loginSessionId,
      factorAt: null,
      confirmedAt: new Date(),
      lastInputAt: new Date(),
      ip: null,
      tenantId: this.world.acme,
      slug: ORG,
      tenantName: 'Acme',
      tenantKind: 'customer',
      role: 'owner',
    };
  }

  async #count(from: string): Promise<number> {
    const [row] = await this.#sql(`SELECT count(*)::int AS n FROM ${from}`, [this.world.acme]);
    return Number(row?.n);
  }

  #sql(text: string, values?: unknown[]): Promise<Record<string, unknown>[]> {
    return withClient(
      this.database.url('superuser'),
      async (client) => (await client.query(text, values)).rows,
    );
  }

  #breach(sentence: string): void {
    this.#breaches.push(sentence);
  }
}

/** The code that a call was refused with; null where it was done. */
async function codeIn(work: Promise<unknown>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    return codeOf(error) ?? String(error);
  }
}
