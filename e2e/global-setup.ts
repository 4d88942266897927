import { type ChildProcessByStdio, spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { type RunningStack, runningStacks, STACKS_VARIABLE } from './stacks.ts';

const START_TIMEOUT_MS = 300_000;
const root = path.join(import.meta.dirname, '..');

/** Two at most: beyond that a machine of two cores is slower, and journeys meet the limits of their waits. */
export const WORKERS = Math.min(2, os.availableParallelism());

/**
 * Starts a stack for each worker, tells the workers where they are, and gives back what stops them. With the variable
 * set already (a list of the lines that stack-host.ts prints) the specs run against stacks that stay up: quick while one
 * writes them.
 */
export default async function globalSetup(): Promise<() => Promise<void>> {
  if (runningStacks().length > 0) return async () => undefined;
  const hosts: Host[] = [];
  const stop = async (): Promise<void> => {
    for (const { child } of hosts) child.stdin.end();
    await Promise.all(hosts.map(({ ended }) => ended));
  };
  try {
    const stacks: RunningStack[] = [];
    for (let n = 1; n <= WORKERS; n++) {
      const host = startHost(n === 1 ? 'e2e' : `e2e-${n}`);
      hosts.push(host);
      // One after another: the first builds what is not built, the others find it.
      stacks.push(await firstLine(host.child.stdout, host.ended));
    }
    process.env[STACKS_VARIABLE] = JSON.stringify(stacks);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

interface Host {
  child: ChildProcessByStdio<Writable, Readable, null>;
  ended: Promise<void>;
}

function startHost(folder: string): Host {
  const child = spawn(process.execPath, ['--import', 'tsx', 'e2e/stack-host.ts', folder], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return { child, ended: new Promise<void>((resolve) => child.once('exit', () => resolve())) };
}

function firstLine(stdout: NodeJS.ReadableStream, ended: Promise<void>): Promise<RunningStack> {
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
