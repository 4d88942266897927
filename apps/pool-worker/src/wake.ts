/** A pause that can be cut short; a wake-up that comes before the pause is not lost. */
export class Wake {
  #isDue = false;
  #resolve: (() => void) | null = null;

  now(): void {
    this.#isDue = true;
    this.#resolve?.();
  }

  /** Resolves after `wait` milliseconds ('change': never by itself), at a wake-up, or at the signal. */
  async after(wait: number | 'change', signal: AbortSignal): Promise<void> {
    if (!this.#isDue && !signal.aborted) await this.#pause(wait, signal);
    this.#isDue = false;
  }

  #pause(wait: number | 'change', signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = wait === 'change' ? undefined : setTimeout(done, wait);
      const settle = this;
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        settle.#resolve = null;
        resolve();
      }
      signal.addEventListener('abort', done, { once: true });
      this.#resolve = done;
    });
  }
}
