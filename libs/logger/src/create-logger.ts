import { type DestinationStream, type Logger, pino } from 'pino';
import { errorFields } from './error-fields.ts';
import { REDACTED_PATHS } from './redaction.ts';

export type { Logger };

export interface LoggerOptions {
  /** The process that speaks: `portal`, `ws-relay`, `pool-worker`. */
  app: string;
  level?: string;
  /** Where lines go; standard output if left out. */
  destination?: DestinationStream;
}

/**
 * The one way to a logger. One JSON object a line, constant messages, errors under `err`, secrets redacted by
 * {@link REDACTED_PATHS}. Made once in `main.ts` and passed as an argument; no lib holds a logger of its own.
 */
export function createLogger({ app, level = 'info', destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: { app },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: [...REDACTED_PATHS], censor: '[redacted]' },
    serializers: { err: (error: unknown) => errorFields(error) },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
