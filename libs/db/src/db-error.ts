import { AppError } from '@porthole/errors';

/** Why the database did not do what was asked. */
export const DB_ERROR_CODES = [
  'db/away',
  'db/busy',
  'db/conflict',
  'db/refused',
  'db/not-found',
  'db/invalid',
] as const;
export type DbErrorCode = (typeof DB_ERROR_CODES)[number];

const PUBLIC_MESSAGES: Partial<Record<DbErrorCode, string>> = {
  'db/away': 'Porthole can’t reach its database right now. Nothing was changed.',
  'db/busy': 'Porthole is busy right now. Nothing was changed; try again in a moment.',
  'db/conflict': 'Somebody changed this at the same time, or it is already there. Look again and retry.',
};

/** An error of the database in our words; the driver's own stand in `cause` and `details`, for the log alone. */
export class DbError extends AppError {
  declare readonly code: DbErrorCode;

  constructor(code: DbErrorCode, cause: unknown, details: Record<string, unknown>) {
    const publicMessage = PUBLIC_MESSAGES[code];
    super({ code, details, cause, ...(publicMessage === undefined ? {} : { publicMessage }) });
  }
}
