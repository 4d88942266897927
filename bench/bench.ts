/** How a benchmark is run. */
export interface BenchRun {
  /** Make what is measured slower on purpose: the bound must then be missed. */
  prove: boolean;
  /** Names of the parts to run; empty for all. */
  only: readonly string[];
  /** Progress for whoever watches; never part of the result. */
  say(line: string): void;
}

export interface Figure {
  value: number;
  unit: string;
}

export interface BenchResult {
  figures: Record<string, Figure>;
  /** Whether the bound was kept. */
  holds: boolean;
  /** More than figures can say; part of the JSON. */
  report?: object;
}

/** A question of speed with a bound. Each stands in a folder of its name and is exported as `bench`. */
export interface Bench {
  name: string;
  question: string;
  bound: string;
  /** What `prove` makes slower. */
  sabotage: string;
  run(options: BenchRun): Promise<BenchResult>;
}

/** The middle of what was measured: one slow try on a busy machine says nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
