const MINUTE_S = 60;
const DAY_MS = 24 * 3_600_000;

/** How long a token may live, in milliseconds; the table has a check that says the same. */
export const TOKEN_MAX_MS = 366 * DAY_MS;
/** Tokens of one person in one organisation that work. */
export const MAX_LIVE_TOKENS = 20;
/** For so long after its end a token stays in the lists, in milliseconds. */
export const TOKEN_SHOWN_AFTER_END_MS = 30 * DAY_MS;
/** How often the last use is written down, in milliseconds. */
export const TOKEN_USE_NOTED_MS = 60_000;

/** Tokens that one person makes. */
export const TOKENS_MADE = { windowS: 3_600, max: 20 } as const;
/** Calls with one token. */
export const CALLS_PER_TOKEN = { windowS: MINUTE_S, max: 300 } as const;
/** Requests with tokens that don't work, from one IPv4 address or one /64 of IPv6; working ones are not held up by it. */
export const REFUSALS_PER_IP = { windowS: MINUTE_S, max: 60 } as const;
