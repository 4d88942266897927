/** A refusal of the API: a code and its positional parameters (xenapi.md §7). */
export class ApiError extends Error {
  override name = 'ApiError';

  constructor(
    readonly code: string,
    readonly parameters: readonly string[] = [],
  ) {
    super([code, ...parameters].join(' '));
  }

  /** The form of a task's error_info and of XML-RPC's ErrorDescription. */
  get description(): string[] {
    return [this.code, ...this.parameters];
  }
}
