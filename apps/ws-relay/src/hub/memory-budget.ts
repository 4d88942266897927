/** Memory that several may take of one bound. */
export class MemoryBudget {
  readonly #bound: number;
  #taken = 0;

  /** @param bound in bytes */
  constructor(bound: number) {
    this.#bound = bound;
  }

  get taken(): number {
    return this.#taken;
  }

  /** @returns false, and nothing is taken, where it would be more than the bound */
  take(bytes: number): boolean {
    if (this.#taken + bytes > this.#bound) return false;
    this.#taken += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#taken -= bytes;
  }
}
