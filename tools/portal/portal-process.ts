import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { newFactorKey } from '@porthole/auth';
import { generateKeyPair } from '@porthole/vault';
import { freePort } from '../processes/free-port.ts';
import { stopProcess } from '../processes/stop-process.ts';
import { buildApps } from '../stack/build-apps.ts';

const READY_MS = 30_000;
const POLL_MS = 50;
const STOP_MS = 5_000;

export interface PortalProcessOptions {
  /** Of the portal's role, with its password. */
  databaseUrl: string;
  origin: string;
  /** What pools' passwords are sealed with; one of its own when left out. */
  vaultPublicPem?: string;
  /** Loaded before the portal itself; a proof gives one that takes a defence away. */
  preload?: string;
}

/** The portal as it ships, from its production build, in a process of its own. */
export class PortalProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #said: string[] = [];

  private constructor(port: number, child: ChildProcess, folder: string) {
    this.url = `http://127.0.0.1:${port}`;
    this.#child = child;
    this.#folder = folder;
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => this.#said.push(String(chunk)));
    child.once('error', () => undefined);
  }

  /** Answers when this resolves. @throws Error with what it said, where it does not come up */
  static async start({
    databaseUrl,
    origin,
    vaultPublicPem = generateKeyPair().publicPem,
    preload,
  }: PortalProcessOptions): Promise<PortalProcess> {
    const built = await buildApps(() => undefined);
    const [port, folder] = [await freePort(), mkdtempSync(path.join(tmpdir(), 'porthole-portal-'))];
    const file = (name: string, text: string): string => {
      writeFileSync(path.join(folder, name), text, { mode: 0o600 });
      return path.join(folder, name);
    };
    const url = new URL(databaseUrl);
    const password = decodeURIComponent(url.password);
    url.password = '';
    const flags = preload === undefined ? [] : ['--import', preload];
    const child = spawn(process.execPath, [...flags, built.portal], {
      cwd: path.dirname(built.portal),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH ?? '',
        NODE_ENV: 'production',
        PORT: String(port),
        HOSTNAME: '127.0.0.1',
        PORTHOLE_ORIGIN: origin,
        PORTHOLE_DATABASE_URL: url.href,
        PORTHOLE_DATABASE_PASSWORD_FILE: file('db', password),
        PORTHOLE_VAULT_PUBLIC_KEY_FILE: file('vault.pub', vaultPublicPem),
        PORTHOLE_FACTOR_KEY_FILE: file('factor.key', newFactorKey().reveal()),
        PORTHOLE_SSO_KEY_FILE: file('sso.key', newFactorKey().reveal()),
        PORTHOLE_SIGN_UP: 'open',
      },
    });
    const portal = new PortalProcess(port, child, folder);
    try {
      await portal.#untilReady();
      return portal;
    } catch (error) {
      await portal.stop();
      throw error;
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Everything on its standard output and error. */
  get said(): string {
    return this.#said.join('');
  }

  async stop(): Promise<void> {
    if (this.#child.pid !== undefined && this.#child.exitCode === null)
      await stopProcess(this.#child.pid, 'SIGTERM', STOP_MS);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #untilReady(): Promise<void> {
    const giveUpAt = Date.now() + READY_MS;
    for (;;) {
      const isUp = await fetch(`${this.url}/api/healthz`).then(
        (reply) => reply.ok,
        () => false,
      );
      if (isUp) return;
      if (this.#child.exitCode !== null || Date.now() > giveUpAt)
        throw new Error(`the portal does not come up: ${this.said.slice(-500)}`);
      await wait(POLL_MS);
    }
  }
}
