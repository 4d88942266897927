import type { CloseKind } from '@porthole/relay-contract';

/** Where one seat stands between an accepted pass and its end. */
export type ConsoleState = 'dialling' | 'open' | 'closed';

/** The legal moves; everything else is a fault of ours (style.md, "Protocol state"). */
export const MOVES = {
  dialling: ['open', 'closed'],
  open: ['closed'],
  closed: [],
} as const satisfies Record<ConsoleState, readonly ConsoleState[]>;

/**
 * The life of one console: a closed table of moves, and one reason for its end that is set once. Who ends it first
 * decides the reason; what comes later is an echo of the same end and changes nothing.
 */
export class ConsoleLifecycle {
  #state: ConsoleState = 'dialling';
  #closed: CloseKind | null = null;

  get state(): ConsoleState {
    return this.#state;
  }

  /** Why it ended; null while it lives. */
  get closedBy(): CloseKind | null {
    return this.#closed;
  }

  /** @returns false where it was over already */
  open(): boolean {
    return this.#move('open');
  }

  /** @returns true for the one call that ended it */
  close(kind: CloseKind): boolean {
    if (!this.#move('closed')) return false;
    this.#closed = kind;
    return true;
  }

  #move(to: ConsoleState): boolean {
    const legal: readonly ConsoleState[] = MOVES[this.#state];
    if (!legal.includes(to)) return false;
    this.#state = to;
    return true;
  }
}
