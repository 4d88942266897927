import { z } from 'zod';

const port = z.number().int().min(1).max(65_535);
const seconds = z.coerce.number().int().min(0).max(3_600);
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
    PORTHOLE_RELAY_ID: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'lower case letters, digits and dashes, at most 32'),
    PORTHOLE_HOST: z.string().default('127.0.0.1'),
    PORTHOLE_PORT: z.coerce.number().pipe(port),
    PORTHOLE_ORIGIN: list
      .refine((origins) => origins.length > 0, 'at least one origin, such as https://porthole.example')
      .refine(
        (origins) => origins.every(isOrigin),
        'each must be scheme, host and port alone, as a browser sends it',
      ),
    PORTHOLE_DATABASE_URL: z.string().min(1),
    PORTHOLE_DATABASE_PASSWORD_FILE: z.string().min(1),
    PORTHOLE_RELAY_KEY_FILE: list.refine((paths) => paths.length > 0, 'at least one key file'),
    PORTHOLE_JOURNAL_DIR: z.string().min(1),
    PORTHOLE_DEMO_ENDPOINTS: list,
    PORTHOLE_ALLOWED_CIDRS: list,
    PORTHOLE_ALLOWED_PORTS: list.transform((ports) => ports.map(Number)).pipe(z.array(port)),
    PORTHOLE_OWN_ADDRESSES: list,
    PORTHOLE_TRUSTED_PROXY: list,
    PORTHOLE_DRAIN_SECONDS: seconds.default(60),
    PORTHOLE_DRAIN_HARD_SECONDS: seconds.default(120),
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
      `The environment of ws-relay isn’t complete:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
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
    logLevel: env.PORTHOLE_LOG_LEVEL,
  };
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
