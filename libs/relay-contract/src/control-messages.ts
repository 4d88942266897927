import { z } from 'zod';
import { KEYBOARD_RULES } from './policy.ts';

/** A text frame is one JSON control message of at most this many bytes (security.md §9). */
export const MAX_CONTROL_BYTES = 4096;
/** More control messages than this within a second close the seat with 1008. */
export const MAX_CONTROL_PER_SECOND = 20;
/** Largest binary message a browser may send, in bytes. */
export const MAX_CLIENT_MESSAGE_BYTES = 256 * 1024;

export const CONSOLE_KINDS = ['screen', 'text'] as const;
export const consoleKindSchema = z.enum(CONSOLE_KINDS);
/** `screen` is RFB, `text` is vt100; both are words people read (design.md §7). */
export type ConsoleKind = z.infer<typeof consoleKindSchema>;

/** The way from an accepted ticket to the first picture, in order; the page draws it as a step list. */
export const CONNECT_STEPS = ['pass', 'host', 'line', 'console', 'picture'] as const;
const connectStepSchema = z.enum(CONNECT_STEPS);
export type ConnectStep = z.infer<typeof connectStepSchema>;

const hubStateSchema = z.enum(['dialling', 'open', 'lost', 'closed']);
/** What the tunnel behind a console is doing. */
export type HubState = z.infer<typeof hubStateSchema>;

export const LOST_CAUSES = ['rebooting', 'moving', 'host', 'unknown'] as const;
const lostCauseSchema = z.enum(LOST_CAUSES);
/** Why the line to a machine is being built anew, as far as anybody knows; each has its words on the page. */
export type LostCause = z.infer<typeof lostCauseSchema>;

const lostSchema = z.strictObject({
  cause: lostCauseSchema,
  /** 0 while a try is under way. */
  nextTryInMs: z.number().int().nonnegative(),
});
/** What is known of a line that is lost, while the relay dials again by itself. */
export type Lost = z.infer<typeof lostSchema>;

/** What was measured for one seat, shown when it ends and stored with its audit event (architecture §2). */
export const receiptSchema = z.strictObject({
  durationMs: z.number().int().nonnegative(),
  updates: z.number().int().nonnegative(),
  rectangles: z.record(z.string(), z.number().int().nonnegative()),
  pixels: z.number().nonnegative(),
  bytesToBrowser: z.number().int().nonnegative(),
  bytesFromBrowser: z.number().int().nonnegative(),
  inputEvents: z.number().int().nonnegative(),
  inputDropped: z.number().int().nonnegative(),
  redials: z.number().int().nonnegative(),
  firstPictureMs: z.number().int().nonnegative().nullable(),
  longestSilenceMs: z.number().int().nonnegative(),
});
export type Receipt = z.infer<typeof receiptSchema>;

const presentSchema = z.strictObject({
  seatId: z.uuid(),
  name: z.string(),
  rights: z.array(z.string()),
  holdsKeyboard: z.boolean(),
  /** There for who came by a guest link. */
  guest: z.literal(true).optional(),
  /** There for the provider's support, which is inside by a grant of the organisation. */
  support: z.literal(true).optional(),
});

/** What the organisation lets its people copy, whoever has the right to the clipboard. */
const copyingSchema = z.strictObject({ toGuest: z.boolean(), fromGuest: z.boolean() });
export type Copying = z.infer<typeof copyingSchema>;

/** Longest reason with which a person asks for the keyboard or takes it, in characters. */
export const MAX_KEYBOARD_REASON = 200;
const reasonSchema = z.string().max(MAX_KEYBOARD_REASON);

/** Longest name of a person in a message about access, and longest reason that somebody gave, in characters. */
export const MAX_ACCESS_NAME = 200;
export const MAX_ACCESS_REASON = 200;

/**
 * To one seat alone, before `rights` that are fewer or the close 4403: who changed its access, when, and what they wrote,
 * as far as the rows know it (design.md §7, `end.withdrawn`, `seat.narrowed`).
 */
const accessChangedSchema = z.strictObject({
  type: z.literal('access-changed'),
  /** null: nobody, such as an end by date, or not known. */
  by: z.string().max(MAX_ACCESS_NAME).nullable(),
  at: z.iso.datetime(),
  reason: z.string().max(MAX_ACCESS_REASON),
});
export type AccessChanged = z.infer<typeof accessChangedSchema>;

