import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PlainError } from '../processes/plain-error.ts';
import { stopProcess } from '../processes/stop-process.ts';
import { rootDir } from './stack-paths.ts';

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;
/** Who stayed up this long starts again without the delays of earlier falls. */
const STEADY_MS = 30_000;
/** Falls before it was ever ready: after these it is not a stumble. */
const FIRST_TRIES = 3;
const READY_MS = 60_000;
const READY_POLL_MS = 50;
const SHOWN_LINES = 8;

export interface AppSpec {
  name: string;
  /** What Node runs, its own flags first. */
  args: string[];
  cwd?: string;
  env: Record<string, string>;
  logFile: string;
  /** Asked until it says true. */
  isReady: () => Promise<boolean>;
  /** How long it may take to end by itself. */
  patienceMs: number;
}

export interface AppEvents {
  /** It fell; it is started again after `delayMs`. */
  fell(name: string, how: string, lastLines: string[], delayMs: number): void;
  up(name: string): void;
  /** Called whenever the process behind a name changes. */
  pid(name: string, pid: number | null): void;
}

/** One app as a child process: started, started again with back-off when it falls, stopped with everything it started. */
export class SupervisedApp {
  readonly name: string;
  private readonly spec: AppSpec;
  private readonly events: AppEvents;
  private child: ChildProcess | null = null;
  private stopping = false;
  private delayMs = FIRST_DELAY_MS;
  private wasReady = false;
  private early = 0;
  private giveUp: (error: Error) => void = () => undefined;

  constructor(spec: AppSpec, events: AppEvents) {
    this.name = spec.name;
    this.spec = spec;
    this.events = events;
    if (existsSync(spec.logFile)) renameSync(spec.logFile, `${spec.logFile}.1`);
  }

  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  /** @throws PlainError when it falls three times before it was ready, or is not ready in a minute. */
  async start(): Promise<void> {
    const fallen = new Promise<never>((_, reject) => {
      this.giveUp = reject;
    });
    this.launch();
    await Promise.race([this.waitUntilReady(), fallen]);
  }

  kill(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const { child } = this;
    if (child?.pid === undefined) return;
    // The whole group: an app's own children go with it.
    await stopProcess(-child.pid, 'SIGTERM', this.spec.patienceMs);
    this.events.pid(this.name, null);
  }

  private launch(): void {
    const { spec } = this;
    const log = openSync(spec.logFile, 'a', 0o600);
    const leash = path.join(rootDir, 'tools/stack/leash.mjs');
    const child = spawn(process.execPath, ['--import', leash, ...spec.args], {
      cwd: spec.cwd ?? rootDir,
      // Only what it needs: the launcher's own environment is not the apps'.
      env: {
        PATH: process.env.PATH ?? '',
        HOME: process.env.HOME ?? '',
        TZ: process.env.TZ ?? '',
        PORTHOLE_LAUNCHER: String(process.pid),
        ...spec.env,
      },
      // A group of its own: Ctrl-C reaches the launcher, which stops the apps in order.
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    this.child = child;
    this.events.pid(this.name, child.pid ?? null);
    const startedAt = Date.now();
    child.once('error', () => undefined);
    child.once('exit', (code, signal) => this.onExit(startedAt, code, signal));
  }

  private onExit(startedAt: number, code: number | null, signal: string | null): void {
    this.events.pid(this.name, null);
    this.child = null;
    if (this.stopping) return;
    const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
    const lines = lastLines(this.spec.logFile);
    if (!this.wasReady) {
      this.early += 1;
      if (this.early >= FIRST_TRIES) {
        const words = lines.length === 0 ? '' : `\n${lines.map((line) => `    ${line}`).join('\n')}`;
        this.giveUp(
          new PlainError(`${this.name} does not start: it ${how}.${words}`, `Its log: ${this.spec.logFile}`),
        );
        return;
      }
    }
    if (Date.now() - startedAt > STEADY_MS) this.delayMs = FIRST_DELAY_MS;
    const delayMs = this.delayMs;
    this.delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
    if (this.wasReady) this.events.fell(this.name, how, lines, delayMs);
    void this.launchLater(delayMs);
  }

  private async launchLater(delayMs: number): Promise<void> {
    await wait(delayMs);
    if (this.stopping) return;
    this.launch();
    if (!this.wasReady) return;
    await this.waitUntilReady();
    if (!this.stopping) this.events.up(this.name);
  }

  private async waitUntilReady(): Promise<void> {
    const giveUpAt = Date.now() + READY_MS;
    while (!this.stopping) {
      if (this.child !== null && (await this.spec.isReady())) {
        this.wasReady = true;
        return;
      }
      if (!this.wasReady && Date.now() > giveUpAt)
        throw new PlainError(
          `${this.name} did not become ready within a minute.`,
          `Its log: ${this.spec.logFile}`,
        );
      await wait(READY_POLL_MS);
    }
  }
}

/** The end of a log for a person: the message of each JSON line, the words of any other. */
export function lastLines(file: string): string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return []; // It fell before it said anything.
  }
  return text.trimEnd().split('\n').slice(-SHOWN_LINES).map(inWords).filter(Boolean);
}

function inWords(line: string): string {
  if (!line.startsWith('{')) return line;
  try {
    const entry: { level?: unknown; msg?: unknown; err?: { message?: unknown } } = JSON.parse(line);
    const cause = entry.err?.message === undefined ? '' : `: ${String(entry.err.message)}`;
    return `${String(entry.level)} ${String(entry.msg)}${cause}`;
  } catch {
    return line; // Cut off in the middle of a line.
  }
}
