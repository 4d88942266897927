import {
  type Cause,
  CHECK_LIMITS,
  type CheckPlace,
  type CheckStep,
  type CheckStepName,
  maskText,
  remedyOf,
  type StepState,
} from '@porthole/check-contract';
import { causeOfError, detailOfError } from './cause-of-error.ts';

/** Nobody waits for this run any more: it was called off, or it is another's. */
export class CheckStopped extends Error {}

/** What a step came to, beside the value that the next ones need. */
export interface Outcome<T> {
  readonly value: T;
  readonly state?: Exclude<StepState, 'untried'>;
  readonly cause?: Cause;
  readonly detail?: string;
}

/** Which step, of what. */
export interface StepOf {
  readonly name: CheckStepName;
  readonly subject: string;
  readonly family?: 4 | 6 | null;
  /** What it is worth if it goes wrong: `warn` where the way that is used does not hang on it. */
  readonly worth?: 'bad' | 'warn';
}

/** What a step may use: it ends with the signal, and says what went over the line. */
export interface StepTools {
  readonly signal: AbortSignal;
  say(line: string): void;
}

export interface CheckRunInit {
  readonly place: CheckPlace;
  /** Stores a step and names the next one. @returns false where nobody waits any more */
  readonly emit: (step: CheckStep | null, next: string | null) => Promise<boolean>;
  readonly signal: AbortSignal;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Longest step; only tests give another than {@link CHECK_LIMITS}. */
  readonly stepMs?: number;
}

/** One party's part of a check: does step after step, each within its time, and tells them masked. */
export class CheckRun {
  readonly #init: CheckRunInit;
  readonly #secrets: string[] = [];
  #steps = 0;

  constructor(init: CheckRunInit) {
    this.#init = init;
  }

  get signal(): AbortSignal {
    return this.#init.signal;
  }

  /** A text that must not appear in any step from now on. */
  hide(secret: string): void {
    this.#secrets.push(secret);
  }

  /** Steps that hang on one another: after one that went wrong the others of the chain are told as not tried. */
  chain(): CheckChain {
    return new CheckChain(this);
  }

  /**
   * Does one step. What it throws is its cause, never an exception of the run.
   * @returns its value; null where it went wrong and the next ones have nothing to go on
   * @throws CheckStopped
   */
  async step<T>(of: StepOf, work: (tools: StepTools) => Promise<Outcome<T>>): Promise<T | null> {
    const { now, signal, stepMs = CHECK_LIMITS.stepMs } = this.#init;
    if (signal.aborted) throw new CheckStopped();
    await this.#emit(null, of.name);
    const trace: string[] = [];
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), stepMs);
    const begun = now();
    const tools: StepTools = {
      signal: AbortSignal.any([signal, limit.signal]),
      say: (line) => {
        if (trace.length < MAX_TRACE) trace.push(this.#mask(line));
      },
    };
    try {
      const outcome = await orAborted(work(tools), tools.signal);
      await this.#tell(of, {
        state: outcome.state ?? 'good',
        ms: Math.round(now() - begun),
        cause: outcome.cause ?? null,
        detail: outcome.detail ?? null,
        trace,
      });
      return outcome.value;
    } catch (error) {
      if (signal.aborted) throw new CheckStopped();
      await this.#tell(of, {
        state: of.worth ?? 'bad',
        ms: Math.round(now() - begun),
        cause: limit.signal.aborted ? 'step-timeout' : causeOfError(error),
        detail: limit.signal.aborted ? null : detailOfError(error),
        trace,
      });
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  /** A step that there is nothing to try of, or that an earlier one stands before. @throws CheckStopped */
  async leaveOut(of: StepOf, state: 'none' | 'untried', cause: Cause, detail?: string): Promise<void> {
    await this.#tell(of, { state, ms: null, cause, detail: detail ?? null, trace: [] });
  }

  async #tell(
    { name, subject, family }: StepOf,
    { cause, detail, ...rest }: Pick<CheckStep, 'state' | 'ms' | 'cause' | 'detail' | 'trace'>,
  ): Promise<void> {
    this.#steps += 1;
    // The last place is kept for whoever comes after us.
    if (this.#steps >= CHECK_LIMITS.steps / 2) throw new CheckStopped();
    await this.#emit(
      {
        name,
        place: this.#init.place,
        family: family ?? null,
        subject: this.#mask(subject),
        ...rest,
        cause,
        remedy: cause === null ? null : remedyOf(cause),
        detail: detail === null ? null : this.#mask(detail) || null,
      },
      null,
    );
  }

  async #emit(step: CheckStep | null, next: string | null): Promise<void> {
    if (!(await this.#init.emit(step, next))) throw new CheckStopped();
  }

  #mask(text: string): string {
    return maskText(text, this.#secrets);
  }
}

/** Longest trace of a step, in lines. */
const MAX_TRACE = 12;

/** A chain of steps of one {@link CheckRun}. */
export class CheckChain {
  readonly #run: CheckRun;
  #isBroken = false;

  constructor(run: CheckRun) {
    this.#run = run;
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** As {@link CheckRun.step}; not tried once a step of this chain went wrong. @throws CheckStopped */
  async step<T>(of: StepOf, work: (tools: StepTools) => Promise<Outcome<T>>): Promise<T | null> {
    if (this.#isBroken) {
      await this.#run.leaveOut(of, 'untried', 'earlier-step');
      return null;
    }
    const value = await this.#run.step(of, work);
    if (value === null && of.worth !== 'warn') this.#isBroken = true;
    return value;
  }

  /** What follows is not tried any more. */
  break(): void {
    this.#isBroken = true;
  }
}

/** A step that does not hear its signal ends all the same. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => undefined);
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(new CheckStopped());
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
