import { z } from 'zod';
import { causeSchema, REMEDIES } from './causes.ts';
import { CHECK_LIMITS } from './limits.ts';
import { MAX_DETAIL } from './mask-text.ts';

/** The steps of a check, in the order of a console's way. */
export const CHECK_STEPS = [
  'dns',
  'tcp',
  'tls',
  'xenapi',
  'login',
  'role',
  'events',
  'residence',
  'consoles',
  'relay',
  'connect',
  'banner',
] as const;
export type CheckStepName = (typeof CHECK_STEPS)[number];
export type CheckPlace = 'worker' | 'relay';
/** `none`: there was nothing to try; `untried`: a step before it did not go well. */
export type StepState = 'good' | 'warn' | 'bad' | 'none' | 'untried';
export type CheckResult = 'good' | 'warn' | 'bad';

const line = z.string().max(MAX_DETAIL);

export const checkStepSchema = z.strictObject({
  name: z.enum(CHECK_STEPS),
  place: z.enum(['worker', 'relay']),
  /** IP family, where it matters. */
  family: z.union([z.literal(4), z.literal(6)]).nullable(),
  /** What was looked at: a host or a machine by name, or an address. */
  subject: line,
  state: z.enum(['good', 'warn', 'bad', 'none', 'untried']),
  /** Whole milliseconds; null where nothing was tried. */
  ms: z.number().int().nonnegative().nullable(),
  cause: causeSchema.nullable(),
  remedy: z.enum(REMEDIES).nullable(),
  /** A masked text that goes with it: an address, a version, a fingerprint, a host's words. */
  detail: line.nullable(),
  /** What was said on the line, masked, one entry a line. */
  trace: z.array(line).max(12),
});
export type CheckStep = z.infer<typeof checkStepSchema>;

const stepsSchema = z.array(z.unknown()).max(CHECK_LIMITS.steps);

/** The steps of a stored run; what a newer version wrote and this one cannot read is left out. */
export function readSteps(stored: unknown): CheckStep[] {
  const rows = stepsSchema.safeParse(stored);
  if (!rows.success) return [];
  return rows.data.flatMap((row) => {
    const step = checkStepSchema.safeParse(row);
    return step.success ? [step.data] : [];
  });
}

/** What a run came to: the worst of its steps. */
export function resultOf(steps: readonly Pick<CheckStep, 'state'>[]): CheckResult {
  if (steps.some(({ state }) => state === 'bad')) return 'bad';
  return steps.some(({ state }) => state === 'warn') ? 'warn' : 'good';
}
