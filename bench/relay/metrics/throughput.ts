import { cpuSeconds } from '../process/process-usage.ts';
import { interleave, medians, put, ratiosToFloor, type Scores } from '../scores.ts';
import { type Lane, type OpenConsoles, type Stage, surelyReceived } from '../stage.ts';

const GB = 1e9;
const MIB = 1_048_576;

interface Transfer {
  readonly figure: string;
  readonly viewers: number;
  /** Length of a TLS record, in bytes. */
  readonly record: number;
  /** In all, by one measurement. */
  readonly bytes: number;
  readonly repetitions: number;
}

export const DOWN: readonly Transfer[] = [
  { figure: 'down1', viewers: 1, record: 16_384, bytes: 96 * MIB, repetitions: 5 },
  { figure: 'down8', viewers: 8, record: 16_384, bytes: 96 * MIB, repetitions: 5 },
  { figure: 'down64', viewers: 64, record: 16_384, bytes: 96 * MIB, repetitions: 3 },
  { figure: 'small', viewers: 1, record: 256, bytes: 12 * MIB, repetitions: 3 },
];
export const UP: Transfer = { figure: 'up', viewers: 1, record: 16_384, bytes: 96 * MIB, repetitions: 5 };
/** Lanes whose bytes cost so much more that fewer of them tell as much. */
const DEAR: ReadonlySet<string> = new Set(['hextile', 'tight']);
const DEAR_SHARE = 1 / 4;
/** Before the first measurement, so that every contestant's code is as warm as it gets. */
const WARM_BYTES = 16 * MIB;

/** CPU seconds per GB, host to browser, beside those of the floor. */
export async function measureDown(stage: Stage, transfer: Transfer, scores: Scores): Promise<void> {
  const run = async (lane: Lane, { ids, consoles }: OpenConsoles, bytes: number) => {
    const share = DEAR.has(lane.source) ? DEAR_SHARE : 1;
    const each = Math.floor((bytes * share) / transfer.viewers);
    await stage.load.ask('mark', ids);
    const received = stage.load.ask('receive', { ids, bytes: surelyReceived(lane, each) });
    const before = cpuSeconds(lane.contestant.pid);
    await stage.origin.ask('flood', { consoles, source: lane.source, record: transfer.record, bytes: each });
    await received;
    return ((cpuSeconds(lane.contestant.pid) - before) / (each * transfer.viewers)) * GB;
  };
  await compare(stage, transfer, scores, run);
}

/** The same, browser to host. */
export async function measureUp(stage: Stage, scores: Scores): Promise<void> {
  await compare(stage, UP, scores, async (lane, { ids, consoles }, bytes) => {
    const [id = ''] = ids;
    const [console = ''] = consoles;
    await stage.origin.ask('answer', { consoles, how: 'nothing' });
    await stage.origin.ask('mark', console);
    const before = cpuSeconds(lane.contestant.pid);
    const sent = stage.load.ask('send', { id, screen: lane.kind === 'screen', bytes });
    await Promise.all([sent, stage.origin.ask('receive', { console, bytes })]);
    return ((cpuSeconds(lane.contestant.pid) - before) / bytes) * GB;
  });
}

async function compare(
  stage: Stage,
  { figure, viewers, bytes, repetitions }: Transfer,
  scores: Scores,
  run: (lane: Lane, open: OpenConsoles, bytes: number) => Promise<number>,
): Promise<void> {
  const open = new Map<Lane, OpenConsoles>();
  for (const lane of stage.lanes) {
    open.set(lane, await stage.open(lane, viewers));
  }
  const at = (lane: Lane) => open.get(lane) ?? { ids: [], consoles: [] };
  for (const lane of stage.lanes) await run(lane, at(lane), Math.min(bytes, WARM_BYTES));
  const measured = await interleave(stage.lanes, repetitions, (lane) => run(lane, at(lane), bytes));
  for (const { ids } of open.values()) await stage.load.ask('close', ids);
  put(scores, figure, ratiosToFloor(measured));
  put(scores, `${figure} s/GB`, medians(measured));
}
