import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { commandLine } from '../processes/command-line.ts';
import { isAlive } from '../processes/is-alive.ts';
import { stopProcess } from '../processes/stop-process.ts';

const STOP_MS = 15_000;

/**
 * PostgreSQL outlives a killed parent and then holds its data against the next start. The first line of postmaster.pid
 * names it: alive and truly PostgreSQL, it is shut down; anything else under that number is left alone.
 */
export async function clearLeftOverServer(dataDir: string): Promise<void> {
  const file = path.join(dataDir, 'postmaster.pid');
  let pid = Number.NaN;
  try {
    pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  } catch {
    return; // No such file: the last stop was a clean one.
  }
  if (isAlive(pid) && commandLine(pid).includes('postgres')) await stopProcess(pid, 'SIGINT', STOP_MS);
  // A number that a stranger got since would make PostgreSQL refuse to start.
  rmSync(file, { force: true });
}
