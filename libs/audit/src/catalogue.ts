import { z } from 'zod';

/**
 * Who may read a field of an event: `public` whoever may read the log, `sensitive` only who runs the organisation (it
 * names a person's address or place). A field without a mark counts as secret and has no place here: a test walks the
 * whole catalogue for one (the idea: hashicorp/boundary:internal/classification-rubric.md).
 */
export type FieldClass = 'public' | 'sensitive';

const open = <T extends z.ZodType>(schema: T): T => schema.meta({ fieldClass: 'public' });
const sensitive = <T extends z.ZodType>(schema: T): T => schema.meta({ fieldClass: 'sensitive' });

const id = () => open(z.uuid());
const word = () => open(z.string().max(200));
const text = () => open(z.string().max(1000));
const count = () => open(z.number().int().nonnegative());
const kind = () => open(z.enum(['screen', 'text']));
const mode = () => open(z.enum(['look', 'type']));
/** Of what `ran-out`: when that was. The event follows within seconds; `ends_tell()` of migration 0033 writes it. */
const endedAt = () => open(z.iso.datetime().optional());
/** Refused events that were only counted (architecture §4) carry this and nothing else of their kind. */
const suppressed = () => open(z.number().int().positive().optional());

const grantFields = {
  grantId: id(),
  receiver: open(z.object({ kind: z.enum(['person', 'team']), id: z.uuid(), name: z.string() })),
  over: open(z.object({ kind: z.enum(['vm', 'tag', 'all']), id: z.string(), name: z.string() })),
  /** Null where single `rights` were given; those are none beside a role, and absent in events of before there were any. */
  role: open(z.string().max(200).nullable()),
  rights: open(z.array(z.string().max(200)).max(8).optional()),
  endsAt: open(z.iso.datetime().nullable()),
  reason: text(),
};
/** What somebody asks for; `actor` is who asks. */
const askedFields = {
  requestId: id(),
  role: word(),
  lengthMs: count(),
  reason: text(),
  expiresAt: open(z.iso.datetime()),
};
/** A way in for the provider's support, or the way out. */
const supportFields = {
  grantId: id(),
  /** Whom it lets in; null while the organisation offers and nobody has come. */
  receiver: open(z.object({ kind: z.literal('person'), id: z.uuid(), name: z.string() }).nullable()),
};
const lockFields = {
  lockId: id(),
  /** What it is over. */
  scope: open(z.enum(['organisation', 'person', 'team', 'vm', 'pool'])),
  /** Set over the organisation, or over a pool that others hold machines of, by its provider. */
  byProvider: open(z.boolean()),
  reason: text(),
};
const requestFields = {
  requestId: id(),
  /** Who asked. */
  receiver: open(z.object({ kind: z.literal('person'), id: z.uuid(), name: z.string() })),
};
const teamFields = {
  member: open(z.object({ kind: z.literal('person'), id: z.uuid(), name: z.string() })),
};
const invitationFields = {
  invitationId: id(),
  email: sensitive(z.string().max(254)),
  role: word(),
  /** Teams that it leads into. */
  teams: open(z.array(z.object({ id: z.uuid(), name: z.string() }))).optional(),
};
/** Puts an event into the trail of a guest link. */
const ofLink = { guestLinkId: id().optional() };
/** Somebody was there as the provider's support, by this grant. */
const asSupport = { supportGrantId: id().optional() };
const tokenFields = { tokenId: id(), name: word() };
const guestFields = { guestLinkId: id(), guest: word() };
const visitFields = { ...guestFields, visitId: id() };
const seatFields = {
  ...ofLink,
  ...asSupport,
  seatId: id(),
  hubId: id(),
  ticketId: id(),
  kind: kind(),
  relay: word(),
};
const hubFields = { ...ofLink, hubId: id(), kind: kind(), relay: word() };
const tunnelFields = {
  ...hubFields,
  hostId: id().optional(),
  reason: word().optional(),
  ms: count().optional(),
};
const receipt = () => open(z.record(z.string(), z.unknown()));
/** A word, or a number of milliseconds or bytes. */
const settingSchema = z.union([z.string().max(40), z.number().int().nonnegative()]);
/** Somebody at a console, as the database knows them by their seat. */
const sitter = () => open(z.object({ seatId: z.uuid(), id: z.uuid(), name: z.string() })).nullable();
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
const handOverFields = {
  ...hubFields,
  from: sitter(),
  to: sitter(),
  /** What let it happen: it was free, the holder did not answer, or was away, … */
  why: word(),
  /** What who took it said. */
  reason: word().optional(),
};

/**
 * Every action the log can hold, with what it says beside who, what and when. A closed list: what is not here cannot
 * be recorded. Those from `console.open` to `keyboard.moved` are written by the database's own
 * functions (prisma/migrations, 0005_consoles and 0012_keyboard; 0017_allotment for `vm.*`) and stand here to be read.
 */
