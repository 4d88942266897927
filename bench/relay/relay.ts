import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Bench, BenchResult, BenchRun } from '../bench.ts';
import type { ContestantName } from './contestants/contestant.ts';
import { judge, withinBounds } from './goals.ts';
import { prepareContestants } from './machine-parts.ts';
import { measureEcho, measureFloodEcho } from './metrics/echo.ts';
import { measureFairness } from './metrics/fairness.ts';
import { measureIdle } from './metrics/idle.ts';
import { measureOpens } from './metrics/opens.ts';
import { measureSeats } from './metrics/seats.ts';
import { measureStalled } from './metrics/stalled.ts';
import { DOWN, measureDown, measureUp } from './metrics/throughput.ts';
import { addScores, type Scores } from './scores.ts';
import { Stage } from './stage.ts';

const RESULTS = path.join(import.meta.dirname, '../results/relay.json');
const ALL: readonly ContestantName[] = ['floor', 'websockify', 'ws-pipe', 'porthole'];
/** What shows that nothing is gathered any more. */
const PROVED_BY = ['small'];

type Metric = (stage: Stage, scores: Scores) => Promise<void>;

export const bench: Bench = {
  name: 'relay',
  question:
    'what the relay costs beside a plain TLS splice, websockify and a careful pipe, in one interleaved run',
  bound: 'no figure of the relay is beyond the bound beside its goal (bench/relay/goals.ts)',
  sabotage: 'the relay sends every record by itself',
  run,
};

async function run({ prove, say, only }: BenchRun): Promise<BenchResult> {
  const missing = prepareContestants(say);
  if (missing.includes('floor')) throw new Error('without haproxy there is no floor to compare with');
  const contestants = prove
    ? (['floor', 'porthole'] as const)
    : ALL.filter((name) => !missing.some((gone) => gone === name));
  const wanted = prove ? PROVED_BY : only;
  // What was spoilt on purpose is not worth keeping; parts are put beside what other runs have measured.
  const kept = prove ? nothingKept() : readKept();
  const scores: Scores = {};
  const stage = await Stage.set({ contestants, ungathered: prove });
  try {
    for (const [name, measure] of metricsFor(contestants)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      const since = Date.now();
      const measured: Scores = {};
      await measure(stage, measured);
      say(`${name}: ${((Date.now() - since) / 1_000).toFixed(0)} s; ${summary(measured)}`);
      addScores(scores, measured);
      addScores(kept.contestants, measured);
      kept.measuredAt[name] = { time: new Date().toISOString(), loadAverage: os.loadavg()[0] ?? 0 };
      if (!prove) keep(kept, missing);
    }
  } finally {
    await stage.stop();
  }
  const goals = judge(scores);
  return {
    figures: {},
    holds: withinBounds(goals),
    report: { contestants: rounded(scores), goals, missing },
  };
}

function metricsFor(contestants: readonly ContestantName[]): Map<string, Metric> {
  return new Map<string, Metric>([
    ...DOWN.map((transfer): [string, Metric] => [
      transfer.figure,
      (stage, scores) => measureDown(stage, transfer, scores),
    ]),
    ['up', measureUp],
    ['echo', measureEcho],
    ['floodEcho', measureFloodEcho],
    ['fairness', measureFairness],
    ['stalled', measureStalled],
    ['opens', measureOpens],
    ['seats', measureSeats],
    ['idle', (stage, scores) => measureIdle(stage, contestants, scores)],
  ]);
}

/** Every lane's figures of a metric in one line, for whoever watches. */
function summary(scores: Scores): string {
  return Object.entries(scores)
    .map(([lane, figures]) => {
      const words = Object.entries(figures).map(([name, value]) => `${name} ${value.toFixed(2)}`);
      return `${lane} ${words.join(' ')}`;
    })
    .join(', ');
}

interface Kept {
  readonly contestants: Scores;
  /** When each part was measured, and beside how much other work. */
  readonly measuredAt: Record<string, { readonly time: string; readonly loadAverage: number }>;
}

function nothingKept(): Kept {
  return { contestants: {}, measuredAt: {} };
}

function readKept(): Kept {
  return existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : nothingKept();
}

function keep({ contestants, measuredAt }: Kept, missing: readonly string[]): void {
  const machine = {
    cpu: os.cpus()[0]?.model ?? '',
    cpus: os.cpus().length,
    kernel: os.release(),
    node: process.version,
  };
  const goals = judge(contestants);
  const holds = withinBounds(goals);
  const report = { machine, measuredAt, holds, contestants: rounded(contestants), goals, missing };
  mkdirSync(path.dirname(RESULTS), { recursive: true });
  writeFileSync(RESULTS, `${JSON.stringify(report, null, 2)}\n`);
}

function rounded(scores: Scores): Scores {
  return Object.fromEntries(
    Object.entries(scores).map(([lane, figures]) => [
      lane,
      Object.fromEntries(
        Object.entries(figures).map(([name, value]) => [name, Number(value.toPrecision(4))]),
      ),
    ]),
  );
}
