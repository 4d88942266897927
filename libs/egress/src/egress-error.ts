import { AppError, type AppErrorInit } from '@porthole/errors';

/** Everything that can go wrong on the way out, with what a person is told. */
const WORDS = {
  'egress/bad-address':
    'That isn’t an address Porthole can use. Write a host name or an IP address, with a port if it isn’t 443.',
  'egress/bad-policy':
    'The list of allowed networks can’t be read. Ask the operator of Porthole to check it.',
  'egress/address-not-allowed':
    'Porthole may not connect to this address. The operator of Porthole decides which networks are open.',
  'egress/name-not-found': 'No address was found for this name. Check the spelling and your DNS.',
  'egress/refused': 'The host is there, but nothing answers on this port.',
  'egress/unreachable': 'The host can’t be reached over the network.',
  'egress/timeout': 'The host didn’t answer in time.',
  'egress/tls-failed': 'The host answered, but a secure connection couldn’t be made.',
  'egress/tls-too-old':
    'The host offers only TLS older than 1.2. Porthole works with XenServer 7.0 and newer.',
  'egress/certificate-changed': 'The host shows another certificate than the one that was confirmed.',
  'egress/too-long': 'The host’s answer is longer than it may be.',
  'egress/aborted': 'The connection was given up before it was made.',
} as const;

export type EgressCode = keyof typeof WORDS;

/** A refusal or a failure of this room; `details` may hold addresses and fingerprints, never a secret. */
export class EgressError extends AppError {
  constructor(code: EgressCode, init: Omit<Partial<AppErrorInit>, 'code'> = {}) {
    super({ publicMessage: WORDS[code], ...init, code });
  }
}
