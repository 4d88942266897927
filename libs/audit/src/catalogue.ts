import { z } from 'zod';
import { ACCESS_EVENTS } from './catalogue/access-events.ts';
import { ACCOUNT_EVENTS } from './catalogue/account-events.ts';
import { CONSOLE_EVENTS } from './catalogue/console-events.ts';
import type { FieldClass } from './catalogue/fields.ts';
import { ORGANISATION_EVENTS } from './catalogue/organisation-events.ts';
import { POOL_EVENTS } from './catalogue/pool-events.ts';

export type { FieldClass };

/**
 * Every action the log can hold, with what it says beside who, what and when. A closed list: what is not here cannot
 * be recorded. {@link CONSOLE_ACTIONS} are written by the database's own functions (prisma/migrations) and stand here to be read.
 */
export const CATALOGUE = {
  ...ACCOUNT_EVENTS,
  ...ORGANISATION_EVENTS,
  ...ACCESS_EVENTS,
  ...POOL_EVENTS,
  ...CONSOLE_EVENTS,
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
