import { codeOf } from '@porthole/errors';
import type { CloseKind } from '@porthole/relay-contract';

/**
 * What each error of a dial means to the person who waits: the one place where codes become close kinds (style.md,
 * "Errors"). Every code of the rooms on the way to a host has its row.
 */
export const CLOSE_KIND_OF_CODE: Readonly<Record<string, CloseKind>> = {
  'relay/guest-off': 'guestOff',
  'relay/no-console': 'hostNoConsole',
  'relay/no-session': 'hostRefusedSession',
  'relay/pool-untrusted': 'certificate',
  'relay/pool-paused': 'poolPaused',
  'relay/machine-gone': 'machineGone',
  'relay/other-kind': 'otherKindOpen',
  'relay/host-silent': 'hostSilent',
  'relay/host-stuck': 'hostLost',

  'vault/wrong-key': 'hostRefusedSession',
  'vault/tampered': 'hostRefusedSession',
  'vault/bad-binding': 'hostRefusedSession',

  'egress/certificate-changed': 'certificate',
  'egress/name-not-found': 'hostName',
  'egress/tls-failed': 'hostTls',
  'egress/tls-too-old': 'hostTls',
  'egress/refused': 'hostUnreachable',
  'egress/unreachable': 'hostUnreachable',
  'egress/timeout': 'hostUnreachable',
  'egress/bad-address': 'hostUnreachable',
  'egress/bad-policy': 'hostUnreachable',
  'egress/address-not-allowed': 'hostUnreachable',
  'egress/aborted': 'left',

  'xenapi/tunnel-unauthorised': 'hostRefusedSession',
  'xenapi/tunnel-forbidden': 'hostRefusedRole',
  'xenapi/tunnel-not-found': 'hostNoConsole',
  'xenapi/tunnel-state': 'hostState',
  'xenapi/tunnel-busy': 'hostBusy',
  'xenapi/tunnel-status': 'notAConsole',
  'xenapi/tunnel-garbage': 'notAConsole',
  'xenapi/tunnel-head-too-large': 'notAConsole',
  'xenapi/tunnel-timeout': 'hostUnreachable',
  'xenapi/tunnel-lost': 'hostSilent',
  'xenapi/tunnel-bad-reference': 'hostNoConsole',
  'xenapi/tunnel-aborted': 'left',

  'rfb/bad-version': 'notAConsole',
  'rfb/bad-security-type': 'notAConsole',
  'rfb/refused-by-server': 'notAConsole',
  'rfb/security-failed': 'notAConsole',
  'rfb/desktop-too-large': 'notAConsole',
  'rfb/too-many-resizes': 'notAConsole',
  'rfb/name-too-long': 'notAConsole',
  'rfb/unexpected-message': 'notAConsole',
  'rfb/unexpected-encoding': 'notAConsole',
  'rfb/bad-rectangle': 'notAConsole',
  'rfb/cut-text-too-long': 'notAConsole',
  'rfb/colour-map': 'notAConsole',

  'db/away': 'authorityUnknown',
  'db/busy': 'authorityUnknown',
};

/** What the two sides of the tunnel say when we are at fault: nothing about the host, and worth another try. */
const OUR_OWN_FAULT: CloseKind = 'hostLost';

/** The close kind for an error on the host's side; what no row knows is a fault of ours. */
export function closeKindOfError(error: unknown): CloseKind {
  const code = codeOf(error);
  const kind = code === null ? undefined : CLOSE_KIND_OF_CODE[code];
  return kind ?? OUR_OWN_FAULT;
}