export const CATALOGUE = {
  'sign-in.ok': z.strictObject({
    loginSessionId: id(),
    method: open(
      z.enum([
        'password',
        'password-and-code',
        'password-and-recovery',
        'password-and-passkey',
        'passkey',
        'single-sign-on',
        'single-sign-on-and-code',
        'single-sign-on-and-recovery',
        'single-sign-on-and-passkey',
      ]),
    ),
  }),

  'sign-in.refused': z.strictObject({
    reason: word().optional(),
    account: sensitive(z.string().max(254)).optional(),
    suppressed: suppressed(),
  }),
  /** Somebody who is signed in was asked again who they are, for an act that wants to know. */
  'sign-in.confirmed': z.strictObject({
    loginSessionId: id(),
    method: open(z.enum(['password', 'code', 'recovery', 'passkey'])),
  }),
  'factor.added': z.strictObject({ factor: open(z.enum(['app', 'passkey'])), name: word().optional() }),
  'factor.removed': z.strictObject({ factor: open(z.enum(['app', 'passkey'])), name: word().optional() }),
  'factor.renamed': z.strictObject({ before: word(), after: word() }),
  'factor.refused': z.strictObject({
    /** What it was shown for. */
    step: open(z.enum(['sign-in', 'confirm', 'set-up', 'password'])).optional(),
    reason: word().optional(),
    suppressed: suppressed(),
  }),
  'factor.recovery': z.strictObject({ left: count() }),
  'factor.codes-made': z.strictObject({}),
  'sso.changed': z.strictObject({
    issuer: text(),
    clientId: word(),
    use: word(),
    joining: word(),
    secret: open(z.enum(['kept', 'changed'])),
  }),
  'sso.domain': z.strictObject({
    domain: open(z.string().max(253)),
    step: open(z.enum(['added', 'verified', 'removed'])),
  }),
  /** An issuer's subject and a person are one from now on. */
  'sso.linked': z.strictObject({ issuer: text() }),
  'sso.refused': z.strictObject({
    reason: word(),
    account: sensitive(z.string().max(254)).optional(),
    suppressed: suppressed(),
  }),
  /** Somebody became a member by single sign-on alone. */
  'member.joined': z.strictObject({ role: word(), isNew: open(z.boolean()) }),
  'sign-out': z.strictObject({ loginSessionId: id() }),
  /** Somebody asked for a new password by mail, whether the address has an account or not. */
  'reset.asked': z.strictObject({
    account: sensitive(z.string().max(254)).optional(),
    reason: word().optional(),
    suppressed: suppressed(),
  }),
  'sign-up.asked': z.strictObject({
    account: sensitive(z.string().max(254)).optional(),
    reason: word().optional(),
    suppressed: suppressed(),
  }),
  'password.reset': z.strictObject({ sessions: count() }),
  /** By who is signed in and showed the one before. */
  'password.changed': z.strictObject({ sessions: count() }),
  'email.change-asked': z.strictObject({ after: sensitive(z.string().max(254)) }),
  'email.changed': z.strictObject({
    before: sensitive(z.string().max(254)),
    after: sensitive(z.string().max(254)),
  }),
  'invitation.sent': z.strictObject(invitationFields),
  'invitation.sent-again': z.strictObject(invitationFields),
  'invitation.withdrawn': z.strictObject(invitationFields),
  /** By who was invited: from now on they belong. */
  'invitation.accepted': z.strictObject({
    ...invitationFields,
    isNew: open(z.boolean()),
    /** Teams that it named and that could not be joined any more: removed, locked or full meanwhile. */
    teamsPassedOver: open(
      z.array(z.object({ id: z.uuid(), why: z.enum(['removed', 'locked', 'full']) })),
    ).optional(),
  }),
  'member.role': z.strictObject({ before: word(), after: word() }),
  'member.removed': z.strictObject({ role: word(), grants: count(), consoles: count() }),
  'member.left': z.strictObject({ role: word(), grants: count(), consoles: count() }),
  'team.created': z.strictObject({}),
  'team.renamed': z.strictObject({ before: word(), after: word() }),
  'team.removed': z.strictObject({ people: count(), grants: count() }),
  /** `actor` is who put them in or took them out. */
  'team.joined': z.strictObject(teamFields),
  'team.left': z.strictObject(teamFields),
  /** Written into the customer's log and the provider's. */
  'organisation.created': z.strictObject({ slug: word() }),
  'organisation.suspended': z.strictObject({ reason: text() }),
  'organisation.resumed': z.strictObject({}),
  'session.ended': z.strictObject({
    loginSessionId: id(),
    reason: word(),
    /** Whose it was, where another ended it. */
    person: open(z.object({ id: z.uuid(), name: z.string() })).optional(),
  }),
  /** Somebody made an API token for a program of theirs; `token.used` when it came for the first time. */
  'token.made': z.strictObject({
    ...tokenFields,
    scopes: open(z.array(z.string().max(40))),
    endsAt: open(z.iso.datetime()),
  }),
  'token.used': z.strictObject({ ...tokenFields, userAgent: sensitive(z.string().max(300)).nullable() }),
  'token.ended': z.strictObject({
    ...tokenFields,
    why: open(z.enum(['by-hand', 'member-left', 'ran-out'])),
    endedAt: endedAt(),
  }),
  /** It came and no longer works, or nobody knows it; then it stands in the platform's chain. */
  'token.refused': z.strictObject({
    tokenId: id().optional(),
    name: word().optional(),
    reason: word().optional(),
    suppressed: suppressed(),
  }),
  'console.request': z.strictObject({
    ...ofLink,
    ...asSupport,
    ticketId: id().optional(),
    kind: kind().optional(),
    mode: mode().optional(),
    relay: word().optional(),
    reason: word().optional(),
    suppressed: suppressed(),
  }),
  /** Somebody closes another's console; the `console.close` that follows is the relay's. */
  'console.close-asked': z.strictObject({
    ...ofLink,
    seatId: id(),
    kind: kind(),
    receiver: open(z.object({ kind: z.enum(['person', 'guest']), id: z.uuid(), name: z.string() })),
    reason: text(),
  }),
  /** A guest link was made; `receiver` is who may come by it. */
  'guest.made': z.strictObject({
    ...guestFields,
    email: sensitive(z.string().max(254)),
    rights: open(z.array(z.string())),
    endsAt: open(z.iso.datetime()),
    oneVisit: open(z.boolean()),
    door: open(z.boolean()),
    reason: text(),
  }),
  /** Its mail went out, or never will; written by the database's own function (migration 0026). */
  'guest.mailed': z.strictObject(guestFields),
  /** Somebody has the link and asked for a code; `guest.proved` by that code, from the mailbox that the link names. */
  'guest.opened': z.strictObject({ ...visitFields, userAgent: sensitive(z.string().max(300)).nullable() }),
  'guest.code-refused': z.strictObject({
    guestLinkId: id().optional(),
    guest: word().optional(),
    visitId: id().optional(),
    reason: word().optional(),
    suppressed: suppressed(),
  }),
  'guest.proved': z.strictObject(visitFields),
  'guest.waiting': z.strictObject(visitFields),
  'guest.let-in': z.strictObject(visitFields),
  'guest.not-let-in': z.strictObject(visitFields),
  'guest.left': z.strictObject(visitFields),
  'guest.ended': z.strictObject({
    ...guestFields,
    why: open(z.enum(['by-hand', 'machine-left', 'ran-out'])),
    endedAt: endedAt(),
  }),
  'guest.restored': z.strictObject(guestFields),
  /** A call of a member that was refused; `call` names it: `grants.give`. */
  /** Who can do what was taken out as a file. */
  'access.exported': z.strictObject({ rows: count() }),
  'access.refused': z.strictObject({
    call: word().optional(),
    reason: word().optional(),
    suppressed: suppressed(),
  }),
  'grant.given': z.strictObject(grantFields),
  'grant.ended': z.strictObject({
    ...grantFields,
    why: open(z.enum(['taken-back', 'ran-out', 'member-left', 'team-removed', 'machine-left'])),
    endedAt: endedAt(),
  }),
  'request.asked': z.strictObject(askedFields),
  'request.withdrawn': z.strictObject(requestFields),
  'request.approved': z.strictObject({
    ...requestFields,
    role: word(),
    lengthMs: count(),
    grantId: id(),
    endsAt: open(z.iso.datetime()),
  }),
  'request.refused': z.strictObject({ ...requestFields, answer: text() }),
  /** Somebody asks two others to let them in at once. */
  'glass.asked': z.strictObject(askedFields),
  'glass.confirmed': z.strictObject({ ...requestFields, missing: count() }),
  /** The second one confirmed: who asked is in. */
  'glass.broken': z.strictObject({
    ...requestFields,
    grantId: id(),
    confirmedBy: open(z.array(z.strictObject({ id: z.uuid(), name: z.string() })).min(2)),
    reason: text(),
    lengthMs: count(),
    endsAt: open(z.iso.datetime()),
  }),
  'glass.reviewed': z.strictObject({ ...requestFields, review: text() }),
  /** What an organisation decides about its consoles was changed: each setting, from what to what. */
  'support.asked': z.strictObject({ ...supportFields, can: mode(), lengthMs: count(), reason: text() }),
  'support.given': z.strictObject({
    ...supportFields,
    can: mode(),
    lengthMs: count(),
    reason: text(),
    endsAt: open(z.iso.datetime()),
  }),
  'support.refused': z.strictObject({ ...supportFields, answer: text() }),
  'support.entered': z.strictObject({ ...supportFields, can: mode(), endsAt: open(z.iso.datetime()) }),
  'support.ended': z.strictObject({
    ...supportFields,
    why: open(z.enum(['by-hand', 'left', 'withdrawn', 'left-provider', 'ran-out'])),
    consoles: count(),
    endedAt: endedAt(),
  }),
  'lock.set': z.strictObject({ ...lockFields, consoles: count() }),
  'lock.lifted': z.strictObject({ ...lockFields, since: open(z.iso.datetime()) }),
  'policy.changed': z.strictObject({
    changes: open(
      z.array(z.strictObject({ setting: z.string().max(40), from: settingSchema, to: settingSchema })).min(1),
    ),
  }),
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
  'audit.verified': z.strictObject({
    intact: open(z.boolean()),
    events: count(),
    brokenAt: count().optional(),
  }),
  'console.open': z.strictObject({
    ...seatFields,
    mode: mode(),
    rights: open(z.array(z.string())),
    loginSessionId: id(),
    userAgent: sensitive(z.string()).nullable(),
  }),
  'console.denied': z.strictObject({
    ...ofLink,
    ...asSupport,
    reason: word().nullish(),
    outcome: word().optional(),
    ticketId: id().optional(),
    kind: kind().optional(),
    mode: mode().optional(),
    relay: word().nullish(),
    userAgent: sensitive(z.string()).nullish(),
    suppressed: suppressed(),
  }),
  'console.close': z.strictObject({
    ...seatFields,
    reason: word(),
    durationMs: count(),
    receipt: receipt().nullable(),
  }),
  'tunnel.up': z.looseObject(tunnelFields),
  /** With what went over this tunnel, and what was measured for the hub over all of its tunnels up to here. */
  'tunnel.down': z.looseObject({
    ...tunnelFields,
    bytesFromHost: count().optional(),
    bytesToHost: count().optional(),
    receipt: receipt().optional(),
  }),
  'keyboard.taken': z.strictObject(handOverFields),
  'keyboard.handed-over': z.strictObject(handOverFields),
  'keyboard.released': z.strictObject(handOverFields),
  /** Of many hand-overs within a minute only their number is told. */
  'keyboard.moved': z.strictObject({ ...hubFields, times: open(z.number().int().positive()) }),
} as const satisfies Record<string, z.ZodObject>;

