import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { commandLine } from '../processes/command-line.ts';
import { isAlive } from '../processes/is-alive.ts';
import { RunFile } from './run-file.ts';
import { ensureSecrets } from './stack-secrets.ts';
import { keptPoolPorts } from './stack-state.ts';

let home = '';
const homes: string[] = [];
beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), 'porthole-stack-'));
  homes.push(home);
});
afterAll(() => {
  for (const folder of homes) rmSync(folder, { recursive: true, force: true });
});

/** A process that stays, with a word in its command line to know it by. */
async function bystander(word: string): Promise<number> {
  const code = `setInterval(() => ${JSON.stringify(word)}, 1000); process.stdout.write('up')`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child.pid ?? 0;
}

describe('secrets', () => {
  it('are made once, each in a file for nobody else', () => {
    const first = ensureSecrets(path.join(home, 'secrets'), false);
    const second = ensureSecrets(path.join(home, 'secrets'), true);
    expect(second.rolePasswords).toEqual(first.rolePasswords);
    expect(new Set(Object.values(first.rolePasswords)).size).toBe(5);
    const modes = readdirSync(path.join(home, 'secrets'))
      .filter((name) => !name.endsWith('.pub'))
      .map((name) => statSync(path.join(home, 'secrets', name)).mode & 0o777);
    expect(new Set(modes)).toEqual(new Set([0o600]));
  });

  it.each(['db-portal', 'vault.key', 'relay.pub'])(
    'that are damaged get a sentence and a way on: %s',
    (name) => {
      ensureSecrets(home, false);
      writeFileSync(path.join(home, name), '\0garbage');
      expect(() => ensureSecrets(home, true)).toThrow(
        expect.objectContaining({ wayOn: expect.stringContaining('--reset') }),
      );
    },
  );

  it('whose loss would lose data are not made anew in silence', () => {
    const { files } = ensureSecrets(home, false);
    rmSync(files.vaultKey);
    expect(() => ensureSecrets(home, true)).toThrow(/vault\.key is lost/);
  });

  it('of second factors come with an update, since stacks are older than it', () => {
    const { files } = ensureSecrets(home, false);
    rmSync(files.factorKey);
    ensureSecrets(home, true);
    expect(statSync(files.factorKey).mode & 0o777).toBe(0o600);
    writeFileSync(files.factorKey, 'garbage');
    expect(() => ensureSecrets(home, true)).toThrow(/factor\.key cannot be used/);
  });

  it('that do not belong together are refused', () => {
    const { files } = ensureSecrets(home, false);
    const other = path.join(home, 'other');
    const { files: others } = ensureSecrets(other, false);
    rmSync(files.vaultPublic);
    rmSync(others.vaultKey);
    writeFileSync(files.vaultPublic, 'x');
    expect(() => ensureSecrets(home, true)).toThrow(/cannot be used/);
  });
});

describe('ports of the stand-in hosts', () => {
  it('stay the same', async () => {
    const file = path.join(home, 'state.json');
    const ports = await keptPoolPorts(file, 2);
    expect(ports).toHaveLength(2);
    expect(await keptPoolPorts(file, 2)).toEqual(ports);
  });

  it('that somebody took meanwhile get a sentence', async () => {
    const file = path.join(home, 'state.json');
    const [port = 0] = await keptPoolPorts(file, 2);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    await expect(keptPoolPorts(file, 2)).rejects.toThrow(`Port ${port}`);
    server.close();
  });

  it('in a damaged file get a sentence', async () => {
    const file = path.join(home, 'state.json');
    writeFileSync(file, '{"version":9}');
    await expect(keptPoolPorts(file, 2)).rejects.toThrow(/damaged/);
  });
});

describe('the file of what runs', () => {
  const record = (pid: number, command: string, children = {}) =>
    JSON.stringify({ pid, command, origin: 'http://localhost:4000', children });

  it('refuses a second launcher, and says where the first is', async () => {
    const file = path.join(home, 'run.json');
    const pid = await bystander('launcher');
    writeFileSync(file, record(pid, commandLine(pid)));
    await expect(RunFile.take(file)).rejects.toThrow('http://localhost:4000');
    process.kill(pid, 'SIGKILL');
  });

  it('stops what a killed launcher left, and only that', async () => {
    const file = path.join(home, 'run.json');
    const [left, stranger] = [await bystander('left'), await bystander('stranger')];
    const children = {
      relay: { pid: left, command: commandLine(left) },
      portal: { pid: stranger, command: 'what had this number before' },
    };
    writeFileSync(file, record(999_999_999, 'gone', children));
    const { run, cleared } = await RunFile.take(file);
    expect(cleared).toEqual(['relay']);
    expect([isAlive(left), isAlive(stranger)]).toEqual([false, true]);
    process.kill(stranger, 'SIGKILL');
    run.release();
    expect(readdirSync(home)).toEqual([]);
  });

  it('is not stopped by a damaged one', async () => {
    const file = path.join(home, 'run.json');
    writeFileSync(file, '{"pid":');
    await expect(RunFile.take(file)).resolves.toMatchObject({ cleared: [] });
  });
});
