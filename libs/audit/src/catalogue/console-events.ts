import { z } from 'zod';
import { count, id, kind, mode, open, sensitive, suppressed, text, word } from './fields.ts';

/** Puts an event into the trail of a guest link. */
const ofLink = { guestLinkId: id().optional() };
/** Somebody was there as the provider's support, by this grant. */
const asSupport = { supportGrantId: id().optional() };
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
/** Somebody at a console, as the database knows them by their seat. */
const sitter = () => open(z.object({ seatId: z.uuid(), id: z.uuid(), name: z.string() })).nullable();
const handOverFields = {
  ...hubFields,
  from: sitter(),
  to: sitter(),
  /** What let it happen: it was free, the holder did not answer, or was away, … */
  why: word(),
  /** What who took it said. */
  reason: word().optional(),
};

/** Events at consoles; most are written by the database's own functions (prisma/migrations, 0005_consoles and 0012_keyboard). */
export const CONSOLE_EVENTS = {
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
} as const;
