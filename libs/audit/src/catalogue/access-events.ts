import { z } from 'zod';
import { count, endedAt, id, open, sensitive, suppressed, text, word } from './fields.ts';

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
const requestFields = {
  requestId: id(),
  /** Who asked. */
  receiver: open(z.object({ kind: z.literal('person'), id: z.uuid(), name: z.string() })),
};
const guestFields = { guestLinkId: id(), guest: word() };
const visitFields = { ...guestFields, visitId: id() };

/** Events of access: grants, guest links, requests and emergencies. */
export const ACCESS_EVENTS = {
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
  /** Who can do what was taken out as a file. */
  'access.exported': z.strictObject({ rows: count() }),
  /** A call of a member that was refused; `call` names it: `grants.give`. */
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
  /** Nobody answered it in time; of an emergency: not enough people confirmed it. */
  'request.lapsed': z.strictObject({
    ...requestFields,
    emergency: open(z.boolean()),
    role: word(),
    lengthMs: count(),
    reason: text(),
    why: open(z.literal('ran-out')),
    endedAt: endedAt(),
  }),
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
} as const;
