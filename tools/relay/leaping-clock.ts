import { type Cancel, type Clock, systemClock } from '../../apps/ws-relay/src/clock.ts';

interface Timer {
  readonly at: number;
  readonly act: () => void;
}

/** The clock of the process, which a test can put forward: what falls due on the way fires at once, in its order. */
export class LeapingClock implements Clock {
  #ahead = 0;
  readonly #timers = new Set<Timer>();

  now(): number {
    return systemClock.now() + this.#ahead;
  }

  after(ms: number, act: () => void): Cancel {
    const timer: Timer = { at: this.now() + ms, act };
    this.#timers.add(timer);
    const cancel = systemClock.after(ms, () => this.#fire(timer));
    return () => {
      cancel();
      this.#timers.delete(timer);
    };
  }

  leap(ms: number): void {
    this.#ahead += ms;
    const due = [...this.#timers].filter(({ at }) => at <= this.now());
    for (const timer of due.toSorted((a, b) => a.at - b.at)) this.#fire(timer);
  }

  #fire(timer: Timer): void {
    if (this.#timers.delete(timer)) timer.act();
  }
}
