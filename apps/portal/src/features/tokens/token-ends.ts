const DAY_MS = 24 * 3_600_000;

/** For how many days a token can be made; the server takes a day more than the last, so that no clock stands in the way. */
export const TOKEN_DAYS = ['7', '30', '90', '365'] as const;
export type TokenDays = (typeof TOKEN_DAYS)[number];

/** The end of a token that is made now. */
export function endAfter(days: TokenDays, now: Date): Date {
  return new Date(now.getTime() + Number(days) * DAY_MS);
}
