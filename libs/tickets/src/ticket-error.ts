import { sqlStateOf, translateDbError } from '@porthole/db';
import { AppError } from '@porthole/errors';

/** Why a redeemed ticket got no seat. */
export const SEAT_REFUSALS = [
  'limit-person',
  'limit-console',
  'limit-tenant',
  'moved',
  'not-redeemed',
] as const;
export type SeatRefusal = (typeof SEAT_REFUSALS)[number];

/** Code `ticket/<refusal>`. The words for people stand with the page, by close code (design.md §7). */
export class SeatRefusedError extends AppError {
  readonly refusal: SeatRefusal;

  constructor(refusal: SeatRefusal, cause: unknown) {
    super({ code: `ticket/${refusal}`, cause });
    this.refusal = refusal;
  }
}

/** What `seat_admit` raises with SQLSTATE PH409 or PH404, as an error of ours; else as libs/db says. */
export function translateSeatError(error: unknown): unknown {
  const state = sqlStateOf(error);
  if (state === 'PH404') return new SeatRefusedError('not-redeemed', error);
  if (state === 'PH409' && error instanceof Error) {
    const refusal = SEAT_REFUSALS.find((one) => one === error.message);
    if (refusal !== undefined) return new SeatRefusedError(refusal, error);
  }
  return translateDbError(error);
}
