import { createPgPool, listen } from '@porthole/db';
import { DEFAULT_PORTS } from '@porthole/egress';
import { createLogger } from '@porthole/logger';
import { SettingsError } from '@porthole/settings';
import { loadPrivateKeys } from '@porthole/vault';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { systemClock } from './clock.ts';
import { loadEnv } from './env.ts';
import { type Relay, startRelay } from './relay.ts';

const env = envOrExit();
const log = createLogger({ app: 'ws-relay', level: env.logLevel });
const database = {
  url: env.databaseUrl,
  passwordFile: env.databasePasswordFile,
  applicationName: `ws-relay ${env.relayId}`,
  log,
};
const pool = createPgPool(database);
const registry = new Registry();
collectDefaultMetrics({ register: registry });
const relay = await start().catch((err: unknown) => {
  log.fatal({ err }, 'the relay could not start');
  process.exit(1);
});
const hints = listen({
  ...database,
  channels: ['authority', 'check_handed'],
  onNotify: ({ channel }) => (channel === 'authority' ? relay.hintAuthority() : relay.hintChecks()),
  onGap: () => {
    relay.hintAuthority();
    relay.hintChecks();
  },
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal));

async function start(): Promise<Relay> {
  const { allowedCidrs, demoEndpoints, ownAddresses } = env;
  const allowedPorts = env.allowedPorts.length === 0 ? DEFAULT_PORTS : env.allowedPorts;
  return startRelay({
    ...env,
    egress: { allowedCidrs, demoEndpoints, ownAddresses, allowedPorts },
    keys: loadPrivateKeys(env.relayKeyFiles),
    pool,
    registry,
    clock: systemClock,
    log,
    drainTimes: { spreadMs: env.drainMs, hardStopMs: env.drainHardMs },
  });
}

async function stop(signal: string): Promise<void> {
  log.info({ signal }, 'stopping');
  await relay.stop();
  await hints.close();
  await pool.end();
  process.exit(0);
}

function envOrExit() {
  try {
    return loadEnv(process.env);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return process.exit(1);
  }
}
