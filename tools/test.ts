// npm test [-- STEP …]: sets itself up and runs everything, or the named steps; ends with one line of counts.
import { readFileSync } from 'node:fs';
import { hasLivingUsers, serverFile } from './postgres/test-server.ts';
import { isAlive } from './processes/is-alive.ts';
import { stopProcess } from './processes/stop-process.ts';
import { prepareMachine } from './test-run/prepare-machine.ts';
import { STEPS } from './test-run/steps.ts';
import { addTallies, closingLine, single, type Tally } from './test-run/tally.ts';

process.env.NX_DAEMON = 'false';
process.env.NEXT_TELEMETRY_DISABLED = '1';

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !STEPS.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`There is no step "${unknown[0]}". Steps: ${STEPS.map((step) => step.name).join(' ')}`);
  process.exit(2);
}
const steps = asked.length === 0 ? STEPS : STEPS.filter((step) => asked.includes(step.name));
const startedAt = Date.now();
const clock = (since: number): string => `${((Date.now() - since) / 1000).toFixed(0)} s`;
const say = (line: string): void => console.log(line);

const tallies: Tally[] = [];
try {
  say('▸ what this machine has');
  const machine = prepareMachine((line) => say(`  ${line}`));
  for (const [index, step] of steps.entries()) {
    const since = Date.now();
    say(`▸ ${step.title} (${index + 1} of ${steps.length})`);
    const tally = await step.run({ machine, isCi: process.env.CI === 'true', say });
    tallies.push(tally);
    say(`  ${tally.failed === 0 ? '✓' : '✗'} ${closingLine(tally).replaceAll(',', ' ·')} in ${clock(since)}`);
  }
} catch (error) {
  // Nothing that comes after could be trusted: the run ends here, as failed.
  console.error(error instanceof Error ? error.message : String(error));
  tallies.push(single(false));
}
await stopTestServer();
const sum = addTallies(tallies);
say(`in ${clock(startedAt)}`);
say(closingLine(sum));
process.exit(sum.failed === 0 ? 0 : 1);

/** It would end by itself some seconds later; a run leaves nothing behind that it started. */
async function stopTestServer(): Promise<void> {
  try {
    const { keeperPid }: { keeperPid: number } = JSON.parse(readFileSync(serverFile, 'utf8'));
    if (isAlive(keeperPid) && !hasLivingUsers({ but: process.pid }))
      await stopProcess(keeperPid, 'SIGTERM', 10_000);
  } catch {
    // No test asked for a database.
  }
}
