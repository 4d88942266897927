import { rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { houseOffences, WORDS } from '../house-rules.ts';
import { PlainError } from '../processes/plain-error.ts';
import { buildApps } from '../stack/build-apps.ts';
import { rootDir } from '../stack/stack-paths.ts';
import { PROGRAMS } from '../types/programs.ts';
import { playGates } from './gate-lanes.ts';
import type { Machine } from './prepare-machine.ts';
import { reportsDir, runCommand } from './run-command.ts';
import { addTallies, playwrightTally, single, type Tally, vitestTally } from './tally.ts';

export interface Context {
  machine: Machine;
  /** A missing browser or guest is a failure, not a skip. */
  isCi: boolean;
  say(line: string): void;
}

export interface Step {
  name: string;
  title: string;
  run(context: Context): Promise<Tally>;
}

const bin = (relative: string): string => path.join('node_modules', relative);

/** Everything that `npm test` runs, cheap before dear. */
export const STEPS: readonly Step[] = [
  {
    name: 'lint',
    title: 'format and lint',
    run: async () => single(await runCommand('lint', [bin('@biomejs/biome/bin/biome'), 'check', '.'])),
  },
  { name: 'imports', title: 'import rules', run: importRules },
  { name: 'house', title: 'house rules', run: houseRules },
  { name: 'types', title: 'types', run: types },
  {
    name: 'unit',
    title: 'unit tests',
    run: () => vitest('unit', ['--project', 'unit', '--project', 'alone']),
  },
  {
    name: 'integration',
    title: 'integration tests',
    run: () => vitest('integration', ['--project', 'integration']),
  },
  { name: 'build', title: 'production builds', run: build },
  // After the builds: some of them are about what ships.
  { name: 'gates', title: 'gates, each with its proof', run: gates },
  { name: 'start', title: 'npm start itself', run: () => vitest('start', ['--project', 'stack']) },
  { name: 'browser', title: 'browser tests', run: browser },
];

/** How much runs at once: as there are cores, two at most, for each may hold much in memory. */
const lanes = (): number => Math.min(2, os.availableParallelism());

async function importRules(): Promise<Tally> {
  const cruise = bin('dependency-cruiser/bin/dependency-cruise.mjs');
  const folders = ['apps', 'libs', 'e2e', 'tools', 'prisma', 'bench'];
  const args = [cruise, '--config', '.dependency-cruiser.mjs', '--output-type', 'err', ...folders];
  return single(await runCommand('imports', args));
}

async function houseRules(): Promise<Tally> {
  const offences = houseOffences(rootDir);
  for (const { file, line, rule } of offences) console.log(`${file}:${line}  ${rule}: ${WORDS[rule]}`);
  return single(offences.length === 0);
}

async function types(): Promise<Tally> {
  const waiting = [...PROGRAMS];
  const tallies: Tally[] = [];
  const work = async (): Promise<void> => {
    for (let config = waiting.shift(); config !== undefined; config = waiting.shift()) {
      const name = `types-${config.replaceAll(/[/.]/g, '-').replace(/-json$/, '')}`;
      tallies.push(single(await runCommand(name, [bin('typescript/bin/tsc'), '--noEmit', '-p', config])));
    }
  };
  await Promise.all(Array.from({ length: lanes() }, work));
  return addTallies(tallies);
}

async function vitest(name: string, args: readonly string[]): Promise<Tally> {
  const report = path.join(reportsDir, `${name}.json`);
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${report}`];
  const exitedWell = await runCommand(name, [bin('vitest/vitest.mjs'), 'run', ...args, ...reporters]);
  return vitestTally(report, exitedWell);
}

async function gates({ say }: Context): Promise<Tally> {
  const verdicts = await playGates(lanes(), ({ passed, sentence, seconds }, title) =>
    say(`  ${passed ? '✓' : '✗'} ${title}: ${sentence} ${seconds.toFixed(1)} s`),
  );
  return addTallies(verdicts.map((verdict) => single(verdict.passed)));
}

async function build({ say }: Context): Promise<Tally> {
  try {
    await buildApps(() => undefined);
    return single(true);
  } catch (error) {
    say(error instanceof PlainError ? error.message : String(error));
    return single(false);
  }
}

async function browser({ machine, isCi, say }: Context): Promise<Tally> {
  const missing = [...machine.missingForBrowser, ...(isCi ? machine.missingForGuest : [])];
  if (machine.chromium === null || missing.length > 0) {
    say(`  the browser tests need: ${missing.join('; ')}`);
    return isCi ? single(false) : { passed: 0, failed: 0, skipped: 1 };
  }
  if (machine.missingForGuest.length > 0)
    say(`  without a real guest, for it needs: ${machine.missingForGuest.join('; ')}`);
  const report = path.join(reportsDir, 'browser.json');
  rmSync(report, { force: true });
  const playwright = [bin('@playwright/test/cli.js'), 'test', '--config', 'e2e/playwright.config.ts'];
  const exitedWell = await runCommand('browser', [...playwright, '--reporter=list,json'], {
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
    CHROMIUM_PATH: machine.chromium,
  });
  return playwrightTally(report, exitedWell);
}
