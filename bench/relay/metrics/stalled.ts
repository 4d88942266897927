import { setTimeout as wait } from 'node:timers/promises';
import { memoryKiB } from '../process/process-usage.ts';
import { interleave, medians, put, type Scores } from '../scores.ts';
import type { Stage } from '../stage.ts';

const STALLED = 16;
const LASTS_MS = 2_000;
const REPETITIONS = 2;
const RECORD_BYTES = 16_384;
const KIB_PER_MB = 1_000_000 / 1_024;

/** What a viewer that takes nothing makes the process hold, while its host says all it can. */
export async function measureStalled(stage: Stage, scores: Scores): Promise<void> {
  const measured = await interleave(stage.lanes, REPETITIONS, (lane) =>
    stage.atConsoles(lane, STALLED, async ({ ids, consoles }) => {
      const { pid } = lane.contestant;
      await stage.load.ask('pause', ids);
      const before = memoryKiB(pid);
      const flood = { consoles, source: lane.source, record: RECORD_BYTES, bytes: null };
      const flooding = stage.origin.ask('flood', flood);
      await wait(LASTS_MS);
      const held = (memoryKiB(pid) - before) / STALLED / KIB_PER_MB;
      await stage.origin.ask('hush', consoles);
      await stage.load.ask('resume', ids);
      await flooding;
      return held;
    }),
  );
  put(scores, 'stalledMB', medians(measured));
}
