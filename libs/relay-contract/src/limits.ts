/** The defaults of architecture §7 in one table. A tenant may go below, never above. */
export const LIMITS = {
  ticketLifeMs: 30_000,
  seatsPerPerson: 32,
  seatsPerConsole: 32,
  seatsPerTenant: 400,
  seatsPerRelay: 5_000,
  hubsPerTenant: 200,
  idleTimeoutMs: 30 * 60_000,
  idleWarningMs: 60_000,
  maximumTimeMs: 8 * 3_600_000,
  pendingUpgrades: 500,
  upgradeTimeoutMs: 5_000,
  upgradeHeadBytes: 8_192,
  pingEveryMs: 20_000,
  missedPongs: 2,
  queuedToBrowserBytes: 1_048_576,
  queuedToHostBytes: 65_536,
  consoleBytesPerSecond: 20_000_000,
  stalledMs: 60_000,
  redialForMs: 120_000,
  /** Of the memory that the relay may have: from here on nobody new comes in. */
  memoryRefusesAt: 0.8,
  /** From here on seats give way, the newest idle one first. */
  memoryClosesAt: 0.92,
  framebufferBytesPerRelay: 1_073_741_824,
  scrollbackBytes: 262_144,
  textKeptMs: 15 * 60_000,
  keptTextsPerTenant: 50,
  keyboardAnswerMs: 20_000,
  keyboardNoticeMs: 5_000,
  keyboardIdleMs: 5 * 60_000,
  keyboardAskAgainMs: 60_000,
  authorityPollMs: 1_000,
  authorityStaleInputStopsMs: 15_000,
  authorityStaleCloseMs: 20_000,
} as const;

/** How long before the longest time its end is told, in milliseconds, the earliest first (design.md §6, "Time"). */
export const MAXIMUM_NOTICES_MS = [10 * 60_000, 5 * 60_000, 60_000] as const;
