import { AppError } from './app-error.ts';

/** Absent, foreign and malformed look alike from outside; `details` alone says which it was. */
export class NotFoundError extends AppError {
  constructor(what: string, details: Record<string, unknown> = {}) {
    super({
      code: `${what}/not-found`,
      publicMessage: 'This doesn’t exist, or it isn’t shared with you.',
      details,
    });
  }
}

/** The actor may know of the thing, and may not do this to it. */
export class ForbiddenError extends AppError {
  constructor(reason: string, details: Record<string, unknown> = {}) {
    super({
      code: 'rbac/forbidden',
      publicMessage: 'Your access doesn’t include this.',
      details: { reason, ...details },
    });
  }
}
