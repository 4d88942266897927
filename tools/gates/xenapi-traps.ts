import path from 'node:path';
import type { Gate, GateResult, GateRun } from './gate.ts';
import { TRAP_ATTACKS } from './trap-attacks.ts';
import { gapsIn, TRAPS, trapTests } from './trap-catalogue.ts';
import { openXenScene } from './xen-scene.ts';

export const gate: Gate = {
  name: 'xenapi-traps',
  promise: 'each trap of XenAPI has a test of its name, and the client walks past those that are set live',
  defence:
    'the client’s way past each trap, one after the other: the way that most clients take stands in for it',
  run,
};

async function run({ prove, full, say }: GateRun): Promise<GateResult> {
  const gaps = gapsIn(trapTests(path.join(import.meta.dirname, '../..')));
  const breaches: string[] = [];
  const quiet: string[] = [];
  let tries = 0;
  const scene = await openXenScene({
    hosts: 2,
    vms: [
      { name: 'web', os: 'Debian 12' },
      { name: 'elsewhere', residentOn: 1 },
      { name: 'golden', template: true },
    ],
  });
  try {
    for (let round = 0; round < (full ? 10 : 1); round += 1) {
      for (const { trap, what, run: attack } of TRAP_ATTACKS) {
        tries += 1;
        const harm = await attack(scene, prove);
        if (harm !== null) breaches.push(`trap ${trap}, ${what}: ${harm}`);
        else quiet.push(`trap ${trap}, ${what}`);
      }
    }
  } finally {
    await scene.close();
  }
  const counts = { traps: TRAPS, named: TRAPS - gaps.length, live: TRAP_ATTACKS.length, tries };
  if (!prove) return { breaches: [...gaps, ...breaches], counts };
  for (const what of quiet) say(`did no harm to a careless client: ${what}`);
  return { breaches: quiet.length === 0 ? breaches : [], counts: { ...counts, noticed: breaches.length } };
}
