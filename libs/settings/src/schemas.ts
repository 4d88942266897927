import { z } from 'zod';

/** A port of TCP. */
export const portSchema = z.number().int().min(1).max(65_535);

/** `scheme://host[:port]` exactly as browsers send it in `Origin`: lower case, no path, no port that goes without saying. */
export const originSchema = z
  .string()
  .regex(
    /^(?!http:.*:80$|https:.*:443$)https?:\/\/(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(?::[1-9][0-9]{0,4})?$/,
    'is not an origin such as https://console.example',
  );

/** Values parted by commas; none where the setting is absent. */
export const listSchema = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );

/** One key file, and perhaps older ones whose rows still open. */
export const keyFilesSchema = listSchema.refine((paths) => paths.length > 0, 'at least one key file');

export const logLevelSchema = z
  .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
  .default('info');

/** What each app that dials hosts is told about where it may. */
export const egressShape = {
  NODE_ENV: z.string().default('development'),
  PORTHOLE_PROFILE: z.string().default('demo'),
  PORTHOLE_DEMO_ENDPOINTS: listSchema,
  PORTHOLE_ALLOWED_CIDRS: listSchema,
  /** Empty: the default of libs/egress. */
  PORTHOLE_ALLOWED_PORTS: listSchema.transform((ports) => ports.map(Number)).pipe(z.array(portSchema)),
  PORTHOLE_OWN_ADDRESSES: listSchema,
};

/** Loopback is for demo and tests: production refuses the key (architecture §6). */
export const noDemoInProduction = {
  allows: (env: {
    NODE_ENV: string;
    PORTHOLE_PROFILE: string;
    PORTHOLE_DEMO_ENDPOINTS: readonly string[];
  }): boolean =>
    env.PORTHOLE_DEMO_ENDPOINTS.length === 0 ||
    !(env.NODE_ENV === 'production' && env.PORTHOLE_PROFILE === 'production'),
  problem: { path: ['PORTHOLE_DEMO_ENDPOINTS'], message: 'refused in production: it opens loopback' },
};
