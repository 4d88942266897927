import { fuzz } from '../fuzz/fuzz.ts';
import type { FuzzReader, FuzzTarget } from '../fuzz/fuzz-target.ts';
import { FUZZ_TARGETS } from '../fuzz/registry.ts';
import type { Gate, GateResult, GateRun } from './gate.ts';

/** Time for each target, in milliseconds: 60 s in full (security.md §14). */
const MS = { reduced: 600, full: 60_000 };
/** Longest search for one planted fault, in milliseconds. */
const PATIENCE_MS = 8_000;
const SEED = 1;

/** Each is one mistake that a reader could have; the search must find every one. */
const FAULTS: Readonly<Record<string, { target: string; plant: (reader: FuzzReader) => FuzzReader }>> = {
  'a length that is used before it is checked': {
    target: 'client-messages',
    plant: (reader) => ({
      ...passing(reader),
      push: (bytes) => {
        asIfUnchecked(() => reader.push(bytes));
      },
    }),
  },
  'a byte lost between two pieces': {
    target: 'server-stream',
    plant: (reader) => {
      let before = 0;
      return {
        ...passing(reader),
        push: (bytes) => {
          const starts = before === 0xff && bytes[0] === 0xff ? 1 : 0;
          before = bytes.at(-1) ?? before;
          reader.push(bytes.subarray(starts));
        },
      };
    },
  },
  'a refusal that is forgotten': {
    target: 'server-stream-painted',
    plant: (reader) => {
      let failed = false;
      return {
        ...passing(reader),
        push: (bytes) => {
          if (failed) return;
          failed = true;
          reader.push(bytes);
          failed = false;
        },
      };
    },
  },
  'a head that is looked for in one piece alone': {
    target: 'connect-answer',
    plant: (reader) => ({
      ...passing(reader),
      push: (bytes) => {
        reader.push(bytes.length < 2 && bytes[0] === 0x0a ? Uint8Array.of(0x20) : bytes);
      },
    }),
  },
};

export const gate: Gate = {
  name: 'fuzz-short',
  promise:
    'Whatever a browser, a pool or a host sends, its reader refuses it in its own words or reads it the same in any split, within its memory.',
  defence: 'the checks of the readers, one planted fault after the other',
  run: async (options) => (options.prove ? findEach(options) : tryEach(options)),
};

function tryEach({ full, say }: GateRun): GateResult {
  const breaches: string[] = [];
  const counts = { targets: 0, tries: 0, refused: 0 };
  for (const target of FUZZ_TARGETS) {
    const { tries, refused, broken } = fuzz(target, {
      seed: SEED,
      ms: full ? MS.full : MS.reduced,
      keep: false,
    });
    counts.targets += 1;
    counts.tries += tries;
    counts.refused += refused;
    for (const { words, input } of broken)
      breaches.push(`${target.name}: ${words}, given ${Buffer.from(input).toString('hex')}`);
    say(`${target.name}: ${tries} tries`);
  }
  return { breaches, counts };
}

function findEach({ say }: GateRun): GateResult {
  const found: string[] = [];
  const faults = Object.entries(FAULTS);
  for (const [what, { target: name, plant }] of faults) {
    const target = FUZZ_TARGETS.find((one) => one.name === name);
    if (target === undefined) throw new Error(`there is no target ${name}`);
    const faulty: FuzzTarget = { ...target, begin: (tell) => plant(target.begin(tell)) };
    const { broken, tries } = fuzz(faulty, { seed: SEED, ms: PATIENCE_MS, keep: false });
    if (broken[0] === undefined) say(`not found: ${what}`);
    else found.push(`${what}: ${broken[0].words} (after ${tries} tries)`);
  }
  return {
    breaches: found.length === faults.length ? found : [],
    counts: { faults: faults.length, found: found.length },
  };
}

function passing(reader: FuzzReader): FuzzReader {
  return {
    get held() {
      return reader.held ?? 0;
    },
    push: (bytes) => reader.push(bytes),
    end: () => reader.end(),
  };
}

/** As a reader that believes a length: what was refused becomes an allocation that fails. */
function asIfUnchecked(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (error instanceof Error && error.message.includes('too-long'))
      throw new RangeError('Invalid typed array length');
    throw error;
  }
}