/** Who types, who would like to, and who is about to (design.md §6, "Hand-over"). Times count from the message on. */
const keyboardStateSchema = z.strictObject({
  type: z.literal('keyboard-state'),
  /** null: nobody, anyone who may type can take it at once. */
  holder: z.uuid().nullable(),
  /** The holder has given no input for `LIMITS.keyboardIdleMs`. */
  holderIdle: z.boolean(),
  /** What the organisation lets people do about a keyboard that somebody else has. */
  rule: z.enum(KEYBOARD_RULES),
  /** Who has asked and was not answered; who has waited `mayTakeInMs` may take it. null: not by waiting. */
  asking: z.array(
    z.strictObject({ seatId: z.uuid(), mayTakeInMs: z.number().int().nonnegative().nullable() }),
  ),
  /** The notice to all before a taking. */
  taking: z
    .strictObject({
      seatId: z.uuid(),
      name: z.string(),
      reason: z.string(),
      inMs: z.number().int().nonnegative(),
    })
    .nullable(),
});
export type KeyboardState = z.infer<typeof keyboardStateSchema>;

/** Relay to browser: a closed union, every message a whole truth about its subject. */
export const serverMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('welcome'),
    seatId: z.uuid(),
    kind: consoleKindSchema,
    rights: z.array(z.string()),
    copying: copyingSchema,
    state: hubStateSchema,
    idleTimeoutMs: z.number().int().positive(),
    maximumTimeMs: z.number().int().positive(),
    endsAt: z.string().nullable(),
  }),
  z.strictObject({ type: z.literal('step'), step: connectStepSchema, ms: z.number().int().nonnegative() }),
  /** `lost` is there in that state alone. */
  z.strictObject({ type: z.literal('state'), state: hubStateSchema, lost: lostSchema.nullable() }),
  z.strictObject({ type: z.literal('rights'), rights: z.array(z.string()), copying: copyingSchema }),
  accessChangedSchema,
  z.strictObject({ type: z.literal('presence'), seats: z.array(presentSchema) }),
  keyboardStateSchema,
  /** To the holder alone: somebody would like to type. */
  z.strictObject({
    type: z.literal('keyboard-asked'),
    seatId: z.uuid(),
    name: z.string(),
    reason: z.string(),
    /** null: it waits for the holder's answer alone. */
    endsInMs: z.number().int().nonnegative().nullable(),
  }),
  /** To who asked: the holder keeps it for now. */
  z.strictObject({ type: z.literal('keyboard-not-now'), askAgainInMs: z.number().int().nonnegative() }),
  z.strictObject({ type: z.literal('typing-paused'), closesInMs: z.number().int().nonnegative().nullable() }),
  /** null: somebody is there after all, and the time begins anew. */
  z.strictObject({ type: z.literal('idle-soon'), closesInMs: z.number().int().nonnegative().nullable() }),
  /** The longest time of a console is nearly over; told at `MAXIMUM_NOTICES_MS` before. null: it has become longer. */
  z.strictObject({ type: z.literal('max-soon'), closesInMs: z.number().int().nonnegative().nullable() }),
  /** The organisation has changed its times: what `welcome` said of them counts no more. */
  z.strictObject({
    type: z.literal('times'),
    idleTimeoutMs: z.number().int().positive(),
    maximumTimeMs: z.number().int().positive(),
  }),
  /** The end of the access that lets the person look is another than before; null where it has none. */
  z.strictObject({ type: z.literal('access-end'), endsAt: z.string().nullable() }),
  /** What follows of a text console was printed while the person was away, for `ms`. */
  z.strictObject({ type: z.literal('while-away'), ms: z.number().int().nonnegative() }),
  z.strictObject({ type: z.literal('pong'), id: z.number().int().nonnegative() }),
  z.strictObject({ type: z.literal('receipt'), receipt: receiptSchema }),
]);
export type ServerMessage = z.infer<typeof serverMessageSchema>;

/** Browser to relay: a closed union; anything else closes the seat with 1008. */
export const clientMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ping'), id: z.number().int().nonnegative() }),
  z.strictObject({ type: z.literal('stay') }),
  z.strictObject({ type: z.literal('leave') }),
  z.strictObject({ type: z.literal('keyboard-ask'), reason: reasonSchema }),
  /** The holder gives it to a seat that may type. */
  z.strictObject({ type: z.literal('keyboard-hand-over'), seatId: z.uuid() }),
  /** The holder's answer to all who ask. */
  z.strictObject({ type: z.literal('keyboard-not-now') }),
  z.strictObject({ type: z.literal('keyboard-take'), reason: reasonSchema }),
  z.strictObject({ type: z.literal('keyboard-release') }),
]);
export type ClientMessage = z.infer<typeof clientMessageSchema>;

function parseWith<T>(schema: z.ZodType<T>, text: string): T | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/** Reads a text frame of the relay; null is a breach of the contract. */
export function parseServerMessage(text: string): ServerMessage | null {
  return parseWith(serverMessageSchema, text);
}

/** Reads a text frame of a browser; null closes the seat. The caller has bounded its size. */
export function parseClientMessage(text: string): ClientMessage | null {
  return parseWith(clientMessageSchema, text);
}
