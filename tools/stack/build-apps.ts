import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withFileLock } from '../processes/file-lock.ts';
import { PlainError } from '../processes/plain-error.ts';
import { rootDir } from './stack-paths.ts';

/** What must be there after a build, from the root. */
export const BUILT = {
  portal: 'apps/portal/.next/standalone/apps/portal/server.js',
  relay: 'apps/ws-relay/dist/main.mjs',
  worker: 'apps/pool-worker/dist/main.mjs',
} as const;

const PATIENCE_MS = 15 * 60_000;
const IGNORED = new Set(['node_modules', 'dist', '.next', 'generated', 'coverage']);

/**
 * Production builds of the apps, made only when something that shapes them changed.
 *
 * @param say told once when a build is really needed.
 * @returns whether anything was built.
 * @throws PlainError with the end of what the build said.
 */
export async function buildApps(say: (line: string) => void, signal?: AbortSignal): Promise<boolean> {
  const folder = path.join(rootDir, '.porthole/build');
  return await withFileLock(path.join(folder, 'lock'), PATIENCE_MS, async () => {
    await generateClient(folder);
    const wanted = hashOf(['apps', 'libs', 'package-lock.json', 'tsconfig.base.json', 'nx.json']);
    const stamp = path.join(folder, 'apps.sha256');
    const isThere = Object.values(BUILT).every((file) => existsSync(path.join(rootDir, file)));
    if (isThere && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return false;
    rmSync(stamp, { force: true });
    say('building portal, relay and worker (about a minute; later starts skip this)');
    await runNode(
      ['node_modules/nx/dist/bin/nx.js', 'run-many', '-t', 'build', '--parallel=2', '--outputStyle=stream'],
      'The apps could not be built.',
      signal,
    );
    addStaticFiles();
    writeFileSync(stamp, wanted);
    return true;
  });
}

/** Prisma's client is generated, not committed; made anew when the schema changes. */
export async function generateClient(folder = path.join(rootDir, '.porthole/build')): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const wanted = hashOf(['prisma/schema.prisma', 'package-lock.json']);
  const stamp = path.join(folder, 'client.sha256');
  const isThere = existsSync(path.join(rootDir, 'libs/db/src/generated/client.ts'));
  if (isThere && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  await runNode(
    ['node_modules/prisma/build/index.js', 'generate'],
    'The database client could not be generated.',
  );
  writeFileSync(stamp, wanted);
}

/** Next leaves what it serves as files out of its standalone folder (its documentation: "output"). */
function addStaticFiles(): void {
  const portal = path.join(rootDir, 'apps/portal');
  const standalone = path.join(portal, '.next/standalone/apps/portal');
  for (const [from, to] of [
    ['.next/static', '.next/static'],
    ['public', 'public'],
  ] as const) {
    const source = path.join(portal, from);
    const target = path.join(standalone, to);
    rmSync(target, { recursive: true, force: true });
    if (existsSync(source)) cpSync(source, target, { recursive: true });
  }
}

async function runNode(args: string[], failure: string, signal?: AbortSignal): Promise<void> {
  const said: string[] = [];
  const code = await new Promise<number | null>((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: rootDir,
      env: {
        ...process.env,
        NX_DAEMON: 'false',
        NX_TUI: 'false',
        NEXT_TELEMETRY_DISABLED: '1',
        NODE_ENV: 'production',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(signal === undefined ? {} : { signal }),
    });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(String(chunk)));
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  if (code === 0) return;
  const end = said.join('').trim().split('\n').slice(-40).join('\n');
  throw new PlainError(`${failure}\n${end}`, 'Correct what it says and start again.');
}

/** One hash over names and contents of files and folders, relative to the root. */
export function hashOf(entries: readonly string[]): string {
  const hash = createHash('sha256');
  const add = (relative: string): void => {
    const full = path.join(rootDir, relative);
    hash.update(`${relative}\0`).update(readFileSync(full)).update('\0');
  };
  const walk = (relative: string): void => {
    for (const entry of readdirSync(path.join(rootDir, relative), { withFileTypes: true }).sort(byName)) {
      if (IGNORED.has(entry.name) || /\.(?:test\.tsx?|md|tsbuildinfo)$/.test(entry.name)) continue;
      const inside = `${relative}/${entry.name}`;
      if (entry.isDirectory()) walk(inside);
      else if (entry.isFile()) add(inside);
    }
  };
  for (const entry of entries) {
    if (!existsSync(path.join(rootDir, entry))) continue;
    if (path.extname(entry) === '') walk(entry);
    else add(entry);
  }
  return hash.digest('hex');
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
