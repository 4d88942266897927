import { z } from 'zod';

/** Short name of an organisation, as it stands in the address. */
export const slugSchema = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/);

/** Every call inside an organisation names it: the path decides, so two tabs can hold two organisations. */
export const inOrg = { org: slugSchema } as const;

/** Control characters, halves of surrogate pairs and what turns the direction of a line: none is in what people type. */
const STRANGE = /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;

/**
 * One line that a person types and others read. What PostgreSQL cannot store or the log cannot hold, or what makes a
 * line read otherwise than it is, is refused here instead of failing further in.
 */
export function lineSchema(min: number, max: number) {
  return z
    .string()
    .trim()
    .min(min)
    .max(max)
    .refine((text) => !STRANGE.test(text));
}

/** Free text of a search field. */
export const searchSchema = lineSchema(0, 200);

/** One address of mail, as one string: no list, no display name, nothing that a mail server could take for two. */
export const emailSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .regex(
    /^[^\s@<>(),;:"[\]\\\p{C}]{1,64}@(?:[^\s@<>(),;:"[\]\\\p{C}.]{1,63}\.)*[^\s@<>(),;:"[\]\\\p{C}.]{1,63}$/u,
  );

/** What stood in the fragment of a mailed link. Its shape is checked further in, where every fault has one answer. */
export const linkSchema = z.string().min(1).max(200);

export const newPasswordSchema = z.string().min(1).max(1024);
