import { setTimeout as wait } from 'node:timers/promises';
import { memoryKiB } from '../process/process-usage.ts';
import { interleave, medians, put, type Scores } from '../scores.ts';
import type { Stage } from '../stage.ts';

const STALLED = 8;
/** The host is held back once it has sent nothing for this long. */
const QUIET_MS = 400;
const PATIENCE_MS = 10_000;
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
      await untilHeldBack(stage, consoles);
      const held = (memoryKiB(pid) - before) / STALLED / KIB_PER_MB;
      await stage.origin.ask('hush', consoles);
      await stage.load.ask('resume', ids);
      await flooding;
      return held;
    }),
  );
  put(scores, 'stalledMB', medians(measured));
}

/** What kernels hold between host and viewer comes first; a contestant that takes all is given up on. */
async function untilHeldBack(stage: Stage, consoles: readonly string[]): Promise<void> {
  let before = -1;
  for (let left = PATIENCE_MS; left > 0; left -= QUIET_MS) {
    const sent = await stage.origin.ask('sent', consoles);
    if (sent === before) return;
    before = sent;
    await wait(QUIET_MS);
  }
}
