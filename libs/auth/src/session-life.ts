/** A sign-in ends this long after it began, whatever happens. */
export const ABSOLUTE_LIFE_MS = 12 * 3_600_000;
/** And this long after the last act or typed input. */
export const IDLE_LIFE_MS = 60 * 60_000;
/** `last_input_at` is written at most this often. */
export const INPUT_WRITE_EVERY_MS = 60_000;

/** What of a session decides whether it lives. */
export interface SessionTimes {
  createdAt: Date;
  lastInputAt: Date;
  expiresAt: Date;
}

/** Whether the session still stands at `now`; `authority_facts()` asks the same of the database's clock. */
export function isAlive(times: SessionTimes, now: Date): boolean {
  const at = now.getTime();
  return (
    at < times.expiresAt.getTime() &&
    at < times.createdAt.getTime() + ABSOLUTE_LIFE_MS &&
    at < times.lastInputAt.getTime() + IDLE_LIFE_MS
  );
}
