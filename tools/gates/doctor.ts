import { probeCertificate } from '@porthole/egress';
import type { CheckScene } from '../../libs/doctor/src/test-check-scene.ts';
import { FAULT_CASES, playFault } from '../../libs/doctor/src/test-faults.ts';
import type { Gate, GateResult, GateRun } from './gate.ts';

/** Scenes at once: they wait for time limits more than for the processor. */
const AT_ONCE = 6;

export const gate: Gate = {
  name: 'doctor',
  promise:
    'Every fault that a stand-in pool can play is named by its own cause and remedy, what follows is not tried, and no secret stands in a step.',
  defence: 'the certificate that is shown is compared with the confirmed one before anything else is done',
  run,
};

async function run({ full, prove, say }: GateRun): Promise<GateResult> {
  const cases = prove ? FAULT_CASES.filter(({ says }) => says?.[2] === 'certificate-changed') : FAULT_CASES;
  const rounds = full && !prove ? 3 : 1;
  const breaches: string[] = [];
  const counts = { faults: cases.length, runs: 0, steps: 0, causes: 0 };
  const causes = new Set<string>();
  const waiting = Array.from({ length: rounds }, () => cases).flat();
  const play = async (): Promise<void> => {
    for (let fault = waiting.shift(); fault !== undefined; fault = waiting.shift()) {
      const found = await playFault(fault, prove ? trustAnybody : undefined);
      breaches.push(...found.breaches);
      counts.runs += 1;
      counts.steps += found.steps.length;
      for (const { cause } of found.steps) if (cause !== null) causes.add(cause);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, play));
  counts.causes = causes.size;
  for (const breach of breaches) say(breach);
  return { breaches, counts };
}

/** A check that takes whatever certificate it is shown for the confirmed one. */
function trustAnybody({ worker }: CheckScene): void {
  worker.deps = {
    ...worker.deps,
    probe: async (policy, target) => ({
      ...(await probeCertificate(policy, target)),
      fingerprint256: worker.deps.pool.pin,
    }),
  };
}
