import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { launchStack, type StackOptions } from '../../tools/stack/launch-stack.ts';
import { rootDir } from '../../tools/stack/stack-paths.ts';
import type { Bench, BenchResult, BenchRun, Figure } from '../bench.ts';

/** A later start (issue: under ten seconds). */
const LATER_START_MS = 10_000;
/** Long enough for the apps to have done what a start entails. */
const REST_MS = 5_000;

export const bench: Bench = {
  name: 'start',
  question:
    'how long until the printed address, with nothing there and with everything there; what does it hold at rest',
  bound: `a later start takes less than ${LATER_START_MS / 1_000} s`,
  sabotage: 'the builds are thrown away before it',
  run,
};

async function run({ prove, say }: BenchRun): Promise<BenchResult> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'porthole-bench-start-'));
  const options: StackOptions = {
    dataDir: path.join(home, 'stack'),
    fresh: false,
    qemu: 'if-found',
    quiet: true,
  };
  try {
    const figures: Record<string, Figure> = {};
    const first = await timed(options);
    figures.firstStart = { value: first.ms, unit: 'ms, builds there, data not' };
    await first.stack.stop();
    say(`first start: ${first.ms.toFixed(0)} ms`);
    if (prove) forgetBuilds();
    const later = await timed(options);
    figures.laterStart = { value: later.ms, unit: 'ms' };
    say(`later start: ${later.ms.toFixed(0)} ms`);
    await wait(REST_MS);
    for (const [app, pid] of Object.entries(later.stack.pids()))
      if (pid !== null) figures[`memory ${app}`] = { value: residentMiB(pid), unit: 'MiB resident' };
    await later.stack.stop();
    return { figures, holds: later.ms < LATER_START_MS };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function timed(options: StackOptions) {
  const since = Date.now();
  const stack = await launchStack(options);
  return { stack, ms: Date.now() - since };
}

function residentMiB(pid: number): number {
  const kib = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }));
  return Math.round(kib / 1024);
}

function forgetBuilds(): void {
  const builds = path.join(rootDir, '.porthole/build');
  for (const name of readdirSync(builds))
    if (name.startsWith('apps-')) rmSync(path.join(builds, name), { recursive: true, force: true });
}
