import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { addTallies, closingLine, playwrightTally, single, vitestTally } from './tally.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'porthole-tally-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function report(content: unknown): string {
  const file = path.join(folder, `${Math.random()}.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const vitest = (passed: number, failed: number, pending: number) =>
  report({ numPassedTests: passed, numFailedTests: failed, numPendingTests: pending, numTodoTests: 0 });

describe('the tally', () => {
  it('sums every runner into the closing line', () => {
    const browser = report({ stats: { expected: 2, unexpected: 1, flaky: 1, skipped: 3 } });
    const sum = addTallies([
      vitestTally(vitest(5, 0, 1), true),
      playwrightTally(browser, false),
      single(true),
    ]);
    expect(closingLine(sum)).toBe('8 passed, 2 failed, 4 skipped');
  });

  it('counts a run that failed without a failed test as one failure', () => {
    expect(vitestTally(vitest(5, 0, 0), false)).toEqual({ passed: 5, failed: 1, skipped: 0 });
  });

  it('counts a run of no test, no report, or a broken one as one failure', () => {
    expect(vitestTally(vitest(0, 0, 0), true).failed).toBe(1);
    expect(vitestTally('/nowhere.json', true).failed).toBe(1);
    expect(playwrightTally(report('{'), true).failed).toBe(1);
  });
});
