import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

const START_TIMEOUT_MS = 300_000;
const root = path.join(import.meta.dirname, '..');

/**
 * Starts the stack, tells the workers where it is, and gives back what stops it. With both variables set already (the
 * line that stack-host.ts prints) the specs run against a stack that stays up: quick while one writes them.
 */
export default async function globalSetup(): Promise<() => Promise<void>> {
  if (process.env.PORTHOLE_E2E_ORIGIN !== undefined && process.env.PORTHOLE_E2E_CONTROL !== undefined) {
    return async () => undefined;
  }
  const host = spawn(process.execPath, ['--import', 'tsx', 'e2e/stack-host.ts'], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => host.once('exit', () => resolve()));
  const { origin, control } = await firstLine(host.stdout, ended);
  process.env.PORTHOLE_E2E_ORIGIN = origin;
  process.env.PORTHOLE_E2E_CONTROL = control;
  return async () => {
    host.stdin.end();
    await ended;
  };
}

function firstLine(
  stdout: NodeJS.ReadableStream,
  ended: Promise<void>,
): Promise<{ origin: string; control: string }> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the stack did not come up in time')), START_TIMEOUT_MS);
    void ended.then(() => reject(new Error('the stack ended before it was up')));
    createInterface({ input: stdout }).on('line', (line) => {
      if (!line.startsWith('{')) return;
      clearTimeout(timer);
      resolve(JSON.parse(line));
    });
  });
}
