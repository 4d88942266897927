import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { reachableDataDir } from './postgres/postgres-binaries.ts';
import { freePort } from './processes/free-port.ts';
import { isAlive } from './processes/is-alive.ts';
import { stopProcess } from './processes/stop-process.ts';

// The command itself, as a person at a terminal meets it. Runs after the builds are made (npm test -- build start).

const root = path.join(import.meta.dirname, '..');
const home = mkdtempSync(path.join(os.tmpdir(), 'porthole-start-'));
const dataDir = reachableDataDir(path.join(home, 'data'));
const started: ChildProcess[] = [];

afterEach(async () => {
  for (const child of started.splice(0))
    if (child.pid !== undefined) await stopProcess(child.pid, 'SIGTERM', 30_000);
});
afterAll(() => {
  for (const folder of [home, dataDir]) rmSync(folder, { recursive: true, force: true });
});

interface Run {
  child: ChildProcess;
  said(): string;
  /** Resolves when it has said so, or has ended. */
  until(words: RegExp): Promise<void>;
  /** Its exit code. */
  ended: Promise<number | null>;
}

function npmStart(...args: string[]): Run {
  const command = ['tools/start.mjs', '--home', home, ...args];
  const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let said = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += chunk;
      for (const listener of listeners) listener();
    });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const until = (words: RegExp): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (words.test(said)) resolve();
      };
      listeners.add(look);
      void ended.then(() => resolve());
      look();
    });
  return { child, said: () => said, until, ended };
}

function runFile(): { pid: number; children: Record<string, { pid: number }> } {
  return JSON.parse(readFileSync(path.join(home, 'run.json'), 'utf8'));
}

/** A failed start: what it said, and that it was a sentence with a way on instead of a trace. */
async function refusal(...args: string[]): Promise<string> {
  const run = npmStart(...args);
  expect(await run.ended).toBe(1);
  expect(run.said()).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  return run.said();
}

const UP = /Ctrl-C stops everything/;

describe('npm start', { timeout: 180_000 }, () => {
  it('prints one address that answers, with the people to sign in as', async () => {
    const port = await freePort();
    const run = npmStart('--port', String(port));
    await run.until(UP);
    expect(run.said()).toContain(`Porthole is at http://localhost:${port}`);
    for (const person of [
      'mira@acme.example',
      'jon@acme.example',
      'ana@acme.example',
      'olga@northgate.example',
    ])
      expect(run.said()).toContain(person);
    expect((await fetch(`http://localhost:${port}/sign-in`)).status).toBe(200);
    const mailbox = /Its mails end at (http:\S+)/.exec(run.said())?.[1] ?? '';
    expect(await (await fetch(mailbox)).text()).toContain('No mail yet');

    // A second one on the same folder says where the first is.
    expect(await refusal('--port', String(await freePort()))).toContain(
      `already runs at http://localhost:${port}`,
    );

    // An app that falls is named and comes back.
    process.kill(runFile().children['relay-1']?.pid ?? 0, 'SIGKILL');
    await run.until(/relay-1 is up again/);
    expect(run.said()).toContain('relay-1 was ended by SIGKILL');

    const pids = [runFile().pid, ...Object.values(runFile().children).map(({ pid }) => pid)];
    run.child.kill('SIGTERM');
    await run.ended;
    expect(run.said()).toContain('Nothing is left running');
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('builds nothing twice, and clears away what a killed run left', async () => {
    const first = npmStart('--port', String(await freePort()));
    await first.until(UP);
    // How long that takes is a figure of bench/start.
    expect(first.said()).not.toMatch(/building|tables/);

    const { pid, children } = runFile();
    process.kill(pid, 'SIGKILL');
    await first.ended;
    const second = npmStart('--port', String(await freePort()));
    await second.until(UP);
    expect(second.said()).toContain('stopped what an earlier run left behind');
    const old = Object.values(children).map((child) => child.pid);
    expect(old.filter(isAlive)).toEqual([]);
  });

  it('names a port that is taken, and another to take', async () => {
    const port = await freePort();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    expect(await refusal('--port', String(port))).toMatch(
      new RegExp(`Port ${port} is taken[\\s\\S]*npm start -- --port ${port + 1}`),
    );
    server.close();
  });

  it('answers damaged data and secrets with --reset, and --reset mends them', async () => {
    const port = String(await freePort());
    writeFileSync(path.join(dataDir, 'PG_VERSION'), '9\n');
    expect(await refusal('--port', port)).toMatch(/written by PostgreSQL 9[\s\S]*npm start -- --reset/);
    writeFileSync(path.join(home, 'secrets/vault.key'), 'garbage');
    expect(await refusal('--port', port)).toMatch(/vault\.key cannot be used[\s\S]*npm start -- --reset/);

    const run = npmStart('--port', port, '--reset');
    await run.until(UP);
    expect(run.said()).toContain(`http://localhost:${port}`);
  });

  it('refuses what is no port', async () => {
    expect(await refusal('--port', 'x')).toContain('x is not a port');
  });
});
