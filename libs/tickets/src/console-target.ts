import { z } from 'zod';

const bytesSchema = z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));

/** A XenAPI session as the worker sealed it for the relay; libs/vault opens it. */
export const sealedSessionSchema = z.object({
  kid: z.string(),
  epk: bytesSchema,
  wrapIv: bytesSchema,
  wrappedDek: bytesSchema,
  wrapTag: bytesSchema,
  iv: bytesSchema,
  ct: bytesSchema,
  tag: bytesSchema,
  /** Grows with each sealing: who asked for a fresh one waits for it to change. */
  generation: z.number().int(),
});

/** What the SQL function `console_target_of` answers (prisma/migrations/0011_hub_survival). */
export const consoleTargetSchema = z.object({
  vm: z.object({
    id: z.string(),
    /** The holder. */
    tenantId: z.string(),
    poolId: z.string(),
    /** The owner of the pool: the AAD of the sealed session names it. */
    poolTenantId: z.string(),
    /** The machine's own uuid at its pool. */
    uuid: z.string(),
    name: z.string(),
    tags: z.array(z.string()),
    isControlDomain: z.boolean(),
    powerState: z.enum(['Running', 'Halted', 'Paused', 'Suspended']),
    /** What is under way with it at its pool, in XenAPI's words; null for nothing. */
    operation: z.string().nullable(),
    /** OpaqueRef of the console of the asked kind; null where the host lists none. */
    consoleRef: z.string().nullable(),
    screenSwitchedOff: z.boolean(),
    /** The pool no longer lists it, or was removed. */
    gone: z.boolean(),
  }),
  host: z
    .object({
      id: z.string(),
      name: z.string(),
      /** As rows say; the relay dials what stands inside the sealed session (architecture §3). */
      address: z.string(),
      port: z.number().int(),
      session: sealedSessionSchema.nullable(),
    })
    .nullable(),
  pool: z.object({
    state: z.enum(['new', 'connected', 'unreachable', 'untrusted', 'refused', 'paused']),
    limitConsoleSessions: z.boolean(),
    consoleIdleTimeoutS: z.number().int().nullable(),
    /** Private ranges that the operator opened for the pool's owner; they hold for this console's dial alone. */
    allowedCidrs: z.array(z.string()),
  }),
  /** The holder's policy for text consoles; null means the defaults of libs/relay-contract. */
  text: z.object({ keptMs: z.number().int().nullable(), scrollbackBytes: z.number().int().nullable() }),
});

/** Where a console is at one moment: the machine, its resident host, its pool. */
export type ConsoleTarget = z.infer<typeof consoleTargetSchema>;
