import { setTimeout as wait } from 'node:timers/promises';
import { cpuSeconds } from '../process/process-usage.ts';
import { interleave, medians, put, type Scores } from '../scores.ts';
import { type Lane, openConsoles, type Stage } from '../stage.ts';

const OPENS = 60;
const WARM_OPENS = 40;
const AT_ONCE = 16;
const REPETITIONS = 3;
/** What ends of consoles cost comes later and is no part of their opening. */
const SETTLE_MS = 500;

/** From the knock to the console's first word; for Porthole with pass, rights and log. The database is not counted. */
export async function measureOpens(stage: Stage, scores: Scores): Promise<void> {
  // What encoding it will be is not known yet when a screen opens.
  const lanes = stage.lanes.filter(({ source }) => source === 'text' || source === 'hextile');
  for (const lane of lanes) await open(stage, lane, WARM_OPENS);
  const perSecond = new Map<Lane['name'], number[]>();
  const cpuMs = await interleave(lanes, REPETITIONS, async (lane) => {
    const opened = await open(stage, lane, OPENS);
    perSecond.set(lane.name, [...(perSecond.get(lane.name) ?? []), opened.perSecond]);
    return opened.cpuMs;
  });
  const cost = medians(cpuMs);
  put(scores, 'openCpuMs', cost);
  put(scores, 'opensPerCpuSecond', new Map([...cost].map(([name, ms]) => [name, 1_000 / ms])));
  put(scores, 'opensPerSecond', medians(perSecond));
}

async function open(stage: Stage, { contestant, kind }: Lane, count: number) {
  const ways = await contestant.ways(count, kind);
  const before = cpuSeconds(contestant.pid);
  const ms = await stage.load.ask('open', { ways, atOnce: AT_ONCE });
  const cpuMs = ((cpuSeconds(contestant.pid) - before) * 1_000) / count;
  await stage.load.ask('close', openConsoles(ways).ids);
  await wait(SETTLE_MS);
  return { cpuMs, perSecond: (count * 1_000) / ms };
}
