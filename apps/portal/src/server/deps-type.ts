import type { FactorKey, HashGate, OpenIdFetch } from '@porthole/auth';
import type { Db } from '@porthole/db';
import type { Logger } from '@porthole/logger';
import type { PublicKey } from '@porthole/vault';
import type { ChangeFeed } from './live/change-feed.ts';
import type { EpochReader } from './live/epoch-reader.ts';

/** Everything a use-case may need from outside; each names the part it uses. */
export interface Deps {
  /** The one origin, as browsers send it. */
  origin: string;
  logger: Logger;
  db: Pick<Db, 'withTenant' | 'withoutTenant' | 'ping'>;
  clock: () => Date;
  /** Whether people may make organisations of their own. */
  signUp: boolean;
  /** Bounds how many passwords are hashed at once in this process. */
  gate: HashGate;
  /** Seals a pool's password for the worker; nothing here opens it again. */
  vaultPublicKey: PublicKey;
  /** Seals the seeds of second factors, and opens nothing else. */
  factorKey: FactorKey;
  /** Seals the secrets of organisations' issuers; null: single sign-on isn't offered here. */
  ssoKey: FactorKey | null;
  /** The way out, for issuers alone; the rules of libs/egress hold for it. */
  fetch: OpenIdFetch;
  /** What DNS says about a name as text. */
  resolveText: (name: string) => Promise<readonly string[]>;
  changes: Pick<ChangeFeed, 'subscribe'>;
  epochs: Pick<EpochReader, 'read'>;
}
