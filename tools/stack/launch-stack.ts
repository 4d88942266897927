import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createDb } from '@porthole/db';
import {
  type FakePool,
  type FakeVmSpec,
  findQemu,
  missingForQemu,
  type QemuGuest,
  startQemuGuest,
} from '@porthole/fake-xenserver';
import { migrate } from '../../prisma/migrate.ts';
import { seedPeople } from '../demo/seed-people.ts';
import { seedPools } from '../demo/seed-pools.ts';
import { FRANKFURT, type StandIns, startStandIns, VIENNA } from '../demo/stand-in-pools.ts';
import { type Mailbox, startMailbox } from '../mailbox/mailbox.ts';
import { reachableDataDir } from '../postgres/postgres-binaries.ts';
import { databaseUrl, prepareDatabase, prepareRoles, withClient } from '../postgres/prepare-database.ts';
import { freePort, isPortFree, keepPort } from '../processes/free-port.ts';
import { PlainError } from '../processes/plain-error.ts';
import { ensureGuestKernel } from '../test-run/guest-kernel.ts';
import { type AppName, appSpecs, type Elsewhere } from './app-specs.ts';
import { type Built, buildApps, hashOf } from './build-apps.ts';
import { RunFile } from './run-file.ts';
import { rootDir, type StackPaths, stackPaths } from './stack-paths.ts';
import { ensureSecrets, type StackSecrets } from './stack-secrets.ts';
import { keptPoolPorts } from './stack-state.ts';
import { type AppEvents, SupervisedApp } from './supervised-app.ts';
import { SupervisedPostgres } from './supervised-postgres.ts';

export type { AppName, Elsewhere };

const DATABASE = 'porthole';

export interface StackOptions {
  /** Port of the printed address; a free one when left out. */
  port?: number;
  /** Where everything is kept; `.porthole/e2e` when left out. */
  dataDir?: string;
  /** Throw away what is there first. */
  fresh: boolean;
  /** A real Linux machine behind `web-01`. */
  qemu: 'require' | 'if-found' | 'no';
  relays?: number;
  /** Machines of the stand-in pool beside the demo's own. */
  moreMachines?: readonly FakeVmSpec[];
  /** Sources with reload instead of production builds. */
  dev?: boolean;
  quiet: boolean;
  /** Another service that people sign in at, and the names of this stack's little net. */
  elsewhere?: Elsewhere;
  /** Ends a launch that is under way; what is up by then is stopped. */
  signal?: AbortSignal;
  /** Told what happens, one line each; standard output unless quiet. */
  say?: (line: string) => void;
}

export interface Stack {
  origin: string;
  /** Superuser of the database `porthole`, for tests that look behind the walls. */
  superuserUrl: string;
  /** The demo's own pool, then one that nobody has added yet. */
  pools: [FakePool, FakePool];
  /** What both pools know their visitor by. */
  poolAccount: { username: string; password: string };
  /** The page of every mail that was sent. */
  mailbox: string;
  qemuGuest: QemuGuest | null;
  /** Why there is no real guest, or null. */
  noGuestBecause: string | null;
  relays: string[];
  logs: string;
  /** Process ids by app. */
  pids(): Record<string, number | null>;
  /** Ends one process as a crash would; it is started again. */
  kill(app: AppName): void;
  stop(): Promise<void>;
}

/**
 * Brings up the whole product on this machine: database, stand-in pool, mailbox, worker, courier, relays, portal, edge.
 *
 * @throws PlainError for everything that a person can do something about.
 */
export async function launchStack(options: StackOptions): Promise<Stack> {
  const say = options.say ?? (options.quiet ? () => undefined : (line: string) => console.log(line));
  const paths = stackPaths(options.dataDir ?? path.join(rootDir, '.porthole/e2e'));
  mkdirSync(paths.home, { recursive: true });
  const { run, cleared } = await RunFile.take(paths.runFile);
  if (cleared.length > 0) say(`stopped what an earlier run left behind: ${cleared.join(', ')}`);
  const launch = new Launch(options, paths, run, say);
  try {
    return await Promise.race([launch.up(), aborted(options.signal)]);
  } catch (error) {
    await launch.down();
    throw error;
  }
}

async function aborted(signal: AbortSignal | undefined): Promise<never> {
  return await new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason));
  });
}

