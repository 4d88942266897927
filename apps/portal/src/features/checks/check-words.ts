import { CHECK_STEPS, type CheckStep, type CheckStepName } from '@porthole/check-contract';
import type { Check, CheckRow } from '../../server/checks/check.ts';
import { duration } from '../../ui/format-amount.ts';
import type { Words } from '../../words/use-words.ts';

/** What came of a run, as the key of a word: a result, how it ended without one, or that it has not ended. */
export function resultKey({ result, state }: Pick<CheckRow, 'result' | 'state'>): string {
  if (result !== null) return result;
  return state === 'cancelled' || state === 'broken' ? state : 'open';
}

/** Steps by the place from which they were done, in the order in which they came. */
export function stepsByPlace(
  steps: readonly CheckStep[],
): { place: CheckStep['place']; steps: CheckStep[] }[] {
  return (['worker', 'relay'] as const)
    .map((place) => ({ place, steps: steps.filter((step) => step.place === place) }))
    .filter((group) => group.steps.length > 0);
}

/** How many steps were tried, and how many of them went well. */
export function countSteps(steps: readonly CheckStep[]): { good: number; all: number } {
  const tried = steps.filter(({ state }) => state !== 'none');
  return { good: tried.filter(({ state }) => state === 'good').length, all: tried.length };
}

export function isStepName(text: string | null): text is CheckStepName {
  return CHECK_STEPS.some((name) => name === text);
}

/** The whole run as text to give to somebody: every step with what was said, masked where it was stored. */
export function traceText(run: Check, t: Words): string {
  const head = `${run.targetName}, ${run.createdAt.toISOString()}`;
  const lines = run.steps.flatMap((step) => {
    const family = step.family === null ? '' : ` IPv${step.family}`;
    const time = step.ms === null ? '' : `, ${duration(step.ms, t) || '0 ms'}`;
    const cause = step.cause === null ? '' : `, ${step.cause}`;
    const detail = step.detail === null ? '' : ` (${step.detail})`;
    return [
      `[${step.place}] ${step.name}${family} ${step.subject}: ${step.state}${time}${cause}${detail}`,
      ...step.trace.map((line) => `    ${line}`),
    ];
  });
  return [head, ...lines].join('\n');
}
