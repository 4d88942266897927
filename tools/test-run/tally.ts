import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';

/** What a step adds to the closing line. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

export function addTallies(tallies: readonly Tally[]): Tally {
  const sum: Tally = { passed: 0, failed: 0, skipped: 0 };
  for (const tally of tallies) {
    sum.passed += tally.passed;
    sum.failed += tally.failed;
    sum.skipped += tally.skipped;
  }
  return sum;
}

/** The one line that everything ends with. */
export function closingLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** One check counted as one. */
export function single(passed: boolean): Tally {
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 };
}

const vitestSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number().default(0),
});

const playwrightSchema = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
});

/** Vitest's JSON report; `exitedWell` tells of a file that did not even load, which no test counts. */
export function vitestTally(file: string, exitedWell: boolean): Tally {
  return whole(
    read(file, (json) => {
      const report = vitestSchema.parse(json);
      return {
        passed: report.numPassedTests,
        failed: report.numFailedTests,
        skipped: report.numPendingTests + report.numTodoTests,
      };
    }),
    exitedWell,
  );
}

/** Playwright's JSON report; a test that passed only at a second try has failed. */
export function playwrightTally(file: string, exitedWell: boolean): Tally {
  return whole(
    read(file, (json) => {
      const { stats } = playwrightSchema.parse(json);
      return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped };
    }),
    exitedWell,
  );
}

/** A run that failed without a failed test, or passed without any test, is one failure. */
function whole(tally: Tally | null, exitedWell: boolean): Tally {
  const counted = tally ?? { passed: 0, failed: 0, skipped: 0 };
  const isOdd = counted.failed === 0 && (!exitedWell || counted.passed === 0);
  return isOdd ? { ...counted, failed: 1 } : counted;
}

function read(file: string, parse: (json: unknown) => Tally): Tally | null {
  if (!existsSync(file)) return null;
  try {
    return parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null; // Cut off: the runner was killed while it wrote.
  }
}
