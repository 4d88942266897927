import { createDb, type Db } from '@porthole/db';
import { Secret } from '@porthole/errors';
import { hashBinder, issueTicket, newBinder } from '@porthole/tickets';
import { parsePublicKey, sealSession } from '@porthole/vault';
import pg from 'pg';
import { makeTestWorld } from '../../../prisma/test-world.ts';
import { createTestDatabase, type TestDatabase } from '../../../tools/postgres/test-database.ts';
import type { ConsoleKind, Host } from './contestant.ts';

/** Machines that can be opened, in organisations that each stay below the product's own limits. */
const ORGANISATIONS = 30;
const MACHINES_EACH = 200;
/** With eight people at 200 machines nobody comes near 32 seats. */
const PEOPLE_EACH = 8;

interface Machine {
  readonly tenant: string;
  readonly person: string;
  readonly session: string;
  readonly id: string;
}

export interface IssuedPass {
  readonly ticket: Secret;
  readonly console: string;
}

/** A migrated database with one pool and thousands of machines in it, all on the benchmark's host. */
export class PortholeWorld {
  readonly database: TestDatabase;
  readonly binder = newBinder();
  readonly relayId: string;
  readonly #portal: Db;
  readonly #machines: readonly Machine[];
  #next = 0;

  private constructor(relayId: string, database: TestDatabase, machines: readonly Machine[]) {
    this.relayId = relayId;
    this.database = database;
    this.#machines = machines;
    this.#portal = createDb({ url: database.url('portal') });
  }

  /** @param publicPem the relay's, for which the host's session is sealed */
  static async make(host: Host, relayId: string, publicPem: string): Promise<PortholeWorld> {
    const database = await createTestDatabase();
    const world = await makeTestWorld(database.url('superuser'));
    const client = new pg.Client({ connectionString: database.url('superuser') });
    await client.connect();
    try {
      const sealed = sealSession({
        relayPublicKey: parsePublicKey(publicPem, 'bench'),
        tenantId: world.northgate,
        hostId: world.host,
        payload: {
          sessionRef: new Secret('OpaqueRef:bench-session'),
          hostUuid: '7c5e3fb1-7b0f-4c3e-9a52-0d8f2b1f7a10',
          address: '127.0.0.1',
          port: host.port,
          pin: { fingerprint256: host.fingerprint256, pem: host.cert },
        },
      });
      const { kid, epk, wrapIv, wrappedDek, wrapTag, iv, ct, tag } = sealed;
      await client.query(
        `INSERT INTO host_session (tenant_id, host_id, kid, epk, wrap_iv, wrapped_dek, wrap_tag, iv, ct, tag)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [world.northgate, world.host, kid, epk, wrapIv, wrappedDek, wrapTag, iv, ct, tag],
      );
      const machines = await writeMachines(client, world);
      return new PortholeWorld(relayId, database, machines);
    } finally {
      await client.end();
    }
  }

  /** Passes for machines that nobody is at, as the portal issues them; once all were used it begins anew. */
  async issue(count: number, kind: ConsoleKind): Promise<IssuedPass[]> {
    const passes: IssuedPass[] = [];
    for (let left = count; left > 0; left -= 1) {
      const machine = this.#machines[this.#next % this.#machines.length];
      this.#next += 1;
      if (machine !== undefined) passes.push(await this.#pass(machine, kind));
    }
    return passes;
  }

  /** Passes for one machine, as many as its seats. */
  async issueShared(count: number, kind: ConsoleKind): Promise<IssuedPass[]> {
    const machine = this.#machines[this.#next % this.#machines.length];
    this.#next += 1;
    const passes: IssuedPass[] = [];
    for (let left = count; left > 0 && machine !== undefined; left -= 1)
      passes.push(await this.#pass(machine, kind));
    return passes;
  }

  async stop(): Promise<void> {
    await this.#portal.close();
    await this.database.drop();
  }

  async #pass({ tenant, person, session, id }: Machine, kind: ConsoleKind): Promise<IssuedPass> {
    const { ticket } = await this.#portal.withTenant(tenant, (tx) =>
      issueTicket(tx, {
        tenantId: tenant,
        personId: person,
        loginSessionId: session,
        vmId: id,
        kind,
        mode: 'type',
        relayId: this.relayId,
        binderHash: hashBinder(this.binder),
      }),
    );
    return { ticket, console: `OpaqueRef:${kind}-${id}` };
  }
}

async function writeMachines(
  client: pg.Client,
  world: { northgate: string; pool: string; host: string; binderHash: Buffer },
): Promise<Machine[]> {
  const { rows } = await client.query<Machine>(
    `WITH org AS (
       INSERT INTO tenant (id, slug, name, kind)
       SELECT gen_random_uuid(), 'bench-' || n, 'Bench ' || n, 'customer' FROM generate_series(1, $4::int) n RETURNING id
     ), people AS (
       INSERT INTO person (id, email, name)
       SELECT gen_random_uuid(), 'p' || n || '@' || org.id || '.example', 'Person ' || n
       FROM org, generate_series(0, $5::int - 1) n RETURNING id, email
     ), placed AS (
       SELECT people.id, split_part(split_part(email, '@', 2), '.', 1)::uuid AS tenant,
         substring(email FROM 2 FOR 1)::int AS n, gen_random_uuid() AS session FROM people
     ), members AS (
       INSERT INTO membership (tenant_id, person_id, role) SELECT tenant, id, 'owner' FROM placed
     ), sessions AS (
       INSERT INTO login_session (id, digest, binder_hash, person_id, expires_at)
       SELECT session, session::text, $7, id, now() + interval '12 hours' FROM placed
     ), machines AS (
       SELECT org.id AS tenant, gen_random_uuid() AS id, n FROM org, generate_series(1, $6::int) n
     ), written AS (
       INSERT INTO vm (tenant_id, id, pool_tenant_id, pool_id, uuid, name, tags, power_state, resident_host_id,
         screen_console_ref, text_console_ref)
       SELECT tenant, id, $1, $2, gen_random_uuid(), 'vm-' || n, '{}', 'Running', $3,
         'OpaqueRef:screen-' || id, 'OpaqueRef:text-' || id FROM machines
     )
     SELECT machines.tenant, machines.id, placed.id AS person, placed.session
     FROM machines JOIN placed ON placed.tenant = machines.tenant AND placed.n = machines.n % $5::int
     ORDER BY machines.n, machines.tenant`,
    [world.northgate, world.pool, world.host, ORGANISATIONS, PEOPLE_EACH, MACHINES_EACH, world.binderHash],
  );
  return rows;
}
