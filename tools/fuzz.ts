// npm run fuzz [-- TARGET …] [--seconds N] [--seed N]: tries readers of strangers' bytes until the time is over. What told
// something new is kept in tools/fuzz/corpus; what broke a promise as well, and then it ends with 1.
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz/fuzz.ts';
import { FUZZ_TARGETS } from './fuzz/registry.ts';

/** Half an hour for each target, as security.md §14 has it for the long run. */
const DEFAULT_SECONDS = 1_800;
const names = FUZZ_TARGETS.map(({ name }) => name);
const usage = `Targets: ${names.join(' ')}
npm run fuzz                       each for ${DEFAULT_SECONDS} s
npm run fuzz -- TARGET … --seconds N --seed N`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { seconds: { type: 'string' }, seed: { type: 'string' } },
});
const unknown = positionals.find((name) => !names.includes(name));
const seconds = Number(values.seconds ?? DEFAULT_SECONDS);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
if (unknown !== undefined || !Number.isFinite(seconds) || !Number.isInteger(seed)) {
  console.error(unknown === undefined ? usage : `There is no target "${unknown}".\n${usage}`);
  process.exit(2);
}
const total = { tries: 0, refused: 0, shapes: 0, kept: 0, broken: 0 };
for (const target of FUZZ_TARGETS) {
  if (positionals.length > 0 && !positionals.includes(target.name)) continue;
  const result = fuzz(target, { seed, ms: seconds * 1_000, keep: true });
  total.tries += result.tries;
  total.refused += result.refused;
  total.shapes += result.shapes;
  total.kept += result.kept;
  total.broken += result.broken.length;
  for (const { words, file } of result.broken) console.log(`✗ ${target.name}: ${words}\n  ${file}`);
  console.log(`  ${target.name}: ${result.tries} tries, ${result.refused} refused, ${result.shapes} shapes`);
}
const counts = Object.entries(total).map(([what, count]) => `${what} ${count}`);
console.log(`${total.broken === 0 ? '✓' : '✗'} fuzz, seed ${seed}: ${counts.join(', ')}`);
process.exit(total.broken === 0 ? 0 : 1);
