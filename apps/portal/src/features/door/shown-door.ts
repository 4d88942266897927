import { CONSOLE_KINDS } from '@porthole/relay-contract';
import { z } from 'zod';

const momentSchema = z.iso.datetime().transform((text) => new Date(text));

/** What the server says of a visit (`DoorState` of server/door), as it arrives over the wire. */
const insideSchema = z.object({
  step: z.enum(['knock', 'waiting', 'unanswered', 'refused', 'inside', 'over']),
  guest: z.string(),
  inviter: z.string(),
  org: z.string(),
  machine: z.string(),
  door: z.boolean(),
  mayType: z.boolean(),
  kind: z.enum(CONSOLE_KINDS).nullable(),
  knockedAt: momentSchema.nullable(),
  endedAt: momentSchema.nullable(),
  endsAt: momentSchema,
});
const shownSchema = z.union([z.object({ step: z.literal('prove'), email: z.string() }), insideSchema]);

export type ShownDoor = z.infer<typeof shownSchema>;
export type ProvedDoor = z.infer<typeof insideSchema>;

/** Null for what is none of it. */
export function readDoor(data: unknown): ShownDoor | null {
  return shownSchema.safeParse(data).data ?? null;
}
