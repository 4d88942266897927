/** Where one running stack is: its printed address, and the control door of its stack-host.ts. */
export interface RunningStack {
  origin: string;
  control: string;
}

/** Carries the running stacks from global-setup.ts to the workers, as JSON. */
export const STACKS_VARIABLE = 'PORTHOLE_E2E_STACKS';

/** Every stack of this run; none before they are up. */
export function runningStacks(): RunningStack[] {
  return JSON.parse(process.env[STACKS_VARIABLE] ?? '[]');
}

/** The stack of this worker: each has one of its own, so that no journey meets what another changed at that moment. */
export function ownStack(): RunningStack | null {
  return runningStacks()[Number(process.env.TEST_PARALLEL_INDEX ?? 0)] ?? null;
}
