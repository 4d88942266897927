import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Way } from '../load/viewer.ts';

export type ContestantName = 'floor' | 'websockify' | 'ws-pipe' | 'porthole';
export type ConsoleKind = 'text' | 'screen';

/** The host that all of them reach. */
export interface Host {
  readonly port: number;
  /** The same host with TLS 1.2. */
  readonly oldTlsPort: number;
  readonly cert: string;
  readonly fingerprint256: string;
  /** A folder for what a contestant needs as files. */
  readonly folder: string;
}

/** One way from a browser to a host, running in a process of its own. */
export interface Contestant {
  readonly name: ContestantName;
  readonly pid: number;
  /** Ways to so many consoles that nobody is at, one viewer each. */
  ways(count: number, kind: ConsoleKind): Promise<Way[]>;
  stop(): Promise<void>;
}

const LISTENS_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 50;

let consoles = 0;

/** A reference that no console had yet. */
export function freshReference(name: ContestantName, kind: ConsoleKind): string {
  consoles += 1;
  return `OpaqueRef:${name}-${kind}-${String(consoles).padStart(8, '0')}`;
}

/** Starts a program that listens on the port, and waits until it does. */
export async function startProgram(
  command: readonly string[],
  port: number,
  env: Record<string, string> = {},
) {
  const [program = '', ...rest] = command;
  const child = spawn(program, rest, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  // However this ends, nothing stays behind.
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  let words = '';
  child.stderr.on('data', (chunk) => {
    words = `${words}${chunk}`.slice(-2_000);
  });
  child.once('error', (error) => {
    words += error.message;
  });
  for (let left = LISTENS_WITHIN_MS; !(await listens(port)); left -= LOOK_EVERY_MS) {
    if (left <= 0 || child.exitCode !== null) throw new Error(`${program} does not listen: ${words}`);
    await wait(LOOK_EVERY_MS);
  }
  return {
    pid: child.pid ?? -1,
    stop: async () => {
      process.off('exit', kill);
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
