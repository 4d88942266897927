import { z } from 'zod';

/**
 * Who may read a field of an event: `public` whoever may read the log, `sensitive` only who runs the organisation (it
 * names a person's address or place). A field without a mark counts as secret and has no place here: a test walks the
 * whole catalogue for one (the idea: hashicorp/boundary:internal/classification-rubric.md).
 */
export type FieldClass = 'public' | 'sensitive';

export const open = <T extends z.ZodType>(schema: T): T => schema.meta({ fieldClass: 'public' });
export const sensitive = <T extends z.ZodType>(schema: T): T => schema.meta({ fieldClass: 'sensitive' });
export const id = () => open(z.uuid());
export const word = () => open(z.string().max(200));
export const text = () => open(z.string().max(1000));
export const count = () => open(z.number().int().nonnegative());
export const kind = () => open(z.enum(['screen', 'text']));
export const mode = () => open(z.enum(['look', 'type']));
/** Of what `ran-out`: when that was. The event follows within seconds; `ends_tell()` (migrations 0033, 0035) writes it. */
export const endedAt = () => open(z.iso.datetime().optional());
/** Refused events that were only counted (architecture §4) carry this and nothing else of their kind. */
export const suppressed = () => open(z.number().int().positive().optional());
