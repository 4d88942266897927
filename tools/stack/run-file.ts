import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { commandLine } from '../processes/command-line.ts';
import { isAlive } from '../processes/is-alive.ts';
import { PlainError } from '../processes/plain-error.ts';
import { stopProcess } from '../processes/stop-process.ts';

const PATIENCE_MS = 5_000;

interface RunRecord {
  pid: number;
  /** The launcher's command line, to tell it from a stranger with its number. */
  command: string;
  origin: string;
  children: Record<string, { pid: number; command: string }>;
}

/** What runs now, written down so that a start after a kill can clear it away. One stack a folder. */
export class RunFile {
  private readonly file: string;
  private readonly record: RunRecord;

  private constructor(file: string) {
    this.file = file;
    this.record = { pid: process.pid, command: commandLine(process.pid), origin: '', children: {} };
    this.write();
  }

  /**
   * Takes the folder for this process and stops what a killed earlier run left behind.
   *
   * @throws PlainError when another launcher is alive on it.
   */
  static async take(file: string): Promise<{ run: RunFile; cleared: string[] }> {
    const earlier = read(file);
    if (earlier !== null && earlier.pid !== process.pid && isSame(earlier.pid, earlier.command)) {
      throw new PlainError(
        `Porthole already runs${earlier.origin === '' ? '' : ` at ${earlier.origin}`} (process ${earlier.pid}).`,
        'Use it there, or stop it with Ctrl-C in its terminal and start again.',
      );
    }
    const cleared: string[] = [];
    for (const [name, child] of Object.entries(earlier?.children ?? {})) {
      if (!isSame(child.pid, child.command)) continue;
      cleared.push(name);
      // To PostgreSQL SIGTERM means: wait for your clients. SIGINT means now.
      await stopProcess(child.pid, name === 'postgres' ? 'SIGINT' : 'SIGTERM', PATIENCE_MS);
    }
    return { run: new RunFile(file), cleared };
  }

  setOrigin(origin: string): void {
    this.record.origin = origin;
    this.write();
  }

  setChild(name: string, pid: number | null): void {
    if (pid === null) delete this.record.children[name];
    else this.record.children[name] = { pid, command: commandLine(pid) };
    this.write();
  }

  /** Nothing runs any more. */
  release(): void {
    rmSync(this.file, { force: true });
  }

  private write(): void {
    writeFileSync(`${this.file}.draft`, JSON.stringify(this.record, null, 1), { mode: 0o600 });
    renameSync(`${this.file}.draft`, this.file);
  }
}

/** Process numbers are used again: only the same words make it the same process. */
function isSame(pid: number, command: string): boolean {
  return isAlive(pid) && command !== '' && commandLine(pid) === command;
}

function read(file: string): RunRecord | null {
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null; // Cut off by a full disk or a power cut: there is nothing to learn from it.
  }
}
