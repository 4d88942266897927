import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { freePort } from '../processes/free-port.ts';
import { rootDir } from '../stack/stack-paths.ts';
import { TEST_ORIGIN, type TestRelay } from './test-relay.ts';

const PATIENCE_MS = 20_000;
const MAIN = 'apps/ws-relay/src/main.ts';
/** Loaded from node_modules at run time, as in the relay's own build (apps/ws-relay/package.json). */
const EXTERNAL = ['ws', 'pg', 'bufferutil', 'pino', '@prisma/client', '@prisma/adapter-pg', 'prom-client'];

export interface RelayProcessOptions {
  readonly relayId: string;
  readonly env?: Record<string, string>;
  /** Another way to the database of the test. */
  readonly databaseUrl?: string;
  /** What is run instead of the relay's own `main.ts`, from the root; a proof gives one that takes a defence away first. */
  readonly entry?: string;
}

/** How a process ended: by itself with a code, or by a signal. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * The relay as it is shipped: `main.ts` in one file, in a process of its own, under its own settings, so that it can be
 * told to end, or killed, as an operator's machine does it.
 */
export class RelayProcess {
  readonly relayId: string;
  readonly port: number;
  readonly lines: Record<string, unknown>[] = [];
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcess;

  private constructor(relayId: string, port: number, child: ChildProcess) {
    this.relayId = relayId;
    this.port = port;
    this.#child = child;
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on('line', (line) => this.lines.push(lineOf(line)));
  }

  /** Serves the test's machines when this resolves, and is stopped with the test. */
  static async start(test: TestRelay, options: RelayProcessOptions): Promise<RelayProcess> {
    const { relayId, databaseUrl = test.database.url('relay'), env = {}, entry = MAIN } = options;
    const [main, port] = [await bundledRelay(entry), await freePort()];
    const folder = await mkdtemp(path.join(tmpdir(), 'porthole-relay-process-'));
    const file = async (name: string, text: string) => {
      await writeFile(path.join(folder, name), text, { mode: 0o600 });
      return path.join(folder, name);
    };
    const child = spawn(process.execPath, ['--enable-source-maps', main], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PORTHOLE_PROFILE: 'demo',
        PORTHOLE_LOG_LEVEL: 'debug',
        PORTHOLE_RELAY_ID: relayId,
        PORTHOLE_PORT: String(port),
        PORTHOLE_ORIGIN: TEST_ORIGIN,
        PORTHOLE_DATABASE_URL: withoutPassword(databaseUrl),
        PORTHOLE_DATABASE_PASSWORD_FILE: await file('password', passwordOf(databaseUrl)),
        PORTHOLE_RELAY_KEY_FILE: await file('relay.key', test.relayKeyPem.reveal()),
        PORTHOLE_JOURNAL_DIR: test.journalDir,
        PORTHOLE_DEMO_ENDPOINTS: test.demoEndpoints.join(','),
        ...env,
      },
    });
    const relay = new RelayProcess(relayId, port, child);
    void relay.ended.then(() => rm(folder, { recursive: true }));
    test.adopt(relayId, {
      port,
      stop: async () => {
        relay.signal('SIGKILL');
        await relay.ended;
      },
    });
    await relay.#untilReady();
    return relay;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Memory that it holds, in bytes. */
  async residentBytes(): Promise<number> {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(this.#child.pid)]);
    return Number(stdout) * 1024;
  }

  /** What the operator's door answers; null where nobody answers any more. */
  async status(address: '/healthz' | '/readyz' | '/metrics'): Promise<number | null> {
    try {
      const reply = await fetch(`http://127.0.0.1:${this.port}${address}`, {
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      await reply.body?.cancel();
      return reply.status;
    } catch {
      return null;
    }
  }

  async #untilReady(): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while ((await this.status('/readyz')) !== 200) {
      if (this.#child.exitCode !== null || Date.now() > end)
        throw new Error(`the relay ${this.relayId} did not begin to serve: ${JSON.stringify(this.lines)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

const bundled = new Map<string, Promise<string>>();

/** Under the workspace, so that what stays outside the file is found. */
function bundledRelay(entry: string): Promise<string> {
  const known = bundled.get(entry);
  if (known !== undefined) return known;
  const making = bundle(entry, `${path.basename(entry, '.ts')}-${process.pid}.mjs`);
  bundled.set(entry, making);
  return making;
}

async function bundle(entry: string, name: string): Promise<string> {
  const folder = path.join(rootDir, '.porthole/test-relay');
  await mkdir(folder, { recursive: true });
  const outfile = path.join(folder, name);
  await build({
    entryPoints: [path.join(rootDir, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    external: EXTERNAL,
    logLevel: 'error',
  });
  return outfile;
}

function lineOf(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch {
    return { msg: text };
  }
}

function withoutPassword(url: string): string {
  const parsed = new URL(url);
  parsed.password = '';
  return parsed.href;
}

function passwordOf(url: string): string {
  return decodeURIComponent(new URL(url).password);
}
