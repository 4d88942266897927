import {
  egressShape,
  keyFilesSchema,
  logLevelSchema,
  noDemoInProduction,
  readSettings,
} from '@porthole/settings';
import { z } from 'zod';

const schema = z
  .object({
    ...egressShape,
    PORTHOLE_DATABASE_URL: z.string().min(1),
    PORTHOLE_DATABASE_PASSWORD_FILE: z.string().min(1),
    PORTHOLE_VAULT_KEY_FILE: keyFilesSchema,
    PORTHOLE_RELAY_PUBLIC_KEY_FILE: z.string().min(1),
    PORTHOLE_LOG_LEVEL: logLevelSchema,
  })
  .refine(noDemoInProduction.allows, noDemoInProduction.problem);

export type Env = ReturnType<typeof loadEnv>;

/**
 * Reads the environment once, when the process starts.
 *
 * @throws SettingsError with all problems, never a value of the environment
 */
export function loadEnv(source: NodeJS.ProcessEnv) {
  const env = readSettings('pool-worker', schema, source);
  return {
    databaseUrl: env.PORTHOLE_DATABASE_URL,
    databasePasswordFile: env.PORTHOLE_DATABASE_PASSWORD_FILE,
    /** The current one and older ones, whose rows still open. */
    vaultKeyFiles: env.PORTHOLE_VAULT_KEY_FILE,
    relayPublicKeyFile: env.PORTHOLE_RELAY_PUBLIC_KEY_FILE,
    demoEndpoints: env.PORTHOLE_DEMO_ENDPOINTS,
    allowedCidrs: env.PORTHOLE_ALLOWED_CIDRS,
    /** Empty: the default of libs/egress. */
    allowedPorts: env.PORTHOLE_ALLOWED_PORTS,
    ownAddresses: env.PORTHOLE_OWN_ADDRESSES,
    logLevel: env.PORTHOLE_LOG_LEVEL,
  };
}
