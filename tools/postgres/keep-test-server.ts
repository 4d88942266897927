// Keeps the test server of this checkout: starts it on fresh data, writes down how to reach it, and stops it when
// nobody uses it any more, so that no server outlives a test run, however that ended.
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startPostgres } from './embedded-postgres.ts';
import { prepareRoles } from './prepare-database.ts';
import { hasLivingUsers, serverFile, type TestServer } from './test-server.ts';

const LOOK_EVERY_MS = 500;
/** Test files come and go in processes of their own: between two of them nobody uses the server for a moment. */
const IDLE_MS = 8_000;

const password = (): string => randomBytes(24).toString('base64url');
const home = mkdtempSync(path.join(os.tmpdir(), 'porthole-test-postgres-'));
// The server runs as another account when we are root: it must be able to pass through.
chmodSync(home, 0o711);
const postgres = await startPostgres({
  dataDir: path.join(home, 'data'),
  passwordFile: path.join(home, 'superuser'),
  fsync: false,
});
let stopping = false;
const stop = async (): Promise<void> => {
  if (stopping) return;
  stopping = true;
  rmSync(serverFile, { force: true });
  await postgres.stop();
  rmSync(home, { recursive: true, force: true });
  process.exit(0);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
void postgres.ended.then(stop);
// Whatever goes wrong in here, the server must not stay behind.
process.on('uncaughtException', () => void stop());

const passwords = {
  owner: password(),
  portal: password(),
  relay: password(),
  worker: password(),
  courier: password(),
};
await prepareRoles(postgres.superuserUrl, passwords);
const server: TestServer = { keeperPid: process.pid, superuserUrl: postgres.superuserUrl, passwords };
writeFileSync(`${serverFile}.draft`, JSON.stringify(server), { mode: 0o600 });
renameSync(`${serverFile}.draft`, serverFile);

let lastUse = Date.now();
while (Date.now() - lastUse < IDLE_MS) {
  await wait(LOOK_EVERY_MS);
  if (hasLivingUsers()) lastUse = Date.now();
}
await stop();
