import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { GateOrder } from '../gates/lane.ts';
import { GATES, isGateName, NEEDS_QUIET } from '../gates/registry.ts';
import type { GateVerdict } from '../gates/run-gate.ts';
import { rootDir } from '../stack/stack-paths.ts';

/** Longer than any gate takes at its reduced counts. */
const GATE_LIMIT_MS = 5 * 60_000;

/**
 * Plays every gate with its proof: those that compare times first and alone, then the others, `lanes` at once. Many of
 * them wait (for a deadline, a silence, a process that dies), so two share two cores well.
 */
export async function playGates(lanes: number, told: (verdict: GateVerdict, title: string) => void) {
  const orders = Object.keys(GATES)
    .filter(isGateName)
    .flatMap((name) => [false, true].map((prove): GateOrder => ({ name, prove })));
  const isQuiet = ({ name }: GateOrder): boolean => NEEDS_QUIET.includes(name);
  const verdicts: GateVerdict[] = [];
  for (const [count, waiting] of [
    [1, orders.filter(isQuiet)],
    [lanes, orders.filter((order) => !isQuiet(order))],
  ] as const) {
    await Promise.all(
      Array.from({ length: count }, () =>
        playLane(waiting, (verdict, { prove }) => {
          verdicts.push(verdict);
          told(verdict, `${verdict.name}${prove ? ' --prove' : ''}`);
        }),
      ),
    );
  }
  return verdicts;
}

/** Takes from `waiting` until it is empty. A lane whose process ends has failed the gate that it was at. */
async function playLane(
  waiting: GateOrder[],
  done: (verdict: GateVerdict, order: GateOrder) => void,
): Promise<void> {
  let lane: ChildProcess | null = null;
  for (let order = waiting.shift(); order !== undefined; order = waiting.shift()) {
    if (lane?.connected !== true) lane = startLane();
    done(await playOne(lane, order), order);
  }
  lane?.disconnect();
}

function startLane(): ChildProcess {
  return fork(path.join(rootDir, 'tools/gates/lane.ts'), {
    cwd: rootDir,
    // As gate.mjs: modules of the portal say that no browser may load them.
    execArgv: ['--conditions=react-server', '--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}

function playOne(lane: ChildProcess, order: GateOrder): Promise<GateVerdict> {
  const started = Date.now();
  return new Promise((resolve) => {
    const end = (verdict: GateVerdict): void => {
      clearTimeout(timer);
      lane.removeAllListeners();
      resolve(verdict);
    };
    const fail = (sentence: string): void =>
      end({ name: order.name, passed: false, sentence, seconds: (Date.now() - started) / 1000 });
    const timer = setTimeout(() => {
      lane.kill('SIGKILL');
      lane.disconnect();
      fail('the gate did not end');
    }, GATE_LIMIT_MS);
    lane.once('message', (verdict) => end(verdict as GateVerdict));
    lane.once('exit', (code) => fail(`the gate's process ended with ${code}`));
    lane.send(order);
  });
}
