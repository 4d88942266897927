import { type Facts, RIGHTS, rightsGiven, SUPPORT_RIGHTS, TENANT_ROLES, VM_ROLES } from '@porthole/rbac';
import { KEYBOARD_RULES, type KeyboardRule } from '@porthole/relay-contract';
import { z } from 'zod';

const dateSchema = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const grantSchema = z.object({
  id: z.string(),
  role: z.enum(VM_ROLES).nullable(),
  rights: z.array(z.enum(RIGHTS)),
  team: z.string().nullable(),
  endsAt: dateSchema.nullable(),
  target: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('vm'), vmId: z.string() }),
    z.object({ kind: z.literal('tag'), tag: z.string() }),
    z.object({ kind: z.literal('all') }),
  ]),
});

const lockSchema = z.object({
  id: z.string(),
  target: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('tenant') }),
    z.object({ kind: z.literal('person'), personId: z.string() }),
    z.object({ kind: z.literal('team'), teamId: z.string() }),
    z.object({ kind: z.literal('vm'), vmId: z.string() }),
    z.object({ kind: z.literal('pool'), poolId: z.string() }),
  ]),
});

const guestSchema = z.object({
  linkId: z.string(),
  name: z.string(),
  vmId: z.string(),
  rights: z.array(z.enum(RIGHTS)),
  endsAt: dateSchema,
  over: z.boolean(),
});

const supportSchema = z.object({
  grantId: z.string(),
  rights: z.array(z.enum(SUPPORT_RIGHTS)),
  endsAt: dateSchema,
});

/** What the SQL function `authority_facts_of` answers (prisma/migrations/0031_support). */
const factsSchema = z.object({
  now: dateSchema,
  tenant: z.object({
    id: z.string(),
    kind: z.enum(['customer', 'provider']),
    suspended: z.boolean(),
    epoch: z.string(),
  }),
  person: z.object({ id: z.string(), name: z.string(), disabled: z.boolean(), epoch: z.string() }),
  sessionAlive: z.boolean(),
  factorAt: dateSchema.nullable(),
  role: z.enum(TENANT_ROLES).nullable(),
  grants: z.array(grantSchema),
  locks: z.array(lockSchema),
  /** Of a guest alone (`guest_facts_of`, prisma/migrations/0026_guests). */
  guest: guestSchema.nullish(),
  /** Of who is inside as the provider's support. */
  support: supportSchema.nullish(),
  policy: z.object({
    idleTimeoutMs: z.number().nullable(),
    maximumTimeMs: z.number().nullable(),
    clipboardToGuest: z.boolean(),
    clipboardFromGuest: z.boolean(),
    keyboard: z.enum(KEYBOARD_RULES),
    secondFactor: z.enum(['off', 'members']),
    consoleFactorMaxAgeMs: z.number().nullable(),
  }),
});

/** The organisation's own limits in milliseconds; null means the default of libs/relay-contract. */
export interface TenantLimits {
  idleTimeoutMs: number | null;
  maximumTimeMs: number | null;
  /** Whether text may be copied into its machines, and out of them; the right to it is another question. */
  clipboardToGuest: boolean;
  clipboardFromGuest: boolean;
  /** How the keyboard of its consoles changes hands. */
  keyboard: KeyboardRule;
}

/** The facts that `can()` judges, and what else belongs to the same moment. */
export interface LoadedFacts extends Facts {
  /** Of who acts: a guest's own, where there is one. */
  personName: string;
  tenantKind: 'customer' | 'provider';
  /** Compare with `seatStanding()` and `loadEpochs()`: another number means that these facts are old. */
  epochs: { tenant: string; person: string };
  policy: TenantLimits;
}

/**
 * Reads the facts out of a database answer, from {@link loadFacts} or from inside a redeemed ticket.
 *
 * @throws ZodError if the answer has another shape: the database and this code are of different versions
 */
export function parseFacts(json: unknown): LoadedFacts {
  const { tenant, person, policy, guest = null, support = null, ...rest } = factsSchema.parse(json);
  const { secondFactor, consoleFactorMaxAgeMs, ...limits } = policy;
  return {
    ...rest,
    grants: rest.grants.map((grant) => ({ ...grant, rights: rightsGiven(grant) })),
    policy: limits,
    guest,
    support,
    factorPolicy: { required: secondFactor === 'members', consoleMaxAgeMs: consoleFactorMaxAgeMs },
    tenantId: tenant.id,
    tenantKind: tenant.kind,
    tenantSuspended: tenant.suspended,
    personId: person.id,
    personName: guest?.name ?? person.name,
    personDisabled: person.disabled,
    epochs: { tenant: tenant.epoch, person: person.epoch },
  };
}
