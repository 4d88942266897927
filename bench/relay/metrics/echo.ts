import { median } from '../../bench.ts';
import type { Echo } from '../load/load-process.ts';
import { interleave, put, ratiosToFloor, type Scores } from '../scores.ts';
import type { Lane, LaneName, OpenConsoles, Stage } from '../stage.ts';

const ROUNDS = 1_000;
/** Beside a flood each takes milliseconds. */
const FLOODED_ROUNDS = 60;
const FLOODED_REPETITIONS = 3;
const REPETITIONS = 5;
const RECORD_BYTES = 16_384;

/** How long a key press takes to the host and back, one after the other. */
export async function measureEcho(stage: Stage, scores: Scores): Promise<void> {
  const open = new Map<Lane, OpenConsoles>();
  for (const lane of stage.lanes) open.set(lane, await stage.open(lane, 1));
  const p99 = new Map<LaneName, number[]>();
  const p50 = await interleave(stage.lanes, REPETITIONS, async (lane) => {
    const echo = await echoAt(stage, lane, open.get(lane)?.ids[0] ?? '', ROUNDS);
    p99.set(lane.name, [...(p99.get(lane.name) ?? []), echo.p99Us]);
    return echo.p50Us;
  });
  for (const { ids } of open.values()) await stage.load.ask('close', ids);
  const floor = p50.get('floor') ?? [];
  put(
    scores,
    'echoP50AddedUs',
    new Map([...p50].map(([name, us]) => [name, median(us.map((one, at) => one - (floor[at] ?? 0)))])),
  );
  put(scores, 'echoP50Us', new Map([...p50].map(([name, us]) => [name, median(us)])));
  put(scores, 'echoP99Ratio', ratiosToFloor(p99));
}

/** The same while somebody else's console says all it can through the same process. */
export async function measureFloodEcho(stage: Stage, scores: Scores): Promise<void> {
  const measured = await interleave(stage.lanes, FLOODED_REPETITIONS, (lane) =>
    stage.atConsoles(lane, 1, ({ ids }) =>
      stage.atConsoles(
        lane,
        1,
        async ({ consoles }) => {
          const flood = { consoles, source: lane.source, record: RECORD_BYTES, bytes: null };
          const flooding = stage.origin.ask('flood', flood);
          const { p50Us } = await echoAt(stage, lane, ids[0] ?? '', FLOODED_ROUNDS);
          await stage.origin.ask('hush', consoles);
          await flooding;
          return p50Us;
        },
        stage.crowd,
      ),
    ),
  );
  put(scores, 'floodEchoRatio', ratiosToFloor(measured));
  put(scores, 'floodEchoUs', new Map([...measured].map(([name, us]) => [name, median(us)])));
}

export function echoAt(
  stage: Stage,
  { kind }: Pick<Lane, 'kind'>,
  id: string,
  rounds: number,
): Promise<Echo> {
  return stage.load.ask('echo', { id, screen: kind === 'screen', rounds });
}
