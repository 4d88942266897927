// What every command does before TypeScript can run: the right Node, installed packages, the generated database client.
// Plain JavaScript, no packages.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');
const LEAST_NODE = [20, 19];

/**
 * Runs a TypeScript command of this folder in the foreground and ends with its exit code.
 *
 * @param {string} script a path below tools/.
 * @param {string[]} flags of Node.
 */
export function run(script, flags = []) {
  requireNode();
  installWhenNeeded();
  generateWhenNeeded();
  const file = path.join(root, 'tools', script);
  const tsx = path.join(root, 'node_modules/tsx/dist/esm/index.mjs');
  const child = spawn(
    process.execPath,
    [...flags, '--import', `file://${tsx}`, file, ...process.argv.slice(2)],
    {
      cwd: root,
      stdio: 'inherit',
    },
  );
  // The terminal sends Ctrl-C to the whole group; a supervisor's SIGTERM reaches only us and is passed on.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return;
  fail(`Porthole needs Node ${LEAST_NODE.join('.')} or newer; this is ${process.versions.node}.`, [
    'Install a newer Node from your system or nodejs.org, then run the same command again.',
  ]);
}

/** npm writes node_modules/.package-lock.json last: older than the lock, an install is missing or was cut short. */
function installWhenNeeded() {
  const lock = path.join(root, 'package-lock.json');
  const mark = path.join(root, 'node_modules/.package-lock.json');
  if (existsSync(mark) && statSync(mark).mtimeMs >= statSync(lock).mtimeMs) return;
  if (existsSync(mark) && samePackages(lock, mark)) return;
  const started = Date.now();
  process.stdout.write('Installing packages (npm ci) …\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const done = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (done.status !== 0)
    fail('The packages could not be installed (npm ci failed, see above).', [
      'Check that this machine reaches the npm registry and has room on its disk, then run the same command again.',
    ]);
  process.stdout.write(`Installed in ${Math.round((Date.now() - started) / 1000)} s\n`);
}

/** Prisma's client is generated, not committed: made when it is missing or its schema or Prisma itself changed. */
function generateWhenNeeded() {
  const shapedBy = ['prisma/schema.prisma', 'package-lock.json'].map((file) =>
    readFileSync(path.join(root, file)),
  );
  const wanted = createHash('sha256').update(shapedBy[0]).update(shapedBy[1]).digest('hex');
  const stamp = path.join(root, '.porthole/build/client.sha256');
  const isThere = existsSync(path.join(root, 'libs/db/src/generated/client.ts'));
  if (isThere && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const done = spawnSync(
    process.execPath,
    [path.join(root, 'node_modules/prisma/build/index.js'), 'generate'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  if (done.status !== 0)
    fail(`The database client could not be generated:\n${done.stdout}${done.stderr}`, [
      'Correct what it says in prisma/schema.prisma, then run the same command again.',
    ]);
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

/** A fresh checkout touches the lock's time without changing a word: compare what is installed before installing anew. */
function samePackages(lock, mark) {
  try {
    const wanted = JSON.parse(readFileSync(lock, 'utf8')).packages;
    const installed = JSON.parse(readFileSync(mark, 'utf8')).packages;
    return Object.entries(wanted).every(([name, entry]) => {
      if (!name.includes('node_modules/') || entry.link) return true;
      return installed[name] === undefined
        ? entry.optional === true
        : installed[name].version === entry.version;
    });
  } catch {
    return false;
  }
}

function fail(sentence, wayOn) {
  process.stderr.write(`\n${sentence}\n${wayOn.join('\n')}\n`);
  process.exit(1);
}
