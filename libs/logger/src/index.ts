export { createLogger, type Logger, type LoggerOptions } from './create-logger.ts';
export { REDACTED_PATHS } from './redaction.ts';
