/** How long things take and wait. Tests give shorter ones; nothing sleeps to wait for another thing. */
export interface Timing {
  /** Longest wait of one `event.from` at the pool, in seconds; a fraction (xenapi.md §5). */
  readonly eventTimeoutS: number;
  /** Pause between two calls of `event.from`, in milliseconds: changes gather meanwhile and are written once. */
  readonly eventPauseMs: number;
  /** How often certificates are looked at again, in milliseconds. */
  readonly verifyEveryMs: number;
  /** How long a full read waits for the members' certificates before it calls the pool connected, in milliseconds. */
  readonly trustHeadStartMs: number;
  /** How often `pool.last_sync_at` moves while nothing changes, in milliseconds. */
  readonly touchEveryMs: number;
  /** Shortest time between two full reads of a pool, in milliseconds. */
  readonly resyncPauseMs: number;
  /** How long a replaced session lives on, in milliseconds: a relay may just be dialling with it. */
  readonly logoutGraceMs: number;
  /** A session that vanished is replaced at once, but not more often than this, in milliseconds. */
  readonly renewEveryMs: number;
  /** A session younger than this is not replaced because somebody asks, in milliseconds. */
  readonly freshForMs: number;
  /** First and longest pause after a failure, in milliseconds. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
}

export const DEFAULT_TIMING: Timing = {
  eventTimeoutS: 60.1,
  eventPauseMs: 200,
  verifyEveryMs: 60_000,
  trustHeadStartMs: 2_000,
  touchEveryMs: 30_000,
  resyncPauseMs: 5_000,
  logoutGraceMs: 60_000,
  renewEveryMs: 60_000,
  freshForMs: 3_000,
  firstWaitMs: 2_000,
  longestWaitMs: 120_000,
};
