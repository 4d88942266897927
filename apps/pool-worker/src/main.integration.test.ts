import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeKeyPair } from '@porthole/vault';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/postgres/test-database.ts';

const soon = { timeout: 30_000, interval: 50 };
const MAIN = join(import.meta.dirname, 'main.ts');

let database: TestDatabase;
let dir: string;
let env: Record<string, string>;
let child: ChildProcess | null = null;
let output = '';

beforeEach(async () => {
  database = await createTestDatabase();
  dir = mkdtempSync(join(tmpdir(), 'porthole-worker-'));
  const at = (name: string) => join(dir, name);
  writeKeyPair({ privatePath: at('vault.key'), publicPath: at('vault.pub') });
  writeKeyPair({ privatePath: at('relay.key'), publicPath: at('relay.pub') });
  const url = new URL(database.url('worker'));
  writeFileSync(at('db-worker'), decodeURIComponent(url.password), { mode: 0o600 });
  url.password = '';
  env = {
    PORTHOLE_DATABASE_URL: url.href,
    PORTHOLE_DATABASE_PASSWORD_FILE: at('db-worker'),
    PORTHOLE_VAULT_KEY_FILE: at('vault.key'),
    PORTHOLE_RELAY_PUBLIC_KEY_FILE: at('relay.pub'),
  };
});
afterEach(async () => {
  child?.kill('SIGKILL');
  child = null;
  rmSync(dir, { recursive: true, force: true });
  await database.drop();
});

/** Starts the process as it stands in the source. @returns its exit code, once it ends */
function start(changes: Record<string, string | undefined> = {}): Promise<number | null> {
  output = '';
  const started = spawn(process.execPath, ['--import', 'tsx', MAIN], {
    env: { PATH: process.env.PATH ?? '', ...env, ...changes },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child = started;
  for (const stream of [started.stdout, started.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  return new Promise((resolve) => started.once('exit', resolve));
}

describe('the process', () => {
  it('starts, and goes down on SIGTERM with exit code 0', async () => {
    const ended = start();
    await expect.poll(() => output, soon).toContain('the worker has started');
    child?.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(output).toContain('"stopped"');
  });

  it('tells of every missing key of the environment and ends', async () => {
    const missing = { PORTHOLE_DATABASE_URL: undefined, PORTHOLE_VAULT_KEY_FILE: undefined };
    expect(await start(missing)).toBe(1);
    for (const key of Object.keys(missing)) expect(output).toContain(key);
  });

  it('does not start with a private key that others may read, nor with none', async () => {
    chmodSync(join(dir, 'vault.key'), 0o644);
    expect(await start({ PORTHOLE_RELAY_PUBLIC_KEY_FILE: join(dir, 'absent.pub') })).toBe(1);
    expect(output).toContain('vault/exposed-key-file');
    expect(output).toContain('vault/unreadable-key-file');
  });

  it('does not start without its database', async () => {
    const away = { PORTHOLE_DATABASE_URL: 'postgresql://porthole_worker@127.0.0.1:4399/porthole' };
    expect(await start(away)).toBe(1);
    expect(output).toContain('db/away');
  });
});
