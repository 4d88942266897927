import { LIMITS } from './limits.ts';

/**
 * How the keyboard of a console changes hands (design.md §6, "Hand-over"). `free`: who got no answer takes it, and so does
 * a Manager with a reason, both with notice. `ask-only`: nobody takes it, its holder gives it. `one-person`: it stays with
 * one person until they let go. A holder who left, or was away for `LIMITS.keyboardIdleMs`, frees it under every rule.
 */
export const KEYBOARD_RULES = ['free', 'ask-only', 'one-person'] as const;
export type KeyboardRule = (typeof KEYBOARD_RULES)[number];

/** From where to where an organisation may set a value, both included. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

const MINUTE_MS = 60_000;

/**
 * What an organisation may set for its consoles, times in milliseconds, amounts in bytes. The database checks the same
 * numbers (`tenant_policy` in prisma/migrations), and a test holds the two together.
 */
export const POLICY_BOUNDS = {
  idleTimeoutMs: { least: MINUTE_MS, most: LIMITS.idleTimeoutMs },
  maximumTimeMs: { least: MINUTE_MS, most: LIMITS.maximumTimeMs },
  textKeptMs: { least: 0, most: LIMITS.textKeptMs },
  scrollbackBytes: { least: 0, most: LIMITS.scrollbackBytes },
} as const satisfies Record<string, Bounds>;
