import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isAlive } from './is-alive.ts';

const POLL_MS = 20;

/**
 * Runs `work` while no other process of this machine does so under the same lock file. A lock whose holder died is
 * taken over.
 *
 * @param patienceMs how long to wait for another holder.
 * @throws Error naming the holder when patience ends.
 */
export async function withFileLock<T>(file: string, patienceMs: number, work: () => Promise<T>): Promise<T> {
  mkdirSync(path.dirname(file), { recursive: true });
  const giveUpAt = Date.now() + patienceMs;
  const mine = `${process.pid} ${randomUUID()}`;
  while (!take(file, mine)) {
    if (Date.now() > giveUpAt) throw new Error(`${file} is held by process ${holderOf(file) ?? 'unknown'}`);
    await wait(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file: string, mine: string): boolean {
  // Written beside and linked: whoever reads the lock never sees it half written.
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, mine);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  const holder = holderOf(file);
  if (holder !== null && !isAlive(holder)) clearStale(file, holder);
  return false;
}

/** Moves a dead holder's lock away; if somebody fresh took it in the same instant, puts theirs back. */
function clearStale(file: string, deadHolder: number): void {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
    if (holderOf(aside) !== deadHolder) linkSync(aside, file);
  } catch {
    // Another process cleared it first: the next round decides.
    return;
  } finally {
    rmSync(aside, { force: true });
  }
}

function holderOf(file: string): number | null {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10);
  } catch {
    return null;
  }
}
