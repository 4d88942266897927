import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import type { Contestant, ContestantName } from '../contestants/contestant.ts';
import { cpuSeconds, memoryKiB } from '../process/process-usage.ts';
import { put, type Scores } from '../scores.ts';
import { LANES, type LaneName, openConsoles, type Stage, surelyReceived } from '../stage.ts';
import { echoAt } from './echo.ts';

/** Opened and closed before, so that what a process needs for itself is not counted as a session's. */
const WARM = 50;
/** A pass lives for 30 s: no more are issued at once than are shown in that time. */
const BATCH = 250;
const AT_ONCE = 16;
const SETTLE_MS = 3_000;
const WATCHED_MS = 5_000;
/** One process each: a thousand would not fit the machine. */
const WEBSOCKIFY_SESSIONS = 60;
const AFTER_TRAFFIC = 100;
const TRAFFIC_BYTES = 1_048_576;
const ECHOES = 1_000;
const RECORD_BYTES = 16_384;

/** The lane in which each is measured: Porthole with the screen's walker and all that goes with it. */
const IDLE_LANES = ['floor', 'websockify', 'ws-pipe', 'porthole hextile'] as const;

/** What sessions hold at which nothing happens, and what the process does for them. */
export async function measureIdle(
  stage: Stage,
  names: readonly ContestantName[],
  scores: Scores,
): Promise<void> {
  for (const lane of IDLE_LANES) {
    const { contestant: name } = LANES[lane];
    if (!names.includes(name)) continue;
    const contestant = await stage.start(name);
    if (name === 'websockify') await measureFew(stage, contestant, scores);
    else await measureMany(stage, contestant, lane, scores);
    await stage.end(contestant);
  }
}

async function measureFew(stage: Stage, contestant: Contestant, scores: Scores): Promise<void> {
  const before = memoryKiB(contestant.pid);
  const ids = await openMore(stage, contestant, 'websockify', WEBSOCKIFY_SESSIONS);
  note(scores, 'websockify', 'idleKiB1000', (memoryKiB(contestant.pid) - before) / ids.length);
  await stage.load.ask('close', ids);
}

async function measureMany(
  stage: Stage,
  contestant: Contestant,
  lane: LaneName,
  scores: Scores,
): Promise<void> {
  const { pid } = contestant;
  await stage.load.ask('close', await openMore(stage, contestant, lane, WARM));
  await wait(SETTLE_MS);
  const empty = memoryKiB(pid);
  await measureAfterTraffic(stage, contestant, lane, scores);
  const ids = await openMore(stage, contestant, lane, 1_000);
  note(scores, lane, 'idleKiB1000', (memoryKiB(pid) - empty) / ids.length);
  const [first = ''] = ids;
  const { p50Us } = await echoAt(stage, LANES[lane], first, ECHOES);
  note(scores, lane, 'echoBeside1000Us', p50Us);
  ids.push(...(await openMore(stage, contestant, lane, 3_000)));
  note(scores, lane, 'idleKiB4000', (memoryKiB(pid) - empty) / ids.length);
  const before = cpuSeconds(pid);
  const since = performance.now();
  await wait(WATCHED_MS);
  note(
    scores,
    lane,
    'idleCpuPercent4000',
    ((cpuSeconds(pid) - before) / (performance.now() - since)) * 100_000,
  );
  await stage.load.ask('close', ids);
}

async function measureAfterTraffic(
  stage: Stage,
  contestant: Contestant,
  lane: LaneName,
  scores: Scores,
): Promise<void> {
  const { kind, source } = LANES[lane];
  const before = memoryKiB(contestant.pid);
  await stage.atConsoles({ contestant, kind }, AFTER_TRAFFIC, async ({ ids, consoles }) => {
    await stage.load.ask('mark', ids);
    const received = stage.load.ask('receive', { ids, bytes: surelyReceived({ kind }, TRAFFIC_BYTES) });
    await stage.origin.ask('flood', { consoles, source, record: RECORD_BYTES, bytes: TRAFFIC_BYTES });
    await received;
    await wait(SETTLE_MS);
    note(scores, lane, 'afterTrafficKiB', (memoryKiB(contestant.pid) - before) / AFTER_TRAFFIC);
  });
}

async function openMore(
  stage: Stage,
  contestant: Contestant,
  lane: LaneName,
  count: number,
): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const ways = await contestant.ways(Math.min(BATCH, count - ids.length), LANES[lane].kind);
    await stage.load.ask('open', { ways, atOnce: AT_ONCE });
    ids.push(...openConsoles(ways).ids);
  }
  await wait(SETTLE_MS);
  return ids;
}

function note(scores: Scores, lane: LaneName, figure: string, value: number): void {
  put(scores, figure, new Map([[lane, value]]));
}
