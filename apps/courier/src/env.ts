import { logLevelSchema, originSchema, portSchema, readSettings } from '@porthole/settings';
import { z } from 'zod';

/** How the line to the mail server is secured: TLS from the first byte, TLS asked for before anything else, or not at all. */
export const SMTP_TLS = ['tls', 'starttls', 'none'] as const;
export type SmtpTls = (typeof SMTP_TLS)[number];

/** `Porthole <porthole@console.example>`, or the address alone. */
const senderSchema = z.string().regex(/^(?:[^<>"\p{Cc}]{1,80} )?<?[^\s<>@\p{Cc}]+@[^\s<>@\p{Cc}]+>?$/u);

const schema = z
  .object({
    NODE_ENV: z.string().default('development'),
    PORTHOLE_PROFILE: z.string().default('demo'),
    PORTHOLE_ORIGIN: originSchema,
    PORTHOLE_DATABASE_URL: z.string().min(1),
    PORTHOLE_DATABASE_PASSWORD_FILE: z.string().min(1),
    PORTHOLE_SMTP_HOST: z.string().min(1).max(255),
    PORTHOLE_SMTP_PORT: z.coerce.number().pipe(portSchema).default(587),
    PORTHOLE_SMTP_TLS: z.enum(SMTP_TLS).default('starttls'),
    PORTHOLE_SMTP_USER: z.string().default(''),
    PORTHOLE_SMTP_PASSWORD_FILE: z.string().default(''),
    /** Certificates to trust beside the public ones, PEM. */
    PORTHOLE_SMTP_CA_FILE: z.string().default(''),
    PORTHOLE_MAIL_FROM: senderSchema,
    PORTHOLE_LOG_LEVEL: logLevelSchema,
  })
  .refine((env) => (env.PORTHOLE_SMTP_USER === '') === (env.PORTHOLE_SMTP_PASSWORD_FILE === ''), {
    path: ['PORTHOLE_SMTP_USER'],
    message: 'goes with PORTHOLE_SMTP_PASSWORD_FILE: both or neither',
  })
  .refine((env) => env.PORTHOLE_SMTP_TLS !== 'none' || env.PORTHOLE_PROFILE !== 'production', {
    path: ['PORTHOLE_SMTP_TLS'],
    message: 'none is refused in production: links would travel in the open',
  })
  .refine((env) => env.PORTHOLE_SMTP_TLS !== 'none' || env.PORTHOLE_SMTP_USER === '', {
    path: ['PORTHOLE_SMTP_TLS'],
    message: 'none and a password don’t go together',
  });

export type Env = ReturnType<typeof loadEnv>;

/**
 * Reads the environment once, when the process starts.
 *
 * @throws SettingsError with all problems, never a value of the environment
 */
export function loadEnv(source: NodeJS.ProcessEnv) {
  const env = readSettings('courier', schema, source);
  const given = (text: string): string | null => (text === '' ? null : text);
  return {
    origin: env.PORTHOLE_ORIGIN,
    databaseUrl: env.PORTHOLE_DATABASE_URL,
    databasePasswordFile: env.PORTHOLE_DATABASE_PASSWORD_FILE,
    smtp: {
      host: env.PORTHOLE_SMTP_HOST,
      port: env.PORTHOLE_SMTP_PORT,
      tls: env.PORTHOLE_SMTP_TLS,
      user: given(env.PORTHOLE_SMTP_USER),
      passwordFile: given(env.PORTHOLE_SMTP_PASSWORD_FILE),
      caFile: given(env.PORTHOLE_SMTP_CA_FILE),
    },
    from: env.PORTHOLE_MAIL_FROM,
    logLevel: env.PORTHOLE_LOG_LEVEL,
  };
}