/** One launch: what is started goes on a stack and is stopped in the opposite order. */
class Launch {
  private readonly options: StackOptions;
  private readonly paths: StackPaths;
  private readonly run: RunFile;
  private readonly say: (line: string) => void;
  private readonly stops: (() => Promise<void>)[] = [];
  private isDown: Promise<void> | null = null;

  constructor(options: StackOptions, paths: StackPaths, run: RunFile, say: (line: string) => void) {
    this.options = options;
    this.paths = paths;
    this.run = run;
    this.say = say;
  }

  async up(): Promise<Stack> {
    const { options, paths, run } = this;
    if (options.fresh) clear(paths);
    for (const folder of [paths.logs, paths.pools, paths.journal]) mkdirSync(folder, { recursive: true });
    const hasData = existsSync(path.join(reachableDataDir(paths.data), 'base'));
    const secrets = ensureSecrets(paths.secrets, hasData);
    const port = await this.publicPort();
    const origin = `http://localhost:${port}`;
    run.setOrigin(origin);

    const guestStarting = this.startGuest();
    // Awaited below; a failure in between must not count as unhandled.
    guestStarting.catch(() => undefined);
    const built = options.dev === true ? null : await buildApps(this.say, options.signal);
    const superuserUrl = await this.startDatabase(secrets);
    const { guest, because } = await guestStarting;
    const standIns = await this.startStandIns(guest);
    const mailbox = await startMailbox();
    this.onDown(() => mailbox.stop());
    const apps = await this.startApps({ built, origin, port, secrets, superuserUrl, standIns, mailbox });
    if (await this.isUnseeded(superuserUrl)) {
      this.say('adding the demo pool and waiting for its machines');
      await seedPools(origin, standIns);
    }
    return {
      origin,
      superuserUrl: withDatabase(superuserUrl, DATABASE),
      pools: [standIns.pool, standIns.spare],
      poolAccount: standIns.account,
      mailbox: mailbox.address,
      qemuGuest: guest,
      noGuestBecause: because,
      relays: apps.filter((app) => app.name.startsWith('relay')).map((app) => app.name),
      logs: paths.logs,
      pids: () => Object.fromEntries(apps.map((app) => [app.name, app.pid])),
      kill: (name) => apps.find((app) => app.name === name)?.kill('SIGKILL'),
      stop: () => this.down(),
    };
  }

  down(): Promise<void> {
    this.isDown ??= (async () => {
      for (const stop of this.stops.reverse()) await stop();
      this.run.release();
    })();
    return this.isDown;
  }

  /** What came up while everything already went down goes down at once. */
  private onDown(stop: () => Promise<void>): void {
    if (this.isDown === null) this.stops.push(stop);
    else void stop();
  }

  private async publicPort(): Promise<number> {
    const { port } = this.options;
    if (port === undefined) return await freePort();
    // The edge listens on it last; until then nobody else here may get it.
    keepPort(port);
    if (await isPortFree(port)) return port;
    throw new PlainError(
      `Port ${port} is taken by another program.`,
      `Stop that program, or take another port: npm start -- --port ${port + 1}`,
    );
  }

  private async startGuest(): Promise<{ guest: QemuGuest | null; because: string | null }> {
    const { qemu } = this.options;
    if (qemu === 'no') return { guest: null, because: 'it was not asked for' };
    // The kernel is fetched only where the machine could run it.
    if (missingForQemu().length === 1) ensureGuestKernel(this.say);
    if (findQemu() === null) {
      const because = `missing: ${missingForQemu().join(', ')}`;
      if (qemu === 'require')
        throw new PlainError(`There is no real guest: ${because}.`, 'Install what is missing.');
      return { guest: null, because };
    }
    try {
      const guest = await startQemuGuest({
        workDir: path.join(this.paths.home, 'guest'),
        hostname: 'web-01',
      });
      this.run.setChild('guest', guest.pid);
      this.onDown(() => guest.stop());
      return { guest, because: null };
    } catch (error) {
      if (qemu === 'require') throw error;
      return { guest: null, because: error instanceof Error ? error.message : String(error) };
    }
  }

