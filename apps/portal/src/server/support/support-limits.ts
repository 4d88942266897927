const MINUTE_MS = 60_000;

/** For how long support can be let in, in milliseconds; an hour is the longest (security.md §6), and the table has a check. */
export const SUPPORT_LENGTHS_MS = [15 * MINUTE_MS, 30 * MINUTE_MS, 60 * MINUTE_MS] as const;
/** How long an asking or an offer waits, in milliseconds; the table has a check with the longest. */
export const SUPPORT_WAIT_MS = 24 * 60 * MINUTE_MS;
/** Requests of one person of the provider's, answered or not. */
export const ASKED_PER_PERSON = { windowS: 3_600, max: 20 } as const;
/** Askings and offers of an organisation that nobody has answered or taken. */
export const MAX_OPEN = 20;
export const MAX_SUPPORT_REASON = 500;
/** Grants that one page lists, the newest first. */
export const MAX_LISTED = 200;
