'use client';

import { CONNECT_STEPS, type ConnectStep } from '@porthole/relay-contract';
import { useEffect, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { type Step, StepList, type StepState } from '../../ui/step-list.tsx';
import { useWords } from '../../words/use-words.ts';
import type { ConsoleModel } from './console-machine.ts';

/** A connection that takes less shows no steps at all. */
const STEPS_AFTER_MS = 400;

/** The way from a pass to the first picture, with a way out (design §6). */
export function ConnectSteps({ model, onCancel }: { model: ConsoleModel; onCancel: () => void }) {
  const t = useWords();
  const [late, setLate] = useState(false);
  const connecting = model.phase === 'asking' || model.phase === 'connecting' || model.phase === 'opening';
  useEffect(() => {
    if (!connecting) return setLate(false);
    const timer = setTimeout(() => setLate(true), STEPS_AFTER_MS);
    return () => clearTimeout(timer);
  }, [connecting]);
  if (!connecting || !late) return null;
  const working = CONNECT_STEPS.find((step) => model.steps[step] === undefined);
  const steps = CONNECT_STEPS.map<Step>((step) => {
    const ms = model.steps[step];
    const state: StepState = ms !== undefined ? 'done' : step === working ? 'working' : 'waiting';
    const word = state === 'done' ? 'done' : state === 'working' ? 'working' : 'waiting';
    return {
      id: step,
      label: t(`console.steps.${wordOf(step, model)}`),
      state,
      word: t(`console.steps.${word}`),
      time: ms === undefined ? undefined : t('console.steps.ms', { ms }),
    };
  });
  return (
    <div className="absolute inset-0 grid place-items-center p-4">
      <div className="rise w-full max-w-80 rounded-lg border bg-surface p-6 shadow-2">
        <StepList label={t('console.steps.label')} steps={steps} />
        <div className="flex justify-end pt-4">
          <Button onClick={onCancel}>{t('console.steps.cancel')}</Button>
        </div>
      </div>
    </div>
  );
}

function wordOf(step: ConnectStep, model: ConsoleModel) {
  return step === 'picture' && model.kind === 'text' ? 'firstText' : step;
}
