import { setTimeout as wait } from 'node:timers/promises';
import { isAlive } from './is-alive.ts';

const POLL_MS = 25;

/**
 * Asks a process to end, and makes it end where it does not.
 *
 * @param pid a negative number means the whole process group, as with kill(2).
 * @param patienceMs how long it may take before SIGKILL.
 * @returns once it is gone.
 */
export async function stopProcess(pid: number, signal: NodeJS.Signals, patienceMs: number): Promise<void> {
  send(pid, signal);
  const killAt = Date.now() + patienceMs;
  while (isThere(pid)) {
    if (Date.now() >= killAt) send(pid, 'SIGKILL');
    await wait(POLL_MS);
  }
}

function isThere(pid: number): boolean {
  if (pid > 0) return isAlive(pid);
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // ESRCH: gone in between, which is what was asked for.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
