import { logLevelSchema, originSchema, readSettings } from '@porthole/settings';
import { z } from 'zod';

const fileSchema = z.string().min(1);

const envSchema = z.object({
  PORTHOLE_ORIGIN: originSchema,
  /** Without a password: that stands in the file below. */
  PORTHOLE_DATABASE_URL: z.url({ protocol: /^postgres(?:ql)?$/ }),
  PORTHOLE_DATABASE_PASSWORD_FILE: fileSchema,
  /** The vault's public half: with it the portal can write a pool's password and never read one. */
  PORTHOLE_VAULT_PUBLIC_KEY_FILE: fileSchema,
  /** Seals the seeds of second factors and opens nothing else; mode 0400 or 0600. */
  PORTHOLE_FACTOR_KEY_FILE: fileSchema,
  /** `open`: whoever is signed in may make an organisation of their own. */
  PORTHOLE_SIGN_UP: z.enum(['open', 'closed']).default('closed'),
  PORTHOLE_LOG_LEVEL: logLevelSchema,
  NODE_ENV: z.string().default('production'),
});

export interface Env {
  origin: string;
  databaseUrl: string;
  databasePasswordFile: string;
  vaultPublicKeyFile: string;
  factorKeyFile: string;
  signUp: boolean;
  logLevel: string;
  isDevelopment: boolean;
}

/** For the start of the process: what is missing is told on stderr, as sentences and not as a trace. */
export function loadEnvOrExit(): Env {
  try {
    return loadEnv();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}

/**
 * Reads and checks the environment; the only place of this app that does.
 *
 * @throws SettingsError that lists every problem at once, one a line
 */
export function loadEnv(source: Record<string, string | undefined> = process.env): Env {
  const env = readSettings('portal', envSchema, source);
  return {
    origin: env.PORTHOLE_ORIGIN,
    databaseUrl: env.PORTHOLE_DATABASE_URL,
    databasePasswordFile: env.PORTHOLE_DATABASE_PASSWORD_FILE,
    vaultPublicKeyFile: env.PORTHOLE_VAULT_PUBLIC_KEY_FILE,
    factorKeyFile: env.PORTHOLE_FACTOR_KEY_FILE,
    signUp: env.PORTHOLE_SIGN_UP === 'open',
    logLevel: env.PORTHOLE_LOG_LEVEL,
    isDevelopment: env.NODE_ENV === 'development',
  };
}
