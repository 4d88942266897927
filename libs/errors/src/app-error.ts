/** What an {@link AppError} is made of. */
export interface AppErrorInit {
  /** `room/what`, in kebab case: `ticket/expired`. Stable: clients and the log key on it. */
  code: string;
  /** May reach a browser. Left out, the browser reads {@link DEFAULT_PUBLIC_MESSAGE}. */
  publicMessage?: string;
  /** For the log alone: never sent to a client, never a secret. */
  details?: Record<string, unknown>;
  cause?: unknown;
}

/** What a person reads when nobody wrote a sentence for them. */
export const DEFAULT_PUBLIC_MESSAGE = 'That didn’t work. Nothing was changed; we’ve noted it.';

/**
 * The one base of all errors that Porthole throws on purpose. `code` decides what happens next (tRPC code, close
 * code, words on the screen); `publicMessage` is the only text that may leave the server.
 */
export class AppError extends Error {
  readonly code: string;
  readonly publicMessage: string;
  readonly details: Record<string, unknown>;

  constructor(init: AppErrorInit) {
    super(`${init.code}: ${init.publicMessage ?? ''}`.replace(/: $/, ''), { cause: init.cause });
    this.name = new.target.name;
    this.code = init.code;
    this.publicMessage = init.publicMessage ?? DEFAULT_PUBLIC_MESSAGE;
    this.details = init.details ?? {};
  }
}

/** The code of an error of ours, or null for anything else. */
export function codeOf(error: unknown): string | null {
  return error instanceof AppError ? error.code : null;
}