  private async startDatabase(secrets: StackSecrets): Promise<string> {
    const { paths, run } = this;
    const postgres = new SupervisedPostgres(
      { dataDir: paths.data, passwordFile: secrets.files.superuser, fsync: true },
      { pid: (pid) => run.setChild('postgres', pid), say: this.say },
    );
    const superuserUrl = await postgres.start();
    this.onDown(() => postgres.stop());
    this.say('PostgreSQL is up');
    await prepareRoles(superuserUrl, secrets.rolePasswords);
    await prepareDatabase(superuserUrl, DATABASE);
    const urlOf = (role: 'owner' | 'portal'): string =>
      databaseUrl(superuserUrl, DATABASE, `porthole_${role}`, secrets.rolePasswords[role]);
    // Asking Prisma costs two seconds: only after a change of what it would run.
    const wanted = hashOf(['prisma', 'package-lock.json']);
    if (!existsSync(paths.migratedFile) || readFileSync(paths.migratedFile, 'utf8') !== wanted) {
      await migrate({ ownerUrl: urlOf('owner'), superuserUrl: withDatabase(superuserUrl, DATABASE) });
      writeFileSync(paths.migratedFile, wanted);
    }
    const db = createDb({ url: urlOf('portal') });
    try {
      if (await seedPeople(db)) this.say('roles, tables and the demo’s people are there');
    } finally {
      await db.close();
    }
    return superuserUrl;
  }

  private async startStandIns(guest: QemuGuest | null): Promise<StandIns> {
    const ports = await keptPoolPorts(this.paths.stateFile, FRANKFURT.hosts + VIENNA.hosts);
    const standIns = await startStandIns({
      folder: this.paths.pools,
      ports,
      guest,
      more: this.options.moreMachines ?? [],
    });
    this.onDown(async () => {
      await Promise.all([standIns.pool.stop(), standIns.spare.stop()]);
    });
    this.say(
      `stand-in pool ${FRANKFURT.name} is up, ${guest === null ? 'built-in guests only' : 'with a real Linux guest'}`,
    );
    return standIns;
  }

  private async startApps(input: {
    built: Built | null;
    origin: string;
    port: number;
    secrets: StackSecrets;
    superuserUrl: string;
    standIns: StandIns;
    mailbox: Mailbox;
  }): Promise<SupervisedApp[]> {
    const { standIns, superuserUrl } = input;
    const relays = await Promise.all(
      Array.from({ length: this.options.relays ?? 1 }, async (_, index) => ({
        name: `relay-${index + 1}` as const,
        port: await freePort(),
      })),
    );
    const specs = appSpecs({
      built: input.built,
      origin: input.origin,
      port: input.port,
      portalPort: await freePort(),
      relays,
      secrets: input.secrets,
      paths: this.paths,
      smtpPort: input.mailbox.smtpPort,
      databaseUrl: (role) => withoutPassword(databaseUrl(superuserUrl, DATABASE, `porthole_${role}`, '')),
      demoEndpoints: [...standIns.pool.hosts, ...standIns.spare.hosts].map(
        (host) => `${host.address}:${host.port}`,
      ),
      elsewhere: this.options.elsewhere ?? null,
    });
    const apps = specs.map((spec) => new SupervisedApp(spec, this.events()));
    // In reverse on the way down: the edge first, then the portal, the relays, the worker; all at once is faster.
    this.onDown(async () => {
      await Promise.all(apps.map((app) => app.stop()));
    });
    await Promise.all(
      apps.map(async (app) => {
        await app.start();
        this.say(`${app.name} is up`);
      }),
    );
    return apps;
  }

  private events(): AppEvents {
    const { say, run } = this;
    return {
      pid: (name, pid) => run.setChild(name, pid),
      up: (name) => say(`${name} is up again`),
      fell: (name, how, lines, delayMs) => {
        say(`${name} ${how}; it is started again in ${delayMs / 1000} s. Its last words:`);
        for (const line of lines) say(`    ${line}`);
      },
    };
  }

  private async isUnseeded(superuserUrl: string): Promise<boolean> {
    return await withClient(withDatabase(superuserUrl, DATABASE), async (client) => {
      const found = await client.query(
        'SELECT EXISTS (SELECT FROM pool WHERE removed_at IS NULL) AND EXISTS (SELECT FROM access_grant) AS seeded',
      );
      return found.rows[0]?.seeded !== true;
    });
  }
}

/** Everything a stack keeps, except who runs now. */
function clear(paths: StackPaths): void {
  const data = reachableDataDir(paths.data);
  const guest = path.join(paths.home, 'guest');
  for (const kept of [
    data,
    paths.data,
    paths.secrets,
    paths.logs,
    paths.pools,
    paths.journal,
    guest,
    paths.stateFile,
    paths.migratedFile,
  ])
    rmSync(kept, { recursive: true, force: true });
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

function withoutPassword(url: string): string {
  const changed = new URL(url);
  changed.password = '';
  return changed.href;
}
