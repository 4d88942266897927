import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { median } from '../../bench.ts';
import { cpuSeconds } from '../process/process-usage.ts';
import type { Scores } from '../scores.ts';
import { put } from '../scores.ts';
import { openConsoles, type Stage } from '../stage.ts';

const SEATS = [1, 4, 16] as const;
const LASTS_MS = 2_500;
const SETTLE_MS = 500;
const REPETITIONS = 3;
const AT_ONCE = 8;

/**
 * One tunnel and several viewers, all asking for the next update as soon as they have one: CPU milliseconds for each
 * update that a seat got. With one seat the host's bytes pass; from the second on the picture is kept and encoded anew.
 */
export async function measureSeats(stage: Stage, scores: Scores): Promise<void> {
  const porthole = await stage.startPorthole();
  await stage.origin.ask('answerNew', { how: 'updates', source: 'hextile' });
  for (const seats of SEATS) {
    const costs: number[] = [];
    const rates: number[] = [];
    for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
      const ways = await porthole.seats(seats, 'screen');
      await stage.load.ask('open', { ways, atOnce: AT_ONCE });
      const { ids } = openConsoles(ways);
      await stage.load.ask('watch', ids);
      await wait(SETTLE_MS);
      await stage.load.ask('mark', ids);
      const before = cpuSeconds(porthole.pid);
      const since = performance.now();
      await wait(LASTS_MS);
      const updates = (await stage.load.ask('updates', ids)).reduce((sum, count) => sum + count, 0);
      costs.push(((cpuSeconds(porthole.pid) - before) * 1_000) / updates);
      rates.push((updates / ids.length / (performance.now() - since)) * 1_000);
      await stage.load.ask('close', ids);
    }
    put(scores, `seats${seats}`, new Map([['porthole hextile', median(costs)]]));
    put(scores, `seats${seats} updates/s`, new Map([['porthole hextile', median(rates)]]));
  }
  await stage.origin.ask('answerNew', { how: 'echo', source: 'hextile' });
  await stage.end(porthole);
}
