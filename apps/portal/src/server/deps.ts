import 'server-only';
import { HashGate, loadFactorKey } from '@porthole/auth';
import { createDb } from '@porthole/db';
import { DEFAULT_PORTS, makeFetch, resolveText } from '@porthole/egress';
import { createLogger } from '@porthole/logger';
import { loadPublicKey } from '@porthole/vault';
import { type Env, loadEnv } from '../env.ts';
import type { Deps } from './deps-type.ts';
import { ChangeFeed } from './live/change-feed.ts';
import { EpochReader } from './live/epoch-reader.ts';

/** Next loads this module once for each bundle that names it; the process still has one pool and one listener. */
const KEY = Symbol.for('porthole.portal.deps');
const holder: typeof globalThis & { [KEY]?: Deps } = globalThis;

/** The one place where the portal's parts are put together. Opens no connection before the first call needs one. */
export function getDeps(): Deps {
  holder[KEY] ??= wire();
  return holder[KEY];
}

function wire(): Deps {
  const env = loadEnv();
  const logger = createLogger({ app: 'portal', level: env.logLevel });
  const database = { url: env.databaseUrl, passwordFile: env.databasePasswordFile, log: logger };
  const db = createDb(database);
  return {
    origin: env.origin,
    logger,
    db,
    clock: () => new Date(),
    signUp: env.signUp,
    gate: new HashGate(),
    vaultPublicKey: loadPublicKey(env.vaultPublicKeyFile),
    factorKey: loadFactorKey(env.factorKeyFile),
    ssoKey: env.ssoKeyFile === null ? null : loadFactorKey(env.ssoKeyFile),
    fetch: makeFetch(policyOf(env)),
    resolveText,
    changes: new ChangeFeed(database),
    epochs: new EpochReader(db),
  };
}

/** What issuers of single sign-on may be reached at; never from a row that an organisation can write. */
function policyOf({ egress }: Env) {
  const { allowedPorts, ...rest } = egress;
  return { ...rest, allowedPorts: allowedPorts.length === 0 ? DEFAULT_PORTS : allowedPorts };
}
