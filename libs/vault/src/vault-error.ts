import { AppError, type AppErrorInit } from '@porthole/errors';

/** Everything that this room refuses. The words are for the operator of Porthole, who reads the log. */
const WORDS = {
  'vault/wrong-key': 'This secret was sealed for a key that isn’t loaded here.',
  'vault/tampered': 'This secret doesn’t open: it was changed, or it belongs to something else.',
  'vault/empty-secret': 'An empty secret can’t be sealed.',
  'vault/bad-binding': 'A secret must be bound to complete names.',
  'vault/unreadable-key-file': 'A key file can’t be read.',
  'vault/exposed-key-file': 'A private key file may be read by others. Set its mode to 0400 or 0600.',
  'vault/bad-key-file': 'A key file doesn’t hold an X25519 key in PEM form.',
  'vault/no-keys': 'No private key was given.',
} as const;

export type VaultCode = keyof typeof WORDS;

/** A refusal of the vault. `details` may name key ids and paths, never a secret or a key. */
export class VaultError extends AppError {
  constructor(code: VaultCode, init: Omit<Partial<AppErrorInit>, 'code'> = {}) {
    super({ publicMessage: WORDS[code], ...init, code });
  }
}
