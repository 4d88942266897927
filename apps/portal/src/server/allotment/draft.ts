import { ALLOTMENT_KINDS, MAX_PATTERN_LENGTH, MAX_RULES } from '@porthole/rbac';
import { z } from 'zod';
import { inOrg, lineSchema, slugSchema } from '../inputs.ts';

/** Machines that one draft may place by hand; they move in one transaction with the rules. */
export const MAX_HANDS = 250;

const ruleSchema = z
  .strictObject({
    kind: z.enum(ALLOTMENT_KINDS),
    pattern: lineSchema(1, MAX_PATTERN_LENGTH),
    /** Short name of the organisation that gets what fits. */
    holder: slugSchema,
  })
  // XenCenter writes folders with a slash in front; a rule without would fit nothing, ever.
  .refine(({ kind, pattern }) => kind !== 'folder' || pattern.startsWith('/'));

/** All rules of a pool in their order, and what changes by hand: null gives a machine back to the rules. */
export const draftSchema = z.strictObject({
  /** `pool.allotment_version` of the rules that it was made from: nobody writes over another's change unseen. */
  version: z.number().int().nonnegative().max(2_147_483_647),
  rules: z.array(ruleSchema).max(MAX_RULES),
  hands: z
    .array(z.strictObject({ vmId: z.uuid(), holder: slugSchema.nullable() }))
    .max(MAX_HANDS)
    .refine((hands) => new Set(hands.map(({ vmId }) => vmId)).size === hands.length),
});
export type AllotmentDraft = z.infer<typeof draftSchema>;

export const ofPool = { ...inOrg, id: z.uuid() } as const;
