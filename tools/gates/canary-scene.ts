import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import superjson from 'superjson';
import { stopProcess } from '../processes/stop-process.ts';

const STOP_MS = 5_000;

/** A process of the product whose every word is kept. */
export interface ListenedApp {
  name: string;
  pid: number;
  said(): string;
  stop(): Promise<void>;
}

/** @param files what it reads its secrets from: setting by setting, what stands in the file */
export function startListened(
  name: string,
  args: readonly string[],
  env: Record<string, string>,
  files: Record<string, string> = {},
): ListenedApp {
  const folder = mkdtempSync(path.join(tmpdir(), `porthole-${name}-`));
  const given = Object.entries(files).map(([setting, text]) => {
    const file = path.join(folder, setting.toLowerCase());
    writeFileSync(file, text, { mode: 0o600 });
    return [setting, file] as const;
  });
  const child: ChildProcess = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', ...env, ...Object.fromEntries(given) },
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => said.push(String(chunk)));
  child.once('error', () => undefined);
  return {
    name,
    pid: child.pid ?? 0,
    said: () => said.join(''),
    stop: async () => {
      if (child.pid !== undefined && child.exitCode === null)
        await stopProcess(child.pid, 'SIGTERM', STOP_MS);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A connection string without its password, and the password. */
export function withoutPassword(databaseUrl: string): { url: string; password: string } {
  const url = new URL(databaseUrl);
  const password = decodeURIComponent(url.password);
  url.password = '';
  return { url: url.href, password };
}

/** One thing that somebody outside was told. */
export interface Reply {
  what: string;
  text: string;
}

/** A browser at a running portal that keeps every answer, its headers too, but for the cookies that are meant for it. */
export class ListeningBrowser {
  readonly cookies = new Map<string, string>();

  constructor(
    private readonly base: string,
    private readonly origin: string,
    private readonly replies: Reply[],
  ) {}

  /**
   * @param handsOut what this answer is there to hand out is no leak in it
   * @throws Error where the call is refused
   */
  async call(
    name: string,
    input: unknown,
    { handsOut = false, mayFail = false } = {},
  ): Promise<Record<string, unknown>> {
    const text = await this.#send(
      `/api/trpc/${name}`,
      'POST',
      JSON.stringify(superjson.serialize(input)),
      handsOut,
    );
    return this.#dataOf(name, text, mayFail);
  }

  async ask(name: string, input: unknown, { mayFail = false } = {}): Promise<Record<string, unknown>> {
    const query = encodeURIComponent(JSON.stringify({ json: input }));
    return this.#dataOf(name, await this.#send(`/api/trpc/${name}?input=${query}`, 'GET'), mayFail);
  }

  page(target: string): Promise<string> {
    return this.#send(target, 'GET');
  }

  #dataOf(name: string, text: string, mayFail: boolean): Record<string, unknown> {
    const { result, error } = JSON.parse(text);
    if (error !== undefined && !mayFail) throw new Error(`${name}: ${text.slice(0, 300)}`);
    return Object(result?.data?.json);
  }

  #send(target: string, method: string, body?: string, handsOut = false): Promise<string> {
    const { hostname, port } = new URL(this.base);
    const headers = {
      origin: this.origin,
      cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    };
    return new Promise((resolve, reject) => {
      const asked = httpRequest({ host: hostname, port, path: target, method, headers }, (reply) => {
        const chunks: Buffer[] = [];
        reply.on('data', (chunk: Buffer) => chunks.push(chunk));
        reply.once('error', reject);
        reply.once('end', () => {
          const text = Buffer.concat(chunks).toString();
          const { 'set-cookie': set = [], ...others } = reply.headers;
          for (const line of set) this.#keep(line);
          if (!handsOut)
            this.replies.push({
              what: `${method} ${target.split('?')[0]}`,
              text: `${JSON.stringify(others)}\n${text}`,
            });
          resolve(text);
        });
      });
      asked.once('error', reject);
      asked.end(body);
    });
  }

  #keep(line: string): void {
    const [name = '', value = ''] = line.split(';')[0]?.split('=') ?? [];
    if (value === '') this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** Asks until there is an answer. @throws Error when it does not come in time */
export async function until<T>(what: string, ask: () => Promise<T | null>, patienceMs = 40_000): Promise<T> {
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    const found = await ask();
    if (found !== null) return found;
    if (Date.now() > giveUpAt) throw new Error(`it did not come: ${what}`);
    await wait(100);
  }
}
