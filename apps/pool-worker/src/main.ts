import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { createDb, type DbOptions } from '@porthole/db';
import { DEFAULT_PORTS, type EgressPolicy, probeCertificate } from '@porthole/egress';
import { AppError } from '@porthole/errors';
import { createLogger, type Logger } from '@porthole/logger';
import { SettingsError } from '@porthole/settings';
import { loadPrivateKeys, loadPublicKey } from '@porthole/vault';
import { type Env, loadEnv } from './env.ts';
import { startWorker } from './start-worker.ts';
import { DEFAULT_TIMING } from './timing.ts';

/** Longest way down after a signal, in milliseconds; then the process ends as it stands. */
const STOP_PATIENCE_MS = 15_000;

async function main(): Promise<void> {
  const env = readEnv();
  const log = createLogger({ app: 'pool-worker', level: env.logLevel });
  const keys = readKeys(env, log);
  const database: DbOptions = {
    url: env.databaseUrl,
    passwordFile: env.databasePasswordFile,
    applicationName: 'pool-worker',
    log,
  };
  const db = createDb(database);
  await db.ping();
  const worker = await startWorker({
    db,
    database,
    log,
    ...keys,
    policyFor: (allowedCidrs) => policyOf(env, allowedCidrs),
    probe: probeCertificate,
    timing: DEFAULT_TIMING,
    now: () => new Date(),
    holder: `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`,
  });
  onStopSignal(log, async () => {
    await worker.stop();
    await db.close();
  });
}

function readEnv(): Env {
  try {
    return loadEnv(process.env);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const log = createLogger({ app: 'pool-worker' });
    for (const problem of error.problems) log.fatal({ problem }, 'the environment is not complete');
    process.exit(1);
  }
}

/** Both keys are tried, so that one start tells of both problems. */
function readKeys(env: Env, log: Logger) {
  const attempt = <T>(load: () => T): T | null => {
    try {
      return load();
    } catch (err) {
      log.fatal({ err }, 'a key cannot be used');
      return null;
    }
  };
  const vaultKeys = attempt(() => loadPrivateKeys(env.vaultKeyFiles));
  const relayKey = attempt(() => loadPublicKey(env.relayPublicKeyFile));
  if (vaultKeys === null || relayKey === null) process.exit(1);
  return { vaultKeys, relayKey };
}

function policyOf(env: Env, allowedCidrs: readonly string[]): EgressPolicy {
  return {
    allowedCidrs: [...env.allowedCidrs, ...allowedCidrs],
    demoEndpoints: env.demoEndpoints,
    ownAddresses: env.ownAddresses,
    allowedPorts: env.allowedPorts.length === 0 ? DEFAULT_PORTS : env.allowedPorts,
  };
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
  const log = createLogger({ app: 'pool-worker' });
  log.fatal(
    { err, says: err instanceof AppError ? err.publicMessage : undefined },
    'the worker cannot start',
  );
  process.exit(1);
});
