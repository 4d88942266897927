import { z } from 'zod';

/** Short name of an organisation, as it stands in the address. */
export const slugSchema = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/);

/** Every call inside an organisation names it: the path decides, so two tabs can hold two organisations. */
export const inOrg = { org: slugSchema } as const;

/** Control characters, breaks of lines, halves of surrogate pairs and what turns the direction of a line: nobody types them. */
const STRANGE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

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

/**
 * What nobody sees: blanks without width, fillers, tags. The two joiners and the two that choose how a sign is drawn are
 * letters' and pictures' own, and judged by {@link MISJOINED}.
 */
const UNSEEN = /(?!\u200c|\u200d|\ufe0e|\ufe0f)[\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb]/u;

/**
 * A joiner where it changes nothing that one sees: after what is not joined, or at the end of a word unless a sign of its last letter
 * goes by it, as in Malayalam. The same of what chooses a drawing.
 */
const MISJOINED =
  /(?<![\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}])(?:\u200c|\u200d)|[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}](?:\u200c|\u200d)|(?<!\p{L}\p{M})(?:\u200c|\u200d)(?=[\s\p{P}]|$)|(?<!\p{Extended_Pictographic})(?:\ufe0e|\ufe0f)(?!\u20e3)/u;

/**
 * A name of somebody or something, by which others tell it from the rest: two that look the same are the same text, however they
 * were typed, and none is empty to the eye. Letters of other scripts that look alike stay what they are.
 */
export function nameSchema(max: number) {
  return z
    .string()
    .normalize('NFC')
    .overwrite((text) => text.replace(/\p{Zs}+/gu, ' '))
    .trim()
    .min(1)
    .max(max)
    .refine((text) => !STRANGE.test(text) && !UNSEEN.test(text) && !MISJOINED.test(text));
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
