import { setTimeout as wait } from 'node:timers/promises';
import { interleave, medians, put, type Scores } from '../scores.ts';
import type { Stage } from '../stage.ts';

const FLOODS = 64;
const LASTS_MS = 1_500;
const REPETITIONS = 3;
const RECORD_BYTES = 16_384;

/** Of 64 consoles that all say what they can: the least that one viewer got, as a share of the most. */
export async function measureFairness(stage: Stage, scores: Scores): Promise<void> {
  const measured = await interleave(stage.lanes, REPETITIONS, (lane) =>
    stage.atConsoles(lane, FLOODS, async ({ ids, consoles }) => {
      const flood = { consoles, source: lane.source, record: RECORD_BYTES, bytes: null };
      await stage.load.ask('mark', ids);
      const flooding = stage.origin.ask('flood', flood);
      await wait(LASTS_MS);
      const counts = await stage.load.ask('counts', ids);
      await stage.origin.ask('hush', consoles);
      await flooding;
      return Math.min(...counts) / Math.max(...counts);
    }),
  );
  put(scores, 'fairness64', medians(measured));
}
