import { AppError } from '@porthole/errors';

/** `rate/limited`: too many calls of one kind; the same call is heard again later. */
export class LimitError extends AppError {
  readonly retryAfterS: number;

  constructor(retryAfterS: number, details: Record<string, unknown> = {}) {
    super({
      code: 'rate/limited',
      publicMessage: `That was often within a minute. Next try in ${retryAfterS} seconds.`,
      details,
    });
    this.retryAfterS = retryAfterS;
  }
}
