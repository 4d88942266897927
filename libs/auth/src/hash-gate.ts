import { AuthBusyError } from './auth-error.ts';

/** Hashes at once: each takes 19 MiB and a core (security.md §8). */
export const MAX_HASHES_AT_ONCE = 2;
/** Who waits for a place; one more is sent away at once, before it costs anything. */
export const MAX_HASHES_QUEUED = 50;

/** Lets at most a few expensive jobs run at once, queues some, and refuses the rest. */
export class HashGate {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    private readonly atOnce: number = MAX_HASHES_AT_ONCE,
    private readonly queued: number = MAX_HASHES_QUEUED,
  ) {}

  /**
   * Runs the job when a place is free.
   *
   * @throws AuthBusyError `auth/busy` where running and waiting places are all taken
   */
  async run<T>(job: () => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await job();
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < this.atOnce) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= this.queued) throw new AuthBusyError();
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** A place goes straight to the first who waits, so nobody slips in between. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }
}
