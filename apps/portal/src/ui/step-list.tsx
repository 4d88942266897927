import { Check, Circle, LoaderCircle, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

export type StepState = 'waiting' | 'working' | 'done' | 'failed';

export interface Step {
  id: string;
  label: string;
  state: StepState;
  /** Its time once done, for example "31 ms". */
  time?: string | undefined;
  /** The state in a word, for who can't see the shape. */
  word: string;
  detail?: ReactNode;
}

const ICONS = { waiting: Circle, working: LoaderCircle, done: Check, failed: TriangleAlert } as const;
const TONES: Record<StepState, string> = {
  waiting: 'text-ink-3',
  working: 'text-link',
  done: 'text-good',
  failed: 'text-bad',
};

/** One line a step; a failed one stops the list, says why under it and takes no focus (design §4). */
export function StepList({ label, steps }: { label: string; steps: readonly Step[] }) {
  return (
    <ol aria-label={label} className="grid gap-1 text-sm">
      {steps.map((step) => {
        const Icon = ICONS[step.state];
        return (
          <li key={step.id} className="grid grid-cols-[1rem_minmax(0,1fr)_auto] items-center gap-x-3 py-1">
            <Icon
              aria-hidden
              className={classNames('size-4', TONES[step.state], step.state === 'working' && 'turning')}
            />
            <span className={step.state === 'waiting' ? 'text-ink-3' : 'text-ink'}>
              {step.label}
              <span className="sr-only">{`: ${step.word}`}</span>
            </span>
            <span className="tabular font-mono text-ink-2 text-xs">{step.time}</span>
            {step.detail !== undefined && <div className="col-start-2 text-ink-2">{step.detail}</div>}
          </li>
        );
      })}
    </ol>
  );
}
