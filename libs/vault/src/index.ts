export { openSession, type SessionBinding, type SessionPayload, sealSession } from './host-session.ts';
export { loadPrivateKeys, loadPublicKey, writeKeyPair } from './key-files.ts';
export {
  generateKeyPair,
  keyRing,
  type PrivateKey,
  type PrivateKeys,
  type PublicKey,
  parsePrivateKey,
  parsePublicKey,
} from './key-pair.ts';
export { openAsWorker, type PasswordBinding, sealForWorker } from './pool-password.ts';
export type { Sealed, SealedRow } from './sealed.ts';
export { type VaultCode, VaultError } from './vault-error.ts';
