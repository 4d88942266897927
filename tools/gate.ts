// npm run gate -- NAME [--prove] [--full], or --all for every gate at full counts, each with its proof.
import { parseArgs } from 'node:util';
import { GATES, type GateName, isGateName } from './gates/registry.ts';
import { type GateVerdict, runGate } from './gates/run-gate.ts';

const names = Object.keys(GATES).filter(isGateName);
const usage = `Gates: ${names.join(' ')}
npm run gate -- NAME            exit 0 when its promise holds (reduced counts; --full for all of them)
npm run gate -- NAME --prove    its defence is switched off; exit 0 when the gate noticed
npm run gate -- --all           every gate at full counts, each with its proof`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { prove: { type: 'boolean' }, full: { type: 'boolean' }, all: { type: 'boolean' } },
});
const wanted: { name: GateName; full: boolean; prove: boolean }[] = [];
if (values.all === true) {
  for (const name of names) for (const prove of [false, true]) wanted.push({ name, full: true, prove });
} else {
  for (const name of positionals) {
    if (!isGateName(name)) {
      console.error(`There is no gate "${name}".\n${usage}`);
      process.exit(2);
    }
    wanted.push({ name, full: values.full === true, prove: values.prove === true });
  }
}
if (wanted.length === 0) {
  console.error(usage);
  process.exit(2);
}
const verdicts: GateVerdict[] = [];
for (const { name, full, prove } of wanted) {
  const title = prove ? `${name} --prove` : name;
  console.log(`▸ ${title}`);
  const verdict = await runGate(name, { full, prove, say: (line) => console.log(`  ${line}`) });
  verdicts.push(verdict);
  console.log(`${verdict.passed ? '✓' : '✗'} ${title}: ${verdict.sentence} ${verdict.seconds.toFixed(1)} s`);
}
// Explicit: a gate's servers may still hold the process open for a moment.
process.exit(verdicts.every((verdict) => verdict.passed) ? 0 : 1);
