import type { Cancel, Clock } from '../clock.ts';
import type { KeyboardCause, KeyboardMove } from './keyboard.ts';

/** Hand-overs of one console that the log holds in full within a minute; of more it holds how many there were. */
export const KEYBOARD_EVENTS_PER_MINUTE = 10;
const MINUTE_MS = 60_000;

/** What the log's own functions make an event of: they know who sits at a seat. */
export type KeyboardEvent =
  | {
      readonly action: 'keyboard.taken' | 'keyboard.handed-over' | 'keyboard.released';
      readonly data: {
        readonly fromSeatId: string | null;
        readonly toSeatId: string | null;
        readonly why: KeyboardCause;
        readonly reason: string;
      };
    }
  | { readonly action: 'keyboard.moved'; readonly data: { readonly times: number } };

const ACTION_OF: Record<KeyboardCause, Exclude<KeyboardEvent['action'], 'keyboard.moved'> | null> = {
  // The log says so by `console.open`.
  opening: null,
  free: 'keyboard.taken',
  unanswered: 'keyboard.taken',
  manager: 'keyboard.taken',
  idle: 'keyboard.taken',
  'handed-over': 'keyboard.handed-over',
  released: 'keyboard.released',
  left: 'keyboard.released',
  'right-gone': 'keyboard.released',
};

/**
 * Hand-overs as the log has them (design.md §6, "Hand-overs are in the story"). Two people who take the keyboard from
 * each other all day must not fill the organisation's log, so of many within a minute only the number is told.
 */
export class KeyboardStory {
  readonly #clock: Clock;
  readonly #record: (event: KeyboardEvent) => void;
  #told = 0;
  #untold = 0;
  #cancelMinute: Cancel | null = null;

  constructor(clock: Clock, record: (event: KeyboardEvent) => void) {
    this.#clock = clock;
    this.#record = record;
  }

  note({ from, to, cause, reason }: KeyboardMove): void {
    const action = ACTION_OF[cause];
    // Who goes and leaves it to nobody has only gone, and that is told by `console.close`.
    if (action === null || (to === null && cause !== 'released')) return;
    this.#cancelMinute ??= this.#clock.after(MINUTE_MS, () => this.end());
    if (this.#told >= KEYBOARD_EVENTS_PER_MINUTE) {
      this.#untold += 1;
      return;
    }
    this.#told += 1;
    this.#record({ action, data: { fromSeatId: from, toSeatId: to, why: cause, reason } });
  }

  /** The minute is over, or the console: what was only counted is told. */
  end(): void {
    this.#cancelMinute?.();
    this.#cancelMinute = null;
    const times = this.#untold;
    this.#told = 0;
    this.#untold = 0;
    if (times > 0) this.#record({ action: 'keyboard.moved', data: { times } });
  }
}
