import { z } from 'zod';

const port = z.number().int().min(1).max(65_535);
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );

const schema = z
  .object({
    NODE_ENV: z.string().default('development'),
    PORTHOLE_PROFILE: z.string().default('demo'),
    PORTHOLE_DATABASE_URL: z.string().min(1),
    PORTHOLE_DATABASE_PASSWORD_FILE: z.string().min(1),
    PORTHOLE_VAULT_KEY_FILE: list.refine((paths) => paths.length > 0, 'at least one key file'),
    PORTHOLE_RELAY_PUBLIC_KEY_FILE: z.string().min(1),
    PORTHOLE_DEMO_ENDPOINTS: list,
    PORTHOLE_ALLOWED_CIDRS: list,
    PORTHOLE_ALLOWED_PORTS: list.transform((ports) => ports.map(Number)).pipe(z.array(port)),
    PORTHOLE_OWN_ADDRESSES: list,
    PORTHOLE_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  })
  .refine(
    (env) =>
      env.PORTHOLE_DEMO_ENDPOINTS.length === 0 ||
      !(env.NODE_ENV === 'production' && env.PORTHOLE_PROFILE === 'production'),
    {
      path: ['PORTHOLE_DEMO_ENDPOINTS'],
      message: 'refused in production: it opens loopback (architecture §6)',
    },
  );

export type Env = ReturnType<typeof loadEnv>;

/** Every problem of the environment at once, one line each. */
export class EnvError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `The environment of pool-worker isn’t complete:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    );
    this.name = 'EnvError';
    this.problems = problems;
  }
}

/**
 * Reads the environment once, when the process starts.
 *
 * @throws EnvError with all problems, never a value of the environment
 */
export function loadEnv(source: NodeJS.ProcessEnv) {
  const parsed = schema.safeParse(source);
  if (!parsed.success)
    throw new EnvError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  const env = parsed.data;
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
