import { AppError } from '@porthole/errors';

const WORDS = {
  'relay/guest-off': 'The machine is off.',
  'relay/no-console': 'The host lists no console of this kind for the machine.',
  'relay/no-session': 'There is no sign-in to the pool at this moment.',
  'relay/pool-untrusted': 'A host of the pool shows another certificate than the one that was confirmed.',
  'relay/pool-paused': 'The pool is paused: no console opens there until it goes on.',
  'relay/machine-gone': 'The machine is no longer in its pool.',
  'relay/other-kind': 'The pool allows one console for each machine, and the other kind of this one is open.',
  'relay/host-silent': 'The host let us in, but the console didn’t answer.',
  'relay/host-stuck': 'The host has stopped in the middle of a message.',
} as const;

export type DialCode = keyof typeof WORDS;

/** Why there is no tunnel, where neither the network nor the host said so. */
export class DialError extends AppError {
  constructor(code: DialCode, details: Record<string, unknown> = {}) {
    super({ code, publicMessage: WORDS[code], details });
  }
}
