import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import path from 'node:path';
import { withFileLock } from '../processes/file-lock.ts';
import { PlainError } from '../processes/plain-error.ts';
import { rootDir } from './stack-paths.ts';

/** Where the entries of one build are; folders of their own, so that a later build disturbs nothing that runs. */
export interface Built {
  portal: string;
  relay: string;
  worker: string;
  courier: string;
}

const buildDir = path.join(rootDir, '.porthole/build');
/** Builds that are kept: the one in use, and the one before it. */
const KEPT = 2;
const PATIENCE_MS = 15 * 60_000;
const SHAPED_BY = [
  'apps',
  'libs',
  'prisma/schema.prisma',
  'package-lock.json',
  'tsconfig.base.json',
  'nx.json',
];
/** What builds themselves leave behind. */
const IGNORED = new Set(['node_modules', 'dist', '.next', 'generated', 'next-env.d.ts']);

/**
 * Production builds of the apps, made only when something that shapes them changed.
 *
 * @param say told when a build is really needed, and when it is done.
 * @throws PlainError with the end of what the build said.
 */
export async function buildApps(say: (line: string) => void, signal?: AbortSignal): Promise<Built> {
  return await withFileLock(path.join(buildDir, 'lock'), PATIENCE_MS, async () => {
    const folder = path.join(buildDir, `apps-${hashOf(SHAPED_BY).slice(0, 16)}`);
    const built: Built = {
      portal: path.join(folder, 'portal/apps/portal/server.js'),
      relay: path.join(folder, 'relay/main.mjs'),
      worker: path.join(folder, 'worker/main.mjs'),
      courier: path.join(folder, 'courier/main.mjs'),
    };
    if (existsSync(folder)) {
      utimesSync(folder, new Date(), new Date());
      return built;
    }
    say('building portal, relay, worker and courier (about a minute; later starts skip this)');
    await runNode(
      ['node_modules/nx/dist/bin/nx.js', 'run-many', '-t', 'build', '--parallel=2', '--outputStyle=stream'],
      'The apps could not be built.',
      signal,
    );
    collect(folder);
    forgetOldBuilds();
    say('built');
    return built;
  });
}

/** Moves what the builds left into a folder of its own, whole or not at all. */
function collect(folder: string): void {
  const draft = `${folder}.draft`;
  rmSync(draft, { recursive: true, force: true });
  const copy = (from: string, to: string): void => {
    const source = path.join(rootDir, from);
    if (existsSync(source)) cpSync(source, path.join(draft, to), { recursive: true, verbatimSymlinks: true });
  };
  copy('apps/portal/.next/standalone', 'portal');
  // Next leaves what it serves as files out of its standalone folder (its documentation: "output").
  copy('apps/portal/.next/static', 'portal/apps/portal/.next/static');
  copy('apps/portal/public', 'portal/apps/portal/public');
  copy('apps/ws-relay/dist', 'relay');
  copy('apps/pool-worker/dist', 'worker');
  copy('apps/courier/dist', 'courier');
  renameSync(draft, folder);
}

function forgetOldBuilds(): void {
  const builds = readdirSync(buildDir)
    .filter((name) => name.startsWith('apps-'))
    .map((name) => ({ name, usedAt: statSync(path.join(buildDir, name)).mtimeMs }))
    .sort((a, b) => b.usedAt - a.usedAt);
  for (const { name } of builds.slice(KEPT))
    rmSync(path.join(buildDir, name), { recursive: true, force: true });
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
