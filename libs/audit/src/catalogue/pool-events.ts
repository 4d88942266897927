import { z } from 'zod';
import { count, id, open, sensitive, text, word } from './fields.ts';

const endpoint = () =>
  open(z.object({ address: z.string().max(255), port: z.number().int(), pin: z.string().max(95) }));
const asker = () =>
  open(
    z.object({
      id: z.uuid(),
      name: z.string(),
      /** The API token by which a program asked for them. */
      token: z.object({ id: z.uuid(), name: z.string() }).optional(),
    }),
  );
/** Asked of a machine's power; what came of it names who asked, whose doing it was not. */
const powerFields = { operationId: id(), act: word() };

/** Events of pools and their machines: trust, checks, allotment, power. */
export const POOL_EVENTS = {
  'pool.added': z.strictObject({ address: word(), port: count(), pin: word() }),
  'pool.renamed': z.strictObject({ before: word() }),
  'pool.moved': z.strictObject({ before: endpoint(), after: endpoint() }),
  /** Where a host is reached from here; null for the address that the pool names. */
  'pool.host-address': z.strictObject({
    host: open(z.strictObject({ id: z.uuid(), name: z.string().max(300) })),
    before: word().nullable(),
    after: word().nullable(),
  }),
  'pool.paused': z.strictObject({}),
  'pool.resumed': z.strictObject({}),
  'pool.removed': z.strictObject({ reason: text().optional() }),
  'pool.state': z.strictObject({ from: word(), to: word(), reason: word().nullable() }),
  'pool.probe': z.strictObject({
    probeId: id(),
    address: word(),
    port: count(),
    fingerprint256: word().nullable(),
    failure: word().nullable(),
  }),
  'pool.pin_mismatch': z.strictObject({ hostId: id().optional(), expected: word(), seen: word() }),
  'pool.location_rejected': z.strictObject({ hostId: id().optional(), why: word() }),
  'check.asked': z.strictObject({ runId: id() }),
  'check.cancel-asked': z.strictObject({ runId: id() }),
  /** Written by the database's own function (migration 0018): what a check came to, whoever asked. */
  'check.done': z.strictObject({
    runId: id(),
    origin: open(z.enum(['person', 'schedule'])),
    end: open(z.enum(['done', 'cancelled', 'broken'])),
    result: open(z.enum(['good', 'warn', 'bad'])).nullable(),
    steps: count(),
    bad: count(),
    ms: count(),
  }),
  /** How often a pool is checked by itself, in hours; null for never. */
  'check.scheduled': z.strictObject({ before: count().nullable(), after: count().nullable() }),
  'credential.written': z.strictObject({
    purpose: word(),
    username: sensitive(z.string().max(255)),
    kid: word(),
  }),
  'credential.used': z.strictObject({ purpose: word(), kid: word(), hostId: id().optional() }),
  /** The rules by which a pool's machines are given to organisations, as they are now, twenty an event; and how many hands. */
  'allotment.changed': z.strictObject({
    rules: open(
      z.array(z.strictObject({ kind: z.string(), pattern: z.string().max(200), holder: z.string() })).max(20),
    ),
    /** The place of the first of them, and how many there are in all. */
    first: count(),
    total: count(),
    hands: count(),
    moves: count(),
  }),
  /** A machine was given to another organisation: the owner of its pool reads all of it … */
  'vm.allotted': z.strictObject({
    poolId: id(),
    from: open(z.object({ id: z.uuid(), name: z.string() })),
    to: open(z.object({ id: z.uuid(), name: z.string() })),
    why: open(z.enum(['rule', 'hand'])),
    consoles: count(),
    grants: count(),
  }),
  /** … who had it that it left, with how many consoles and grants, and who has it that it came. */
  'vm.left': z.strictObject({ consoles: count(), grants: count() }),
  'vm.arrived': z.strictObject({}),
  'power.requested': z.strictObject(powerFields),
  'power.cancel-asked': z.strictObject(powerFields),
  'power.done': z.strictObject({ ...powerFields, ms: count(), asker: asker() }),
  'power.failed': z.strictObject({
    ...powerFields,
    ms: count(),
    asker: asker(),
    why: word(),
    /** The host's own words. */
    text: text().optional(),
  }),
} as const;
