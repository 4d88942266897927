import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rootDir } from '../stack/stack-paths.ts';
import { type WorkerBench, writeWorkerKeys } from './worker-bench.ts';

const MAIN = path.join(rootDir, 'apps/pool-worker/src/main.ts');
const PATIENCE_MS = 30_000;

/** The worker's own `main.ts` in a process of its own, so that it can be killed as a machine that dies kills it. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
  }

  /**
   * Works when this resolves.
   *
   * @param endpoints `address:port` of the stand-in pools' hosts
   * @param built the entry of a production build; the sources when left out
   */
  static async start(
    bench: WorkerBench,
    endpoints: readonly string[],
    built?: string,
  ): Promise<WorkerProcess> {
    const folder = mkdtempSync(path.join(tmpdir(), 'porthole-worker-process-'));
    const { vaultKey, relayPublicKey } = writeWorkerKeys(folder);
    const url = new URL(bench.database.url('worker'));
    const passwordFile = path.join(folder, 'password');
    writeFileSync(passwordFile, decodeURIComponent(url.password), { mode: 0o600 });
    url.password = '';
    const child = spawn(process.execPath, built === undefined ? ['--import', 'tsx', MAIN] : [built], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env.PATH ?? '',
        PORTHOLE_PROFILE: 'demo',
        PORTHOLE_DATABASE_URL: url.href,
        PORTHOLE_DATABASE_PASSWORD_FILE: passwordFile,
        PORTHOLE_VAULT_KEY_FILE: vaultKey,
        PORTHOLE_RELAY_PUBLIC_KEY_FILE: relayPublicKey,
        PORTHOLE_DEMO_ENDPOINTS: endpoints.join(','),
      },
    });
    const worker = new WorkerProcess(child, folder);
    await worker.#untilStarted();
    return worker;
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** As if its machine had lost its power. */
  async kill(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGKILL');
      await once(this.#child, 'exit');
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #untilStarted(): Promise<void> {
    return new Promise((resolve, reject) => {
      let words = '';
      const timer = setTimeout(
        () => reject(new Error(`the worker does not start: ${words.slice(-500)}`)),
        PATIENCE_MS,
      );
      this.#child.once('exit', () => reject(new Error(`the worker ended: ${words.slice(-500)}`)));
      this.#child.stdout?.on('data', (chunk) => {
        // Read on for as long as it lives: a full pipe would stop it.
        words = `${words}${chunk}`.slice(-4_000);
        if (!words.includes('the worker has started')) return;
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
