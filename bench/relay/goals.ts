import type { Scores } from './scores.ts';
import type { LaneName } from './stage.ts';

export interface Goal {
  readonly figure: string;
  readonly at: 'most' | 'least';
  /** What is wanted on a quiet machine (README, "What a relay should reach"). */
  readonly target: number;
  /** What a change must never pass, on any machine: the bound of the benchmark. */
  readonly bound: number;
}

export interface Verdict extends Goal {
  readonly lane: LaneName;
  readonly measured: number;
  readonly met: boolean;
}

const most = (figure: string, target: number, bound: number): Goal => ({ figure, at: 'most', target, bound });
const least = (figure: string, target: number, bound: number): Goal => ({
  figure,
  at: 'least',
  target,
  bound,
});

export const GOALS: readonly Goal[] = [
  most('down1', 1.15, 4),
  most('down8', 1.15, 4),
  most('down64', 1.3, 4),
  most('small', 1.5, 2.5),
  most('up', 1.5, 4),
  most('echoP50AddedUs', 35, 400),
  most('echoP99Ratio', 1.7, 10),
  most('floodEchoRatio', 1.3, 20),
  least('fairness64', 0.5, 0.05),
  most('openCpuMs', 1.4, 15),
  least('opensPerCpuSecond', 700, 60),
  most('idleKiB1000', 55, 150),
  most('idleKiB4000', 45, 150),
  most('afterTrafficKiB', 200, 600),
  most('stalledMB', 2, 6),
  most('idleCpuPercent4000', 1, 20),
];

/**
 * A screen of text comes from QEMU in rectangles of 77 (Hextile) and 34 bytes (Tight), each of which is walked: their bound
 * is so many times as wide.
 */
const DEAR_BOUND = 8;
const DEAR_LANES: ReadonlySet<LaneName> = new Set(['porthole hextile', 'porthole tight'] as const);

/** Each goal at each of Porthole's lanes that has the figure. */
export function judge(scores: Scores): Verdict[] {
  const lanes = (['porthole', 'porthole raw', 'porthole hextile', 'porthole tight'] as const).flatMap(
    (lane) => {
      const figures = scores[lane];
      return figures === undefined ? [] : [{ lane, figures }];
    },
  );
  return GOALS.flatMap((goal) =>
    lanes.flatMap(({ lane, figures }) => {
      const measured = figures[goal.figure];
      return measured === undefined
        ? []
        : [{ ...goal, lane, measured, met: keeps(measured, goal.at, goal.target) }];
    }),
  );
}

export function withinBounds(verdicts: readonly Verdict[]): boolean {
  return (
    verdicts.length > 0 &&
    verdicts.every(({ lane, measured, at, bound }) => keeps(measured, at, boundFor(lane, at, bound)))
  );
}

function boundFor(lane: LaneName, at: Goal['at'], bound: number): number {
  if (!DEAR_LANES.has(lane)) return bound;
  return at === 'most' ? bound * DEAR_BOUND : bound / DEAR_BOUND;
}

function keeps(measured: number, at: Goal['at'], limit: number): boolean {
  return at === 'most' ? measured <= limit : measured >= limit;
}
