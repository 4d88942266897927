/**
 * Something a person at a terminal can do something about: printed as its sentence and its way on, never with a stack.
 */
export class PlainError extends Error {
  /** What to do now: a sentence or a command. */
  readonly wayOn: string;

  constructor(message: string, wayOn: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'PlainError';
    this.wayOn = wayOn;
  }
}
