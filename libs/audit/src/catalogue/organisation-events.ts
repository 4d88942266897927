import { z } from 'zod';
import { count, endedAt, id, mode, open, sensitive, suppressed, text, word } from './fields.ts';

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
/** A word, or a number of milliseconds or bytes. */
const settingSchema = z.union([z.string().max(40), z.number().int().nonnegative()]);

/** Events of an organisation: its people and teams, how they sign in, its policy, locks and support, its log. */
export const ORGANISATION_EVENTS = {
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
  /** What an organisation decides about its consoles was changed: each setting, from what to what. */
  'policy.changed': z.strictObject({
    changes: open(
      z.array(z.strictObject({ setting: z.string().max(40), from: settingSchema, to: settingSchema })).min(1),
    ),
  }),
  'audit.verified': z.strictObject({
    intact: open(z.boolean()),
    events: count(),
    brokenAt: count().optional(),
  }),
} as const;
