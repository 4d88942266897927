/**
 * Every close code the relay uses after `101`, the word that travels as the close reason, and whether the page may
 * come back by itself with a fresh ticket (architecture §2, "Contract of the socket").
 */
export const CLOSE = {
  left: { code: 1000, reason: 'left', retry: false },
  badMessage: { code: 1008, reason: 'bad-message', retry: false },
  tooBig: { code: 1009, reason: 'too-big', retry: false },
  drain: { code: 4000, reason: 'drain', retry: true },
  // A right withdrawn, by what took it: each has its own sentence (design.md §7, `end.*`).
  withdrawn: { code: 4403, reason: 'withdrawn', retry: false },
  accessEnded: { code: 4403, reason: 'access-ended', retry: false },
  closedByHand: { code: 4403, reason: 'closed-by-hand', retry: false },
  signedOut: { code: 4403, reason: 'signed-out', retry: false },
  signInOver: { code: 4403, reason: 'sign-in-over', retry: false },
  suspended: { code: 4403, reason: 'suspended', retry: false },
  locked: { code: 4403, reason: 'locked', retry: false },
  machineGone: { code: 4403, reason: 'machine-gone', retry: false },
  poolPaused: { code: 4403, reason: 'pool-paused', retry: false },
  idle: { code: 4407, reason: 'idle', retry: false },
  maximumTime: { code: 4407, reason: 'maximum-time', retry: false },
  stalled: { code: 4408, reason: 'stalled', retry: true },
  limitPerson: { code: 4409, reason: 'limit-person', retry: false },
  limitConsole: { code: 4409, reason: 'limit-console', retry: false },
  limitTenant: { code: 4409, reason: 'limit-tenant', retry: false },
  otherKindOpen: { code: 4409, reason: 'other-kind', retry: false },
  moved: { code: 4412, reason: 'moved', retry: true },
  guestOff: { code: 4411, reason: 'guest-off', retry: false },
  certificate: { code: 4420, reason: 'certificate', retry: false },
  hostUnreachable: { code: 4502, reason: 'host-unreachable', retry: false },
  hostName: { code: 4502, reason: 'host-name', retry: false },
  hostTls: { code: 4502, reason: 'host-tls', retry: false },
  hostRefusedSession: { code: 4502, reason: 'host-401', retry: false },
  hostRefusedRole: { code: 4502, reason: 'host-403', retry: false },
  hostNoConsole: { code: 4502, reason: 'host-404', retry: false },
  hostState: { code: 4502, reason: 'host-500', retry: false },
  hostBusy: { code: 4502, reason: 'host-503', retry: false },
  hostSilent: { code: 4502, reason: 'host-eof', retry: false },
  hostLost: { code: 4502, reason: 'host-lost', retry: true },
  authorityUnknown: { code: 4503, reason: 'authority-unknown', retry: true },
  relayFull: { code: 4503, reason: 'relay-full', retry: true },
  notAConsole: { code: 4504, reason: 'not-a-console', retry: false },
} as const satisfies Record<string, { code: number; reason: string; retry: boolean }>;

/** The name under which an end of a seat is known in code, in the log and on the screen. */
export type CloseKind = keyof typeof CLOSE;

/** The kind behind a close event of the browser; null where the socket ended without a word of ours. */
export function closeKindOf(code: number, reason: string): CloseKind | null {
  const kinds = Object.keys(CLOSE).filter(isCloseKind);
  return kinds.find((kind) => CLOSE[kind].code === code && CLOSE[kind].reason === reason) ?? null;
}

function isCloseKind(name: string): name is CloseKind {
  return Object.hasOwn(CLOSE, name);
}
