import { LIMITS } from '@porthole/relay-contract';
import {
  egressShape,
  keyFilesSchema,
  listSchema,
  logLevelSchema,
  noDemoInProduction,
  portSchema,
  readSettings,
} from '@porthole/settings';
import { z } from 'zod';

const MIB = 1024 * 1024;
const MB = 1_000_000;
const seconds = z.coerce.number().int().min(0).max(3_600);

const schema = z
  .object({
    ...egressShape,
    PORTHOLE_RELAY_ID: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'lower case letters, digits and dashes, at most 32'),
    PORTHOLE_HOST: z.string().default('127.0.0.1'),
    PORTHOLE_PORT: z.coerce.number().pipe(portSchema),
    PORTHOLE_ORIGIN: listSchema
      .refine((origins) => origins.length > 0, 'at least one origin, such as https://porthole.example')
      .refine(
        (origins) => origins.every(isOrigin),
        'each must be scheme, host and port alone, as a browser sends it',
      ),
    PORTHOLE_DATABASE_URL: z.string().min(1),
    PORTHOLE_DATABASE_PASSWORD_FILE: z.string().min(1),
    PORTHOLE_RELAY_KEY_FILE: keyFilesSchema,
    PORTHOLE_JOURNAL_DIR: z.string().min(1),
    PORTHOLE_TRUSTED_PROXY: listSchema,
    PORTHOLE_DRAIN_SECONDS: seconds.default(60),
    PORTHOLE_DRAIN_HARD_SECONDS: seconds.default(120),
    PORTHOLE_MEMORY_LIMIT_MIB: z.coerce.number().int().min(128).optional(),
    PORTHOLE_CONSOLE_MB_PER_SECOND: z.coerce
      .number()
      .min(1)
      .max(1_000)
      .default(LIMITS.consoleBytesPerSecond / MB),
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
  const env = readSettings('ws-relay', schema, source);
  return {
    relayId: env.PORTHOLE_RELAY_ID,
    host: env.PORTHOLE_HOST,
    port: env.PORTHOLE_PORT,
    origins: env.PORTHOLE_ORIGIN,
    databaseUrl: env.PORTHOLE_DATABASE_URL,
    databasePasswordFile: env.PORTHOLE_DATABASE_PASSWORD_FILE,
    relayKeyFiles: env.PORTHOLE_RELAY_KEY_FILE,
    journalDir: env.PORTHOLE_JOURNAL_DIR,
    demoEndpoints: env.PORTHOLE_DEMO_ENDPOINTS,
    allowedCidrs: env.PORTHOLE_ALLOWED_CIDRS,
    /** Empty: the default of libs/egress. */
    allowedPorts: env.PORTHOLE_ALLOWED_PORTS,
    ownAddresses: env.PORTHOLE_OWN_ADDRESSES,
    trustedProxies: env.PORTHOLE_TRUSTED_PROXY,
    drainMs: env.PORTHOLE_DRAIN_SECONDS * 1_000,
    drainHardMs: env.PORTHOLE_DRAIN_HARD_SECONDS * 1_000,
    /** null: what the container or the machine has. */
    memoryLimitBytes:
      env.PORTHOLE_MEMORY_LIMIT_MIB === undefined ? null : env.PORTHOLE_MEMORY_LIMIT_MIB * MIB,
    consoleBytesPerSecond: env.PORTHOLE_CONSOLE_MB_PER_SECOND * MB,
    logLevel: env.PORTHOLE_LOG_LEVEL,
  };
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
