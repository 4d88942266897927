import { type Bounds, KEYBOARD_RULES, POLICY_BOUNDS } from '@porthole/relay-contract';
import type {
  ClipboardWay,
  FactorRule,
  GlassRule,
  PolicySetting,
  PolicyValues,
} from '../../server/policy/policy.ts';
import { amountText, parseAmount } from './amount.ts';

export const CLIPBOARD_CHOICES = [
  'both',
  'into',
  'out-of',
  'none',
] as const satisfies readonly ClipboardWay[];
export const FACTOR_CHOICES = ['off', 'members'] as const satisfies readonly FactorRule[];
export const GLASS_CHOICES = ['off', 'on'] as const satisfies readonly GlassRule[];
/** How old a second factor may be when a console opens, in milliseconds; 0: nobody asks. */
export const FACTOR_AGE_CHOICES = ['0', '300000', '900000', '3600000', '14400000'] as const;
export const SETTINGS = [
  'clipboard',
  'keyboard',
  'idleTimeoutMs',
  'maximumTimeMs',
  'textKeptMs',
  'scrollbackBytes',
  'secondFactor',
  'consoleFactorMaxAgeMs',
  'breakGlass',
] as const satisfies readonly PolicySetting[];

/** Every setting as it stands in the form, half-typed numbers included. */
export type PolicyDraft = Record<PolicySetting, string>;

export type NumberSetting = keyof typeof POLICY_BOUNDS;

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** What one of the form is in milliseconds or bytes. */
export const UNITS: Record<NumberSetting, number> = {
  idleTimeoutMs: MINUTE_MS,
  maximumTimeMs: HOUR_MS,
  textKeptMs: MINUTE_MS,
  scrollbackBytes: 1,
};

export function draftOf(values: PolicyValues): PolicyDraft {
  return {
    clipboard: values.clipboard,
    keyboard: values.keyboard,
    idleTimeoutMs: amountText(values.idleTimeoutMs, UNITS.idleTimeoutMs),
    maximumTimeMs: amountText(values.maximumTimeMs, UNITS.maximumTimeMs),
    textKeptMs: amountText(values.textKeptMs, UNITS.textKeptMs),
    scrollbackBytes: amountText(values.scrollbackBytes, UNITS.scrollbackBytes),
    secondFactor: values.secondFactor,
    consoleFactorMaxAgeMs: String(values.consoleFactorMaxAgeMs),
    breakGlass: values.breakGlass,
  };
}

/** The settings that were changed in the form. */
export function touched(base: PolicyValues, draft: PolicyDraft): PolicySetting[] {
  const before = draftOf(base);
  return SETTINGS.filter((setting) => draft[setting].trim() !== before[setting]);
}

/** The number that is meant; null where it is none, or outside of its bounds. One that nobody touched stays as it is. */
export function numberOf(setting: NumberSetting, base: PolicyValues, draft: PolicyDraft): number | null {
  if (draft[setting].trim() === draftOf(base)[setting]) return base[setting];
  const { least, most }: Bounds = POLICY_BOUNDS[setting];
  const value = parseAmount(draft[setting], UNITS[setting]);
  return value === null || value < least || value > most ? null : value;
}

/** What the form says, or null while a field of it says nothing usable. */
export function valuesOf(base: PolicyValues, draft: PolicyDraft): PolicyValues | null {
  const idleTimeoutMs = numberOf('idleTimeoutMs', base, draft);
  const maximumTimeMs = numberOf('maximumTimeMs', base, draft);
  const textKeptMs = numberOf('textKeptMs', base, draft);
  const scrollbackBytes = numberOf('scrollbackBytes', base, draft);
  const clipboard = CLIPBOARD_CHOICES.find((way) => way === draft.clipboard);
  const keyboard = KEYBOARD_RULES.find((rule) => rule === draft.keyboard);
  const secondFactor = FACTOR_CHOICES.find((rule) => rule === draft.secondFactor);
  const breakGlass = GLASS_CHOICES.find((rule) => rule === draft.breakGlass);
  if (
    idleTimeoutMs === null ||
    maximumTimeMs === null ||
    textKeptMs === null ||
    scrollbackBytes === null ||
    clipboard === undefined ||
    keyboard === undefined ||
    secondFactor === undefined ||
    breakGlass === undefined
  )
    return null;
  const consoleFactorMaxAgeMs = Number(draft.consoleFactorMaxAgeMs);
  return {
    clipboard,
    keyboard,
    idleTimeoutMs,
    maximumTimeMs,
    textKeptMs,
    scrollbackBytes,
    secondFactor,
    consoleFactorMaxAgeMs,
    breakGlass,
  };
}

/**
 * Another's change meets a form that is being filled in: what was touched here is kept, all else becomes theirs.
 *
 * @returns `clashes`: what both have changed, and not to the same
 */
export function mergeDraft(
  base: PolicyValues,
  draft: PolicyDraft,
  theirs: PolicyValues,
): { draft: PolicyDraft; clashes: PolicySetting[] } {
  const [before, after] = [draftOf(base), draftOf(theirs)];
  const mine = touched(base, draft);
  const merged = { ...after };
  for (const setting of mine) merged[setting] = draft[setting];
  return {
    draft: merged,
    clashes: mine.filter(
      (setting) => after[setting] !== before[setting] && after[setting] !== draft[setting].trim(),
    ),
  };
}
