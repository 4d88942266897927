/**
 * Work that is done beside a loop, one round at a time: the loop does not wait for it, and still learns of its failure.
 */
export class Beside {
  readonly #act: () => Promise<void>;
  readonly #onFailure: () => void;
  #running: Promise<void> | null = null;
  #isAskedAgain = false;
  #failure: { readonly error: unknown } | null = null;

  /** @param onFailure wakes the loop, which then calls {@link rethrow} */
  constructor(act: () => Promise<void>, onFailure: () => void) {
    this.#act = act;
    this.#onFailure = onFailure;
  }

  /** Begins a round, or another one after that which is under way. Resolves when nothing is left to do; never rejects. */
  start(): Promise<void> {
    if (this.#running !== null) this.#isAskedAgain = true;
    this.#running ??= this.#run();
    return this.#running;
  }

  /** Waits for the round under way. */
  async settle(): Promise<void> {
    this.#isAskedAgain = false;
    await this.#running;
  }

  /** Throws what a round ended with. */
  rethrow(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  async #run(): Promise<void> {
    try {
      do {
        this.#isAskedAgain = false;
        await this.#act();
      } while (this.#isAskedAgain);
    } catch (error) {
      this.#failure = { error };
      this.#onFailure();
    } finally {
      this.#running = null;
    }
  }
}
