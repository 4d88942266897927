const REDACTED = '[redacted]';

/**
 * A value that must not be printed. `toString`, `toJSON` and Node's inspection give `[redacted]`; `reveal()` is the
 * only way to the value, and easy to search for.
 */
export class Secret<T = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED;
  }
}
