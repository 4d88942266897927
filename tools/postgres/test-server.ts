import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isAlive } from '../processes/is-alive.ts';
import type { RolePasswords } from './prepare-database.ts';

const root = path.join(import.meta.dirname, '../..');
/** State of the one test server of this checkout: who keeps it, how to reach it, who uses it. */
export const testServerDir = path.join(root, '.porthole/test-postgres');
export const serverFile = path.join(testServerDir, 'server.json');
const usersDir = path.join(testServerDir, 'users');
const START_MS = 60_000;

export interface TestServer {
  keeperPid: number;
  superuserUrl: string;
  passwords: RolePasswords;
}

/** The running test server; starts one when there is none. To be called under the lock of test-database.ts. */
export async function ensureTestServer(): Promise<TestServer> {
  registerUser();
  const running = runningTestServer();
  if (running !== null) return running;
  rmSync(serverFile, { force: true });
  const log = openSync(path.join(testServerDir, 'keeper.log'), 'w', 0o600);
  const keeper = path.join(import.meta.dirname, 'keep-test-server.ts');
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), keeper], {
    cwd: root,
    detached: true,
    stdio: ['ignore', log, log],
    // A test runner's own flags (NODE_OPTIONS, VITEST) are not the keeper's.
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', TMPDIR: process.env.TMPDIR ?? '/tmp' },
  });
  child.unref();
  const giveUpAt = Date.now() + START_MS;
  while (Date.now() < giveUpAt && child.exitCode === null) {
    const started = runningTestServer();
    if (started !== null) return started;
    await wait(20);
  }
  const words = readFileSync(path.join(testServerDir, 'keeper.log'), 'utf8').trim();
  throw new Error(`the test database server did not start: ${words}`);
}

function runningTestServer(): TestServer | null {
  try {
    const server: TestServer = JSON.parse(readFileSync(serverFile, 'utf8'));
    return isAlive(server.keeperPid) ? server : null;
  } catch {
    return null; // Not written yet, or swept away.
  }
}

/** The keeper stops the server some seconds after the last registered process is gone. */
function registerUser(): void {
  mkdirSync(usersDir, { recursive: true });
  writeFileSync(path.join(usersDir, String(process.pid)), '');
}

/** Whether any process that asked for the server still lives; forgets those that do not. */
export function hasLivingUsers({ but }: { but?: number } = {}): boolean {
  // A checkout that was removed has no users any more.
  if (!existsSync(usersDir)) return false;
  let living = false;
  for (const name of readdirSync(usersDir)) {
    if (isAlive(Number(name))) living ||= Number(name) !== but;
    else rmSync(path.join(usersDir, name), { force: true });
  }
  return living;
}
