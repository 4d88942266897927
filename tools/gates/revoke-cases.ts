import { randomUUID } from 'node:crypto';
import { askSeatClose } from '@porthole/tickets';
import type { CloseKind } from '../../libs/relay-contract/src/index.ts';
import type { TestRelay } from '../relay/test-relay.ts';

/** What was written for one console: a person with a login, at a machine of their own. */
export interface Place {
  readonly tenantId: string;
  readonly personId: string;
  readonly loginSessionId: string;
  readonly vmId: string;
  readonly teamId: string;
  readonly vmName: string;
}

export interface Withdrawal {
  readonly name: string;
  /** How the seat ends; null where it narrows to looking. */
  readonly kind: CloseKind | null;
  /** What gives the person the machine; the role in the organisation is `member` unless `admin` gives it. */
  readonly by: 'grant' | 'team' | 'tag' | 'admin';
  /** The organisation is changed as a whole, or nothing else may change in it. */
  readonly ownTenant?: true;
  /** Others on the same console are not concerned. */
  readonly othersStay: boolean;
  /** Who did it, as the person at the console reads it. */
  readonly told?: { readonly by: string | null; readonly reason: string };
  /** Does it, as superuser where no use-case does it yet. @returns how long after that it counts, in milliseconds */
  withdraw(relay: TestRelay, place: Place, seatId: string): Promise<number>;
}

const REASON = 'patching tonight';
/** How far ahead a grant's end is set. */
const SOON_MS = 1_200;

type Statement = readonly [text: string, values: (place: Place, relay: TestRelay) => unknown[]];

const asSql =
  (...statements: readonly Statement[]) =>
  async (relay: TestRelay, place: Place): Promise<number> => {
    await relay.sql.query('BEGIN');
    for (const [text, values] of statements) await relay.sql.query(text, values(place, relay));
    await relay.sql.query('COMMIT');
    return 0;
  };

/** Everything that ends or narrows a live console, and for which the product has rows. */
export const WITHDRAWALS: readonly Withdrawal[] = [
  {
    name: 'signed out',
    kind: 'signedOut',
    by: 'grant',
    othersStay: true,
    withdraw: asSql(['DELETE FROM login_session WHERE id = $1', ({ loginSessionId }) => [loginSessionId]]),
  },
  {
    // As a changed password ends every other login of its person (security.md §8).
    name: 'password changed in another browser',
    kind: 'signedOut',
    by: 'grant',
    othersStay: true,
    withdraw: asSql(
      ["UPDATE person SET password_hash = 'changed' WHERE id = $1", ({ personId }) => [personId]],
      ['DELETE FROM login_session WHERE person_id = $1', ({ personId }) => [personId]],
    ),
  },
  {
    name: 'login ran out by its time',
    kind: 'signInOver',
    by: 'grant',
    othersStay: true,
    withdraw: asSql([
      "UPDATE login_session SET last_input_at = now() - interval '61 minutes' WHERE id = $1",
      ({ loginSessionId }) => [loginSessionId],
    ]),
  },
  {
    name: 'grant taken back',
    kind: 'withdrawn',
    by: 'grant',
    othersStay: true,
    told: { by: 'ada', reason: '' },
    withdraw: asSql([
      'UPDATE access_grant SET ended_at = now(), ended_by = $2 WHERE person_id = $1',
      ({ personId }, { world }) => [personId, world.ada],
    ]),
  },
  {
    name: 'grant made smaller',
    kind: null,
    by: 'grant',
    othersStay: true,
    told: { by: 'ada', reason: '' },
    withdraw: asSql(
      [
        `INSERT INTO access_grant (tenant_id, person_id, vm_id, role) VALUES ($1, $2, $3, 'viewer')`,
        ({ tenantId, personId, vmId }) => [tenantId, personId, vmId],
      ],
      [
        "UPDATE access_grant SET ended_at = now(), ended_by = $2 WHERE person_id = $1 AND role = 'operator'",
        ({ personId }, { world }) => [personId, world.ada],
      ],
    ),
  },
  {
    name: 'grant over by its date',
    kind: 'accessEnded',
    by: 'grant',
    ownTenant: true,
    othersStay: true,
    told: { by: null, reason: '' },
    withdraw: async (relay, { personId }) => {
      await relay.sql.query(
        `UPDATE access_grant SET ends_at = clock_timestamp() + interval '${SOON_MS} ms' WHERE person_id = $1`,
        [personId],
      );
      return SOON_MS;
    },
  },
  {
    name: 'taken out of the team',
    kind: 'withdrawn',
    by: 'team',
    othersStay: true,
    withdraw: asSql(['DELETE FROM team_member WHERE person_id = $1', ({ personId }) => [personId]]),
  },
  {
    name: 'member removed',
    kind: 'withdrawn',
    by: 'grant',
    othersStay: true,
    withdraw: asSql(['DELETE FROM membership WHERE person_id = $1', ({ personId }) => [personId]]),
  },
  {
    name: 'admin made a member',
    kind: 'withdrawn',
    by: 'admin',
    othersStay: true,
    withdraw: asSql([
      "UPDATE membership SET role = 'member' WHERE person_id = $1",
      ({ personId }) => [personId],
    ]),
  },
  {
    name: 'person shut out',
    kind: 'withdrawn',
    by: 'grant',
    othersStay: true,
    withdraw: asSql(['UPDATE person SET disabled_at = now() WHERE id = $1', ({ personId }) => [personId]]),
  },
  {
    name: 'tag taken off the machine',
    kind: 'withdrawn',
    by: 'tag',
    othersStay: true,
    withdraw: asSql(["UPDATE vm SET tags = '{}' WHERE id = $1", ({ vmId }) => [vmId]]),
  },
  {
    name: 'closed by hand',
    kind: 'closedByHand',
    by: 'grant',
    othersStay: true,
    told: { by: 'ada', reason: REASON },
    withdraw: async ({ portal, world }, { tenantId }, seatId) => {
      await portal.withTenant(tenantId, (tx) =>
        askSeatClose(tx, {
          tenantId,
          seatId,
          personId: world.ada,
          personName: 'ada',
          reason: REASON,
          at: new Date(),
        }),
      );
      return 0;
    },
  },
  {
    name: 'person locked',
    kind: 'locked',
    by: 'grant',
    othersStay: true,
    withdraw: asSql([
      'INSERT INTO emergency_lock (tenant_id, person_id) VALUES ($1, $2)',
      ({ tenantId, personId }) => [tenantId, personId],
    ]),
  },
  {
    name: 'machine gone from its pool',
    kind: 'machineGone',
    by: 'grant',
    othersStay: false,
    withdraw: asSql(['UPDATE vm SET gone_at = now() WHERE id = $1', ({ vmId }) => [vmId]]),
  },
  {
    name: 'machine allotted to another organisation',
    kind: 'machineGone',
    by: 'grant',
    othersStay: false,
    withdraw: asSql(
      ["SELECT set_config('app.tenant_id', $1, true)", (_, { world }) => [world.northgate]],
      [
        `SELECT vms_allot($1::uuid, $2::uuid, (SELECT allotment_version FROM pool WHERE id = $2::uuid),
           jsonb_build_array(jsonb_build_object('vm', $3::uuid, 'to', $4::uuid, 'hand', true)),
           '{"personId": null, "name": "gate", "kind": "system"}', NULL)`,
        ({ vmId }, { world }) => [world.northgate, world.pool, vmId, world.globex],
      ],
    ),
  },
  {
    name: 'organisation suspended',
    kind: 'suspended',
    by: 'grant',
    ownTenant: true,
    othersStay: false,
    withdraw: asSql(['UPDATE tenant SET suspended_at = now() WHERE id = $1', ({ tenantId }) => [tenantId]]),
  },
];

