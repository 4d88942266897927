import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * What a process was started as, to tell our own left-over from a stranger who got its number since.
 *
 * @returns the words of its command line joined by blanks; '' where it is gone or cannot be asked.
 */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    if (process.platform === 'linux') return '';
  }
  try {
    return execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
