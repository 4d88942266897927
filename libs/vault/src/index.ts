export { openSession, type SessionPayload, sealSession } from './host-session.ts';
export { loadPrivateKeys, loadPublicKey, writeKeyPair } from './key-files.ts';
export {
  generateKeyPair,
  keyRing,
  type PrivateKeys,
  type PublicKey,
  parsePrivateKey,
  parsePublicKey,
} from './key-pair.ts';
export { openAsWorker, sealForWorker } from './pool-password.ts';
export type { SealedRow } from './sealed.ts';
export { VaultError } from './vault-error.ts';
