/** Bounds of a check; those that the database keeps stand in migration 0018 as well, and a test compares them. */
export const CHECK_LIMITS = {
  /** Longest step, in milliseconds: a directory's sign-in may sleep 5 s and queue (xenapi.md §2.3). */
  stepMs: 30_000,
  /** Longest run, in milliseconds; the database ends a longer one as broken off. */
  wholeMs: 180_000,
  /** A run whose worker or relay says nothing for so long is broken off, in seconds. */
  silentS: 45,
  /** How long a run waits for a worker, in seconds. */
  waitS: 60,
  /** How long the relay's part may be taken, once, in seconds: as long as a console's pass. */
  passS: 30,
  /** Runs that a pool's history keeps. */
  history: 30,
  /** Steps of one run. */
  steps: 400,
  /** Hosts of one run; the rest is told as left out. */
  hosts: 32,
  /** Runs that a person may ask for one pool within ten minutes. */
  perTenMinutes: 10,
  /** How long the first bytes of a screen may take, in milliseconds (security.md §9). */
  bannerMs: 10_000,
  /** A screen that needs longer than this for its first words is told as slow, in milliseconds. */
  slowBannerMs: 1_000,
  /** The shortest and longest pause of the schedule, in hours. */
  everyH: { min: 1, max: 168, usual: 6 },
  /** A scheduled run is early or late by up to this part of its pause, so that pools do not come all at once. */
  jitter: 0.1,
} as const;