export type AuditAction = keyof typeof CATALOGUE;

/** Written by the database's own functions alone; `audit_append()` refuses them from everybody. */
export const CONSOLE_ACTIONS = [
  'console.open',
  'console.denied',
  'console.close',
  'tunnel.up',
  'tunnel.down',
  'keyboard.taken',
  'keyboard.handed-over',
  'keyboard.released',
  'keyboard.moved',
  'vm.allotted',
  'vm.left',
  'vm.arrived',
  'check.done',
  'guest.mailed',
] as const satisfies readonly AuditAction[];

export const AUDIT_ACTIONS = Object.keys(CATALOGUE).filter(isAuditAction);

export function isAuditAction(text: string): text is AuditAction {
  return Object.hasOwn(CATALOGUE, text);
}

/** Who did it: a person, a guest by a link, or a part of Porthole by its name. `personId` is null where nobody is known (yet). */
export const actorSchema = z.strictObject({
  personId: z.uuid().nullable(),
  name: z.string().max(200),
  kind: z.enum(['person', 'guest', 'system']),
  /** The API token by which a program did it for the person. */
  token: z.strictObject({ id: z.uuid(), name: z.string().max(60) }).optional(),
});
export type AuditActor = z.infer<typeof actorSchema>;

/** What it was done to, with a copy of its name: the log outlives what it speaks of. */
export const targetSchema = z.strictObject({
  kind: z.enum(['vm', 'pool', 'grant', 'person', 'session', 'token', 'team', 'log', 'organisation']),
  id: z.string().max(200),
  name: z.string().max(300).nullable(),
});
export type AuditTarget = z.infer<typeof targetSchema>;

/** The class of a field of an event's data, or null where the catalogue does not know it: then it is shown to nobody. */
export function fieldClassOf(action: AuditAction, field: string): FieldClass | null {
  const shape: Record<string, z.ZodType> = CATALOGUE[action].shape;
  let schema: z.ZodType | undefined = shape[field];
  while (schema !== undefined) {
    const marked = schema.meta()?.fieldClass;
    if (marked === 'public' || marked === 'sensitive') return marked;
    schema =
      schema instanceof z.ZodOptional || schema instanceof z.ZodNullable
        ? asType(schema.unwrap())
        : undefined;
  }
  return null;
}

function asType(schema: unknown): z.ZodType | undefined {
  return schema instanceof z.ZodType ? schema : undefined;
}
