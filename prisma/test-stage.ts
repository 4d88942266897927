import { randomUUID } from 'node:crypto';
import { createDb, type Db, inTransaction } from '@porthole/db';
import { Secret } from '@porthole/errors';
import {
  type Admitted,
  admitSeat,
  hashBinder,
  type IssuedTicket,
  issueTicket,
  newBinder,
  redeemTicket,
  type SeatLimits,
  type TicketRequest,
} from '@porthole/tickets';
import { createTestDatabase, type TestDatabase } from '../tools/postgres/test-database.ts';
import { makeTestWorld, type TestWorld } from './test-world.ts';

/** A migrated database with the test world in it, and one connection pool for each process. */
export interface Stage {
  world: TestWorld;
  portal: Db;
  relay: Db;
  /** Passes every rule; for looking, and for moving clocks in rows. */
  superuser: Db;
  binder: Secret;
  databaseUrl: TestDatabase['url'];
  issue(over?: Partial<TicketRequest>): Promise<IssuedTicket>;
  /** Issues, redeems and admits, as a relay does. */
  open(over?: Partial<TicketRequest>, limits?: SeatLimits): Promise<Admitted & { ticketId: string }>;
  events(tenantId: string): Promise<Record<string, unknown>[]>;
  end(): Promise<void>;
}

export const RELAY = 'r1';
export const OPEN_LIMITS: SeatLimits = {
  seatsPerPerson: 32,
  seatsPerConsole: 32,
  seatsPerTenant: 400,
  hubsPerTenant: 200,
};

export async function setStage(): Promise<Stage> {
  const database: TestDatabase = await createTestDatabase();
  const world = await makeTestWorld(database.url('superuser'));
  const [portal, relay, superuser] = (['portal', 'relay', 'superuser'] as const).map((role) =>
    createDb({ url: database.url(role) }),
  );
  if (portal === undefined || relay === undefined || superuser === undefined)
    throw new TypeError('three roles');
  const binder = newBinder();
  const issue = (over: Partial<TicketRequest> = {}) => {
    const personId = over.personId ?? world.mira;
    const request: TicketRequest = {
      tenantId: world.acme,
      personId,
      loginSessionId: world.sessions[personId] ?? randomUUID(),
      vmId: world.web,
      kind: 'screen',
      mode: 'type',
      relayId: RELAY,
      binderHash: hashBinder(binder),
      ...over,
    };
    return portal.withTenant(request.tenantId, (tx) => issueTicket(tx, request));
  };
  return {
    world,
    portal,
    relay,
    superuser,
    binder,
    databaseUrl: database.url,
    issue,
    open: async (over = {}, limits = OPEN_LIMITS) => {
      const relayId = over.relayId ?? RELAY;
      const { ticket, ticketId } = await issue(over);
      return inTransaction(relay.pool, async (client) => {
        await redeemTicket(client, { ticket, relayId, binder });
        const seat = {
          ticketId,
          relayId,
          rights: ['look', 'type'],
          ip: '198.51.100.7',
          userAgent: 'test',
          limits,
        };
        return { ticketId, ...(await admitSeat(client, seat)) };
      });
    },
    events: async (tenantId) => {
      const { rows } = await superuser.pool.query<{ payload: string }>(
        'SELECT payload FROM audit_event WHERE tenant_id = $1 ORDER BY seq',
        [tenantId],
      );
      return rows.map((row) => JSON.parse(row.payload));
    },
    end: async () => {
      await Promise.all([portal.close(), relay.close(), superuser.close()]);
      await database.drop();
    },
  };
}

export function forged(): Secret {
  return new Secret('A'.repeat(43));
}
