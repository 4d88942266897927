import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandLine } from './command-line.ts';
import { withFileLock } from './file-lock.ts';
import { freePort, isPortFree } from './free-port.ts';
import { isAlive } from './is-alive.ts';
import { stopProcess } from './stop-process.ts';

const home = mkdtempSync(path.join(os.tmpdir(), 'porthole-processes-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** A child that runs `code`; resolves when it has printed its first word. */
async function running(code: string): Promise<number> {
  const child = spawn(process.execPath, ['-e', `${code}; process.stdout.write('up')`], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child.pid ?? 0;
}

const forever = 'setInterval(() => undefined, 1000)';

describe('stopping a process', () => {
  it('waits until it is gone', async () => {
    const pid = await running(forever);
    expect(commandLine(pid)).toContain(forever);
    await stopProcess(pid, 'SIGTERM', 5_000);
    expect(isAlive(pid)).toBe(false);
  });

  it('kills one that does not listen, and its children with it', async () => {
    const child = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(forever)}])`;
    const pid = await running(`process.on('SIGTERM', () => undefined); ${child}; ${forever}`);
    await stopProcess(-pid, 'SIGTERM', 100);
    expect(() => process.kill(-pid, 0)).toThrow();
  });

  it('takes one that is gone already for stopped', async () => {
    const pid = await running('');
    await stopProcess(pid, 'SIGTERM', 1_000);
    await expect(stopProcess(pid, 'SIGTERM', 1_000)).resolves.toBeUndefined();
  });
});

describe('a file lock', () => {
  it('lets one in at a time', async () => {
    const file = path.join(home, 'lock');
    let inside = 0;
    let most = 0;
    const enter = () =>
      withFileLock(file, 10_000, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
      });
    await Promise.all(Array.from({ length: 8 }, enter));
    expect(most).toBe(1);
  });

  it('is taken over from a holder that died', async () => {
    const file = path.join(home, 'dead');
    const pid = await running('');
    await stopProcess(pid, 'SIGKILL', 1_000);
    writeFileSync(file, `${pid} x`);
    await expect(withFileLock(file, 1_000, async () => 'in')).resolves.toBe('in');
  });

  it('names the holder when patience ends', async () => {
    const file = path.join(home, 'held');
    writeFileSync(file, `${process.pid} x`);
    await expect(withFileLock(file, 50, async () => 'in')).rejects.toThrow(String(process.pid));
  });

  it('is given back after a failure', async () => {
    const file = path.join(home, 'failed');
    await expect(withFileLock(file, 50, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(withFileLock(file, 50, async () => 'in')).resolves.toBe('in');
  });
});

describe('ports', () => {
  it('are free until somebody listens', async () => {
    const port = await freePort();
    expect(await isPortFree(port)).toBe(true);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    expect(await isPortFree(port)).toBe(false);
    server.close();
  });

  it('are given out once, though nobody listens on them yet', async () => {
    const ports = await Promise.all(Array.from({ length: 200 }, freePort));
    expect(new Set(ports).size).toBe(ports.length);
  });
});
