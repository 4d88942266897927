import { median } from '../bench.ts';
import { type Lane, type LaneName, laneNames } from './stage.ts';

/** What was measured: by lane, then by the name of the figure. */
export type Scores = Partial<Record<LaneName, Record<string, number>>>;

export type Measured = ReadonlyMap<LaneName, readonly number[]>;

/** Every lane once, then every lane again: what the machine does meanwhile meets all alike. */
export async function interleave(
  lanes: readonly Lane[],
  repetitions: number,
  measure: (lane: Lane) => Promise<number>,
): Promise<Measured> {
  const measured = new Map<LaneName, number[]>(lanes.map(({ name }) => [name, []]));
  for (let repetition = 0; repetition < repetitions; repetition += 1)
    for (const lane of lanes) measured.get(lane.name)?.push(await measure(lane));
  return measured;
}

export function medians(measured: Measured): Map<LaneName, number> {
  return new Map([...measured].map(([name, values]) => [name, median(values)]));
}

/** Each repetition is compared with the floor of the same one; of these ratios the median. */
export function ratiosToFloor(measured: Measured): Map<LaneName, number> {
  const floor = measured.get('floor') ?? [];
  return new Map(
    [...measured].map(([name, values]) => [
      name,
      median(values.map((value, at) => value / (floor[at] ?? Number.NaN))),
    ]),
  );
}

export function put(scores: Scores, figure: string, values: ReadonlyMap<LaneName, number>): void {
  for (const [name, value] of values) {
    const lane = scores[name] ?? {};
    lane[figure] = value;
    scores[name] = lane;
  }
}

export function addScores(to: Scores, more: Scores): void {
  for (const lane of laneNames()) {
    const figures = more[lane];
    if (figures !== undefined) to[lane] = { ...to[lane], ...figures };
  }
}
