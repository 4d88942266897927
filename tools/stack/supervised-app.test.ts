import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isAlive } from '../processes/is-alive.ts';
import { type AppEvents, lastLines, SupervisedApp } from './supervised-app.ts';

let home = '';
const homes: string[] = [];
const apps: SupervisedApp[] = [];
beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), 'porthole-app-'));
  homes.push(home);
});
afterEach(async () => {
  for (const app of apps.splice(0)) await app.stop();
});
afterAll(() => {
  for (const folder of homes) rmSync(folder, { recursive: true, force: true });
});

function app(code: string, events: Partial<AppEvents> = {}): SupervisedApp {
  const ready = path.join(home, 'ready');
  const made = new SupervisedApp(
    {
      name: 'relay-1',
      args: ['-e', code.replace('READY', `require('fs').writeFileSync(${JSON.stringify(ready)}, '')`)],
      env: { GIVEN: 'yes' },
      logFile: path.join(home, 'relay-1.log'),
      isReady: async () => existsSync(ready),
      patienceMs: 2_000,
    },
    { fell: () => undefined, up: () => undefined, pid: () => undefined, ...events },
  );
  apps.push(made);
  return made;
}

const forever = 'setInterval(() => undefined, 1000)';

describe('an app of the stack', () => {
  it('runs with its own environment alone, and stops whole', async () => {
    vi.stubEnv('PORTHOLE_SECRET_OF_THE_LAUNCHER', 'x');
    const started = app(`console.log(JSON.stringify(process.env)); READY; ${forever}`);
    await started.start();
    vi.unstubAllEnvs();
    const env = JSON.parse(readFileSync(path.join(home, 'relay-1.log'), 'utf8'));
    expect(env).toMatchObject({ GIVEN: 'yes' });
    expect(env).not.toHaveProperty('PORTHOLE_SECRET_OF_THE_LAUNCHER');
    const pid = started.pid ?? 0;
    await started.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it('that falls is named with its last words and started again', async () => {
    let up: () => void = () => undefined;
    const isUpAgain = new Promise<void>((resolve) => {
      up = resolve;
    });
    const fell = vi.fn();
    const started = app(`console.log('{"level":"info","msg":"serves"}'); READY; ${forever}`, {
      fell,
      up: () => up(),
    });
    await started.start();
    const first = started.pid;
    started.kill('SIGKILL');
    await isUpAgain;
    expect(fell).toHaveBeenCalledWith('relay-1', 'was ended by SIGKILL', ['info serves'], 500);
    expect(started.pid).not.toBe(first);
  });

  it('that never comes up ends the start with its last words and its log', async () => {
    const started = app(
      `console.log('{"level":"fatal","msg":"no key","err":{"message":"gone"}}'); process.exit(3)`,
    );
    await expect(started.start()).rejects.toMatchObject({
      message: expect.stringMatching(/relay-1 does not start: it ended with code 3[\s\S]*fatal no key: gone/),
      wayOn: expect.stringContaining('relay-1.log'),
    });
  });
});

describe('the last lines of a log', () => {
  it('are read as words, whole or cut', () => {
    const file = path.join(home, 'a.log');
    writeFileSync(file, 'plain\n{"level":"warn","msg":"x"}\n{"level":"wa');
    expect(lastLines(file)).toEqual(['plain', 'warn x', '{"level":"wa']);
    expect(lastLines(path.join(home, 'none.log'))).toEqual([]);
  });
});
