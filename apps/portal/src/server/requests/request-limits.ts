const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Lengths that somebody may ask for; the table has a check with the longest. */
export const LENGTHS_MS = [HOUR_MS, 4 * HOUR_MS, 12 * HOUR_MS, DAY_MS, 3 * DAY_MS, 7 * DAY_MS] as const;
export const MAX_LENGTH_MS = 7 * DAY_MS;
/** Lengths of an emergency; an hour is the longest. */
export const GLASS_LENGTHS_MS = [15 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS] as const;
/** How long a request waits for its answer, in milliseconds; then it has ended by itself. */
export const REQUEST_LIFE_MS = 3 * DAY_MS;
export const GLASS_LIFE_MS = 30 * MINUTE_MS;
/** People beside the one who asked who have to confirm an emergency; the database knows the number too. */
export const CONFIRMATIONS = 2;
/** Requests of one person that nobody has answered yet. */
export const MAX_OPEN_PER_PERSON = 10;
/** Requests of one person, answered or not. */
export const PER_PERSON = { windowS: 3_600, max: 20 } as const;
/** People who hear of one request by mail. */
export const MAX_READERS = 50;
/** Requests of each kind that one page lists, the newest first. */
export const MAX_LISTED = 200;
/** What was answered stands on the page for this long, in milliseconds. */
export const SHOWN_FOR_MS = 30 * DAY_MS;
