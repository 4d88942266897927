import { LIMITS } from '@porthole/relay-contract';
import type { ConsoleModel } from './console-machine.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** From when on the bar counts down to an end of the access (design §6, "Time"), in minutes. */
export const SHOWN_BEFORE_MINUTES = 15;

/** Minutes until an end, from 15 minutes before; null earlier and after. */
export function minutesLeft(endsAt: number | null, now: number): number | null {
  if (endsAt === null) return null;
  const minutes = Math.ceil((endsAt - now) / MINUTE_MS);
  return minutes <= SHOWN_BEFORE_MINUTES && minutes >= 0 ? minutes : null;
}

/** Which end comes first, of the access or of the longest time, and in how many minutes; null while neither is near. */
export function nextEnd(
  { endsAt, maximum }: Pick<ConsoleModel, 'endsAt' | 'maximum'>,
  now: number,
): { minutes: number; why: 'access' | 'maximum' } | null {
  const access = minutesLeft(endsAt, now);
  const longest = minutesLeft(maximum?.closesAt ?? null, now);
  if (longest !== null && (access === null || longest <= access)) return { minutes: longest, why: 'maximum' };
  return access === null ? null : { minutes: access, why: 'access' };
}

/** The longest time as its words take it: whole hours, or minutes. */
export function longestTime(maximumTimeMs: number | null): { n: number; unit: 'hours' | 'minutes' } {
  const ms = maximumTimeMs ?? LIMITS.maximumTimeMs;
  return ms % HOUR_MS === 0
    ? { n: ms / HOUR_MS, unit: 'hours' }
    : { n: Math.max(1, Math.round(ms / MINUTE_MS)), unit: 'minutes' };
}
