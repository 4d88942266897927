import {
  egressShape,
  logLevelSchema,
  noDemoInProduction,
  originSchema,
  readSettings,
} from '@porthole/settings';
import { z } from 'zod';

const fileSchema = z.string().min(1);

const envSchema = z
  .object({
    ...egressShape,
    PORTHOLE_ORIGIN: originSchema,
    /** Without a password: that stands in the file below. */
    PORTHOLE_DATABASE_URL: z.url({ protocol: /^postgres(?:ql)?$/ }),
    PORTHOLE_DATABASE_PASSWORD_FILE: fileSchema,
    /** The vault's public half: with it the portal can write a pool's password and never read one. */
    PORTHOLE_VAULT_PUBLIC_KEY_FILE: fileSchema,
    /** Seals the seeds of second factors and opens nothing else; mode 0400 or 0600. */
    PORTHOLE_FACTOR_KEY_FILE: fileSchema,
    /** Seals the secrets of organisations' issuers, and opens nothing else; without it nobody sets single sign-on up. */
    PORTHOLE_SSO_KEY_FILE: z.string().optional(),
    /** `open`: whoever is signed in may make an organisation of their own. */
    PORTHOLE_SIGN_UP: z.enum(['open', 'closed']).default('closed'),
    PORTHOLE_LOG_LEVEL: logLevelSchema,
    NODE_ENV: z.string().default('production'),
  })
  .refine(noDemoInProduction.allows, noDemoInProduction.problem);

export interface Env {
  origin: string;
  databaseUrl: string;
  databasePasswordFile: string;
  vaultPublicKeyFile: string;
  factorKeyFile: string;
  ssoKeyFile: string | null;
  /** What may be reached for single sign-on. */
  egress: {
    demoEndpoints: readonly string[];
    allowedCidrs: readonly string[];
    ownAddresses: readonly string[];
    /** Empty: the default of libs/egress. */
    allowedPorts: readonly number[];
  };
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
    ssoKeyFile: env.PORTHOLE_SSO_KEY_FILE || null,
    egress: {
      demoEndpoints: env.PORTHOLE_DEMO_ENDPOINTS,
      allowedCidrs: env.PORTHOLE_ALLOWED_CIDRS,
      ownAddresses: env.PORTHOLE_OWN_ADDRESSES,
      allowedPorts: env.PORTHOLE_ALLOWED_PORTS,
    },
    signUp: env.PORTHOLE_SIGN_UP === 'open',
    logLevel: env.PORTHOLE_LOG_LEVEL,
    isDevelopment: env.NODE_ENV === 'development',
  };
}
