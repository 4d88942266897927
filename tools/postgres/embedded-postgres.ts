import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '../processes/free-port.ts';
import { PlainError } from '../processes/plain-error.ts';
import { clearLeftOverServer } from './left-over-server.ts';
import { POSTGRES_MAJOR, postgresAccount, postgresBinaries, reachableDataDir } from './postgres-binaries.ts';

/** How long a server may take until it accepts connections: recovery after a kill is the slow case. */
const READY_MS = 60_000;
const STOP_MS = 15_000;
const BIND_TRIES = 3;

export interface PostgresOptions {
  /** Where its files live; made when missing. As root it may be moved below the temporary folder, see the result. */
  dataDir: string;
  /** 0600 file with the superuser's password; written when missing. */
  passwordFile: string;
  /** A port of 127.0.0.1; a free one when left out. */
  port?: number;
  /** False only where the data may be lost: tests. */
  fsync: boolean;
}

export interface RunningPostgres {
  port: number;
  pid: number;
  dataDir: string;
  /** Superuser, database `postgres`, password included. */
  superuserUrl: string;
  /** Resolves when the server has ended, asked or not, with the last lines it said. */
  ended: Promise<string>;
  stop(): Promise<void>;
}

export const SUPERUSER = 'postgres';

/**
 * Starts PostgreSQL from the npm package's binaries, on 127.0.0.1 only, with scram passwords, as `nobody` when we are
 * root (PostgreSQL refuses root). A server that an earlier, killed run left on the same data is stopped first.
 *
 * @throws PlainError when the data is damaged or of another version, or the server does not come up.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const dataDir = reachableDataDir(options.dataDir);
  // The way there stays open to PostgreSQL's own account; only the data itself is closed to others.
  mkdirSync(path.dirname(dataDir), { recursive: true });
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const account = postgresAccount();
  if (account !== null) chownSync(dataDir, account.uid, account.gid);
  await clearLeftOverServer(dataDir);
  const binaries = postgresBinaries();
  if (!existsSync(path.join(dataDir, 'base'))) initialise(dataDir, options.passwordFile, binaries.initdb);
  refuseDamagedData(dataDir);
  const password = readPassword(options.passwordFile);
  for (let tries = 1; ; tries += 1) {
    const port = options.port ?? (await freePort());
    try {
      return await launch({ dataDir, port, password, fsync: options.fsync, postgres: binaries.postgres });
    } catch (error) {
      const taken = error instanceof PortTakenError && options.port === undefined;
      if (!taken || tries >= BIND_TRIES) throw error;
    }
  }
}

class PortTakenError extends PlainError {}

function initialise(dataDir: string, passwordFile: string, initdb: string): void {
  if (!existsSync(passwordFile)) {
    mkdirSync(path.dirname(passwordFile), { recursive: true, mode: 0o700 });
    writeFileSync(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  }
  // initdb runs as another account, so the password is handed over in a folder that only that account can read.
  const handover = mkdtempSync(path.join(os.tmpdir(), 'porthole-initdb-'));
  const account = postgresAccount();
  try {
    const copy = path.join(handover, 'password');
    writeFileSync(copy, readFileSync(passwordFile), { mode: 0o600 });
    if (account !== null) for (const file of [handover, copy]) chownSync(file, account.uid, account.gid);
    const args = ['-D', dataDir, '-U', SUPERUSER, '--auth=scram-sha-256', `--pwfile=${copy}`];
    execFileSync(initdb, [...args, '--locale=C.UTF-8', '-E', 'UTF8', '--no-sync'], {
      ...account,
      cwd: dataDir,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  } catch (error) {
    throw new PlainError(
      `PostgreSQL could not prepare its data in ${dataDir}: ${lastWords(error)}`,
      'Check that the disk has room and that the folder is empty, then start again.',
      { cause: error },
    );
  } finally {
    rmSync(handover, { recursive: true, force: true });
  }
}

function lastWords(error: unknown): string {
  const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  return stderr.split('\n').at(-1) || (error instanceof Error ? error.message : String(error));
}

function refuseDamagedData(dataDir: string): void {
  let version = '';
  try {
    version = readFileSync(path.join(dataDir, 'PG_VERSION'), 'utf8').trim();
  } catch {
    throw new PlainError(
      `The data folder ${dataDir} is damaged: its PG_VERSION cannot be read.`,
      'Start afresh with: npm start -- --reset',
    );
  }
  if (version !== POSTGRES_MAJOR) {
    throw new PlainError(
      `The data folder ${dataDir} was written by PostgreSQL ${version.slice(0, 20)}, this is ${POSTGRES_MAJOR}.`,
      'Start afresh with: npm start -- --reset',
    );
  }
}

function readPassword(file: string): string {
  try {
    const password = readFileSync(file, 'utf8').trim();
    if (/^[A-Za-z0-9_-]{16,}$/.test(password)) return password;
  } catch (error) {
    throw new PlainError(
      `The database password ${file} cannot be read.`,
      'Start afresh with: npm start -- --reset',
      { cause: error },
    );
  }
  throw new PlainError(
    `The database password ${file} is damaged.`,
    'Start afresh with: npm start -- --reset',
  );
}

interface LaunchInput {
  dataDir: string;
  port: number;
  password: string;
  fsync: boolean;
  postgres: string;
}

async function launch({ dataDir, port, password, fsync, postgres }: LaunchInput): Promise<RunningPostgres> {
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200'];
  if (!fsync) settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off');
  const args = ['-D', dataDir, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  // A group of its own: Ctrl-C at the terminal must not stop the database before the apps have closed.
  const child = spawn(postgres, args, {
    ...postgresAccount(),
    cwd: dataDir,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = lastLinesOf(child);
  const ended = new Promise<string>((resolve) => child.once('close', () => resolve(said())));
  await readyOrThrow(child, port, said);
  const { pid } = child;
  if (pid === undefined) throw new Error('PostgreSQL has no process id');
  return {
    port,
    pid,
    dataDir,
    superuserUrl: `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`,
    ended,
    stop: () => stopServer(child, ended),
  };
}

async function stopServer(child: ChildProcess, ended: Promise<string>): Promise<void> {
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  // SIGINT is PostgreSQL's fast shutdown: clients are cut off, the data is left clean.
  child.kill('SIGINT');
  await ended;
  clearTimeout(killer);
}

function lastLinesOf(child: ChildProcess): () => string {
  let tail = '';
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (chunk: string) => {
    tail = (tail + chunk).slice(-4000);
  });
  return () => tail.trim();
}

async function readyOrThrow(child: ChildProcess, port: number, said: () => string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => finish(new Error('PostgreSQL did not become ready')), READY_MS);
    const finish = (error?: Error): void => {
      clearTimeout(timer);
      child.stderr?.off('data', look);
      child.off('close', gone);
      child.off('error', finish);
      if (error === undefined) {
        resolve();
      } else {
        child.kill('SIGKILL');
        reject(error);
      }
    };
    const look = (): void => {
      if (said().includes('ready to accept connections')) finish();
    };
    const gone = (): void => finish(whyNot(said(), port));
    child.stderr?.on('data', look);
    child.once('close', gone);
    child.once('error', finish);
  });
}

function whyNot(words: string, port: number): PlainError {
  if (words.includes('could not bind') || words.includes('Address already in use'))
    return new PortTakenError(
      `Port ${port} of the database is taken by another program.`,
      'Stop it and start again.',
    );
  return new PlainError(
    `PostgreSQL did not start. Its last words: ${words.split('\n').slice(-3).join(' / ')}`,
    'If the data is damaged, start afresh with: npm start -- --reset',
  );
}
