import { z } from 'zod';
import { isOpaqueRef, type OpaqueRef } from './opaque-ref.ts';
import { classOfEvent, type XenClass } from './records.ts';
import type { XenCalls } from './xen-session.ts';
import { LARGE_MAX_BODY_BYTES } from './xenapi-client.ts';
import { XenTransportError } from './xenapi-error.ts';

/** How much longer than the pool's own timeout the answer may take, in seconds (XO: 66 s for 60.1 s, xenapi.md §5). */
export const EVENT_GRACE_S = 6;
export const DEFAULT_EVENT_TIMEOUT_S = 60.1;

export interface XenEvent {
  readonly class: XenClass;
  readonly operation: 'add' | 'mod' | 'del';
  readonly ref: OpaqueRef;
  /** The record as the pool sent it, for the schema of the class; absent on `del`. */
  readonly snapshot?: unknown;
}

export interface XenEvents {
  /** Opaque; give it to the next call. */
  readonly token: string;
  readonly events: readonly XenEvent[];
  /** How many objects of a class there are: shows missed deletions (xenapi.md §5). */
  readonly validRefCounts: ReadonlyMap<XenClass, number>;
}

const answerSchema = z.object({
  token: z.string().max(256),
  events: z.array(
    z
      .object({ class: z.string(), operation: z.string(), ref: z.string(), snapshot: z.unknown() })
      .partial({ snapshot: true }),
  ),
  valid_ref_counts: z.record(z.string(), z.unknown()).catch({}),
});

/**
 * One `event.from` on a connection of its own: waits until something changes or the time is over. {@link followEvents} makes
 * the loop of it.
 * @param input.token '' for all objects as `add`, or the token of the last answer
 * @param input.timeoutS how long the pool waits, in seconds
 * @throws XenTransportError xenapi/unexpected-record; else as `XenSession.call`
 */
export async function watchEvents(
  session: XenCalls,
  input: {
    readonly classes: readonly XenClass[];
    readonly token: string;
    readonly timeoutS?: number;
    readonly signal?: AbortSignal;
  },
): Promise<XenEvents> {
  const timeoutS = asFraction(input.timeoutS ?? DEFAULT_EVENT_TIMEOUT_S);
  const answer = await session.call('event.from', [input.classes, input.token, timeoutS], {
    timeoutMs: (timeoutS + EVENT_GRACE_S) * 1_000,
    maxBodyBytes: LARGE_MAX_BODY_BYTES,
    lane: 'events',
    ...(input.signal === undefined ? {} : { signal: input.signal }),
  });
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success) throw new XenTransportError('xenapi/unexpected-record', { class: 'event' });
  return {
    token: parsed.data.token,
    events: parsed.data.events.flatMap(readEvent),
    validRefCounts: readCounts(parsed.data.valid_ref_counts),
  };
}

/** The pool takes a float and reads a whole number as another type (xenapi.md §3.1). */
function asFraction(seconds: number): number {
  return Number.isInteger(seconds) ? seconds + 0.1 : seconds;
}

function readEvent(raw: { class: string; operation: string; ref: string; snapshot?: unknown }): XenEvent[] {
  const { operation, ref } = raw;
  const cls = classOfEvent(raw.class);
  if (cls === null || !isOpaqueRef(ref) || !isOperation(operation)) return [];
  return [{ class: cls, operation, ref, ...(operation === 'del' ? {} : { snapshot: raw.snapshot }) }];
}

function isOperation(text: string): text is XenEvent['operation'] {
  return text === 'add' || text === 'mod' || text === 'del';
}

function readCounts(raw: Record<string, unknown>): Map<XenClass, number> {
  const counts = new Map<XenClass, number>();
  for (const [name, value] of Object.entries(raw)) {
    const cls = classOfEvent(name);
    if (cls !== null && Number.isSafeInteger(Number(value))) counts.set(cls, Number(value));
  }
  return counts;
}
