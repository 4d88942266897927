import type { Gate, GateResult } from './gate.ts';
import { GATES, type GateName } from './registry.ts';

export interface GateVerdict {
  name: GateName;
  /** The promise holds; with `prove`: the gate noticed that its defence was off. */
  passed: boolean;
  sentence: string;
  seconds: number;
}

/** Runs one gate and turns its result, a crash included, into a verdict. */
export async function runGate(
  name: GateName,
  options: { full: boolean; prove: boolean; say: (line: string) => void },
): Promise<GateVerdict> {
  const started = Date.now();
  let verdict: Pick<GateVerdict, 'passed' | 'sentence'>;
  try {
    const gate: Gate = await GATES[name]();
    verdict = judge(gate, await gate.run(options), options.prove);
  } catch (error) {
    // A gate that crashes has shown nothing, with its defence on or off.
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    verdict = { passed: false, sentence: `the gate itself failed: ${words}` };
  }
  return { name, ...verdict, seconds: (Date.now() - started) / 1000 };
}

/** With `prove` only a breach is a pass: a gate that stays quiet without its defence guards nothing. */
export function judge(gate: Gate, result: GateResult, prove: boolean): { passed: boolean; sentence: string } {
  const counts = Object.entries(result.counts)
    .map(([what, count]) => `${what} ${count}`)
    .join(', ');
  const breached = result.breaches.length > 0;
  if (prove) {
    return breached
      ? { passed: true, sentence: `noticed: ${result.breaches[0]} (${counts})` }
      : { passed: false, sentence: `did not notice that its defence was off: ${gate.defence} (${counts})` };
  }
  return breached
    ? { passed: false, sentence: `broken: ${result.breaches.join('; ')} (${counts})` }
    : { passed: true, sentence: `holds: ${gate.promise} (${counts})` };
}