/** Writes a person with a login, a machine for them, and what gives it to them. */
export async function writePlace(
  { sql, pool, world }: TestRelay,
  { by, ownTenant }: Pick<Withdrawal, 'by' | 'ownTenant'>,
  vmName: string,
): Promise<Place> {
  const place: Place = {
    tenantId: ownTenant === true ? randomUUID() : world.acme,
    personId: randomUUID(),
    loginSessionId: randomUUID(),
    vmId: randomUUID(),
    teamId: randomUUID(),
    vmName,
  };
  const { tenantId, personId, vmId, teamId } = place;
  if (ownTenant === true)
    await sql.query("INSERT INTO tenant (id, slug, name, kind) VALUES ($1, $2, $2, 'customer')", [
      tenantId,
      `${vmName}-org`,
    ]);
  await writePerson(sql, place, by === 'admin' ? 'admin' : 'member');
  const ref = pool.vm(vmName).consoles.find(({ protocol }) => protocol === 'vt100')?.ref;
  await sql.query(
    `INSERT INTO vm (tenant_id, id, pool_tenant_id, pool_id, uuid, name, tags, power_state, resident_host_id, text_console_ref)
     VALUES ($1, $2, $3, $4, gen_random_uuid(), $5, ARRAY[$5], 'Running', $6, $7)`,
    [tenantId, vmId, world.northgate, world.pool, vmName, world.host, ref],
  );
  if (by === 'team') {
    await sql.query('INSERT INTO team (tenant_id, id, name) VALUES ($1, $2, $3)', [tenantId, teamId, vmName]);
    await sql.query('INSERT INTO team_member (tenant_id, team_id, person_id) VALUES ($1, $2, $3)', [
      tenantId,
      teamId,
      personId,
    ]);
  }
  if (by !== 'admin')
    await sql.query(
      `INSERT INTO access_grant (tenant_id, person_id, team_id, vm_id, tag, role) VALUES ($1, $2, $3, $4, $5, 'operator')`,
      [
        tenantId,
        by === 'team' ? null : personId,
        by === 'team' ? teamId : null,
        by === 'tag' ? null : vmId,
        by === 'tag' ? vmName : null,
      ],
    );
  return place;
}

/** Writes a member with a living login. */
export async function writePerson(
  sql: TestRelay['sql'],
  { tenantId, personId, loginSessionId }: Pick<Place, 'tenantId' | 'personId' | 'loginSessionId'>,
  role: 'admin' | 'member',
): Promise<void> {
  await sql.query('INSERT INTO person (id, email, name) VALUES ($1, $2, $2)', [
    personId,
    `${personId}@acme.example`,
  ]);
  await sql.query('INSERT INTO membership (tenant_id, person_id, role) VALUES ($1, $2, $3::tenant_role)', [
    tenantId,
    personId,
    role,
  ]);
  await sql.query(
    `INSERT INTO login_session (id, digest, binder_hash, person_id, expires_at)
     VALUES ($1, $2, $3, $4, now() + interval '12 hours')`,
    [loginSessionId, loginSessionId, Buffer.alloc(32, 7), personId],
  );
}
