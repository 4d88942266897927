import { type CloseKind, LIMITS, type LostCause } from '@porthole/relay-contract';

/** The wait before the first new try, in milliseconds; it doubles with each further one. */
export const FIRST_WAIT_MS = 250;
/** The longest wait between two tries, in milliseconds. */
export const LONGEST_WAIT_MS = 5_000;
/** A line that held this long, in milliseconds, was a good one: its end begins a new story. */
export const STEADY_MS = 10_000;

/** Ends that no other try would change; everything else is what a reboot, a migration or a restarting toolstack look like. */
const FINAL: ReadonlySet<CloseKind> = new Set<CloseKind>([
  'left',
  'badMessage',
  'tooBig',
  'drain',
  'withdrawn',
  'accessEnded',
  'closedByHand',
  'signedOut',
  'signInOver',
  'suspended',
  'locked',
  'machineGone',
  'poolPaused',
  'idle',
  'maximumTime',
  'stalled',
  'limitConsole',
  'limitPerson',
  'limitTenant',
  'moved',
  'guestOff',
  'certificate',
  'hostRefusedRole',
  'notAConsole',
]);

/** What an end of a try says of the machine, where the rows name nothing that is under way. */
const CAUSE_OF: Partial<Record<CloseKind, LostCause>> = {
  hostUnreachable: 'host',
  hostName: 'host',
  hostTls: 'host',
  hostRefusedSession: 'host',
  // Running, and no console at its host: it comes up, or has gone elsewhere (xenapi.md §0.8, §4.7).
  hostState: 'rebooting',
  hostNoConsole: 'rebooting',
  hostSilent: 'rebooting',
};

export interface NextTry {
  readonly waitMs: number;
  /** null where the end says nothing of it. */
  readonly cause: LostCause | null;
}

/**
 * When a lost console is dialled again, and when no more: with back-off, jitter so that a thousand consoles of one host
 * do not come back in one moment, and an end.
 */
export class Redial {
  readonly #random: () => number;
  #tries = 0;
  #lostAt: number | null = null;
  #upAt: number | null = null;

  /** @param random in [0, 1) */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** The line stands (again), at `now` in milliseconds. */
  up(now: number): void {
    this.#upAt = now;
  }

  /**
   * The line has ended, or a try to build it anew.
   * @param isOnItsWay the rows name an operation that ends with the machine running: that it is off is no end then
   * @returns what comes next, or null where nothing would help or the time is over
   */
  after(kind: CloseKind, now: number, isOnItsWay = false): NextTry | null {
    if (FINAL.has(kind) && !(kind === 'guestOff' && isOnItsWay)) return null;
    if (this.#upAt !== null && now - this.#upAt >= STEADY_MS) {
      this.#tries = 0;
      this.#lostAt = null;
    }
    this.#upAt = null;
    this.#lostAt ??= now;
    if (now - this.#lostAt >= LIMITS.redialForMs) return null;
    const whole = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#tries);
    this.#tries += 1;
    return { waitMs: Math.round(whole * (0.5 + this.#random() / 2)), cause: CAUSE_OF[kind] ?? null };
  }
}
