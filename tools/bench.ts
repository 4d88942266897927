// npm run bench -- NAME [--json] [--prove] [--only PART,PART]: exit 0 when its bound is kept; with --prove what it measures is made
// slower, and exit 0 means that it noticed.
import os from 'node:os';
import { parseArgs } from 'node:util';
import { BENCHES, isBenchName } from '../bench/registry.ts';

const usage = `Benchmarks: ${Object.keys(BENCHES).join(' ')}\nnpm run bench -- NAME [--json] [--prove] [--only PART,PART]`;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { json: { type: 'boolean' }, prove: { type: 'boolean' }, only: { type: 'string' } },
});
const [name] = positionals;
if (name === undefined || !isBenchName(name)) {
  console.error(name === undefined ? usage : `There is no benchmark "${name}".\n${usage}`);
  process.exit(2);
}
const prove = values.prove === true;
const bench = await BENCHES[name]();
const only = typeof values.only === 'string' ? values.only.split(',') : [];
const { figures, holds, report } = await bench.run({
  prove,
  only,
  say: (line) => console.error(`  ${line}`),
});
const machine = {
  cpus: os.cpus().length,
  memoryGiB: Math.round(os.totalmem() / 2 ** 30),
  node: process.version,
};
if (values.json === true) {
  console.log(
    JSON.stringify({
      name,
      question: bench.question,
      bound: bench.bound,
      prove,
      holds,
      figures,
      ...report,
      machine,
    }),
  );
} else {
  console.log(`${bench.question}`);
  for (const [what, { value, unit }] of Object.entries(figures))
    console.log(`  ${what.padEnd(20)} ${value.toFixed(value < 100 ? 2 : 0).padStart(9)} ${unit}`);
  console.log(`${holds ? 'kept' : 'missed'}: ${bench.bound}${prove ? ` (although ${bench.sabotage})` : ''}`);
}
process.exit(holds === prove ? 1 : 0);
