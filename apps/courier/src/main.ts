import { createPgPool, type DbOptions } from '@porthole/db';
import { createLogger, type Logger } from '@porthole/logger';
import { SettingsError } from '@porthole/settings';
import { type Env, loadEnv } from './env.ts';
import { MailQueue } from './mail/mail-queue.ts';
import { smtpPostBox } from './mail/post-box.ts';
import { startCourier } from './start-courier.ts';

/** Longest way down after a signal, in milliseconds: one mail may be under way. */
const STOP_PATIENCE_MS = 15_000;
const MAX_CONNECTIONS = 4;

async function main(): Promise<void> {
  const env = readEnv();
  const log = createLogger({ app: 'courier', level: env.logLevel });
  const database: DbOptions = {
    url: env.databaseUrl,
    passwordFile: env.databasePasswordFile,
    applicationName: 'courier',
    maxConnections: MAX_CONNECTIONS,
    log,
  };
  const pool = createPgPool(database);
  await pool.query('SELECT 1');
  const courier = startCourier({
    queue: new MailQueue(pool),
    postBox: smtpPostBox(env),
    database,
    origin: env.origin,
    log,
  });
  onStopSignal(log, async () => {
    await courier.stop();
    await pool.end();
  });
}

function readEnv(): Env {
  try {
    return loadEnv(process.env);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const log = createLogger({ app: 'courier' });
    for (const problem of error.problems) log.fatal({ problem }, 'the environment is not complete');
    process.exit(1);
  }
}

function onStopSignal(log: Logger, stop: () => Promise<void>): void {
  let isStopping = false;
  const onSignal = (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error('the way down took too long');
      process.exit(1);
    }, STOP_PATIENCE_MS).unref();
    stop().then(
      () => log.info('stopped'),
      (err: unknown) => {
        log.error({ err }, 'the way down failed');
        process.exitCode = 1;
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

main().catch((err: unknown) => {
  createLogger({ app: 'courier' }).fatal({ err }, 'the courier cannot start');
  process.exit(1);
});
