const SECRET_FIELDS = [
  'password',
  'passwordHash',
  'ticket',
  'secret',
  'token',
  'sessionRef',
  'session_id',
  'binder',
  'cookie',
  'authorization',
  'privateKey',
  'plaintext',
] as const;

/** Paths whose values never reach a log line: each secret field at the top, one level and two levels down. */
export const REDACTED_PATHS: readonly string[] = SECRET_FIELDS.flatMap((field) => [
  field,
  `*.${field}`,
  `*.*.${field}`,
]);
