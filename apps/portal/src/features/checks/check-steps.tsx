'use client';

import type { CheckStep } from '@porthole/check-contract';
import { Check as CheckIcon, Circle, LoaderCircle, Minus, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { useId, useState } from 'react';
import type { Check } from '../../server/checks/check.ts';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { duration } from '../../ui/format-amount.ts';
import { middleCut } from '../../ui/middle-cut.ts';
import { useWords } from '../../words/use-words.ts';
import { isStepName, stepsByPlace } from './check-words.ts';

const ICONS = {
  good: CheckIcon,
  warn: TriangleAlert,
  bad: TriangleAlert,
  none: Minus,
  untried: Circle,
} as const;
const TONES: Record<CheckStep['state'], string> = {
  good: 'text-good',
  warn: 'text-warn',
  bad: 'text-bad',
  none: 'text-ink-3',
  untried: 'text-ink-3',
};
/** What of a detail fits beside a step that is well; the whole stands in the trace. */
const LONGEST_DETAIL = 44;
/** Remedies that a form of the pool's settings mends. */
const IN_SETTINGS = new Set<string | null>([
  'check-name',
  'compare-fingerprint',
  'renew-certificate',
  'change-address',
  'change-account',
  'use-coordinator',
  'type-password',
]);

/** The steps of a run by place, as they came; what is under way stands last (design §5, "Pool checks"). */
export function CheckSteps({ run, settings }: { run: Check; settings: string | null }) {
  const t = useWords();
  const groups = stepsByPlace(run.steps);
  return (
    <div className="grid gap-8">
      {groups.map(({ place, steps }) => (
        <section key={place} className="min-w-0">
          <h3 className="pb-2 text-ink-2 text-sm">{t('checks.place', { place })}</h3>
          <ol aria-label={t('checks.steps', { place })} className="border-t text-sm">
            {steps.map((step, index) => (
              // Steps are only ever added behind the others.
              // biome-ignore lint/suspicious/noArrayIndexKey: their place in the list is what they are
              <StepLine key={index} step={step} settings={settings} />
            ))}
          </ol>
        </section>
      ))}
      {run.finishedAt === null && <UnderWay name={run.underWay} state={run.state} />}
    </div>
  );
}

function StepLine({ step, settings }: { step: CheckStep; settings: string | null }) {
  const t = useWords();
  const Icon = ICONS[step.state];
  const needsWords = step.state === 'bad' || step.state === 'warn';
  const dim = step.state === 'none' || step.state === 'untried';
  return (
    <li className="grid grid-cols-[1rem_minmax(0,1fr)_auto] items-start gap-x-3 border-b py-2">
      <Icon aria-hidden className={classNames('mt-0.5 size-4', TONES[step.state])} />
      <div className="grid min-w-0 gap-x-4 sm:grid-cols-[13rem_minmax(0,1fr)]">
        <span className={classNames('font-medium', dim && 'font-normal text-ink-2')}>
          {t(`checks.name.${step.name}`)}
          {step.family !== null && (
            <span className="ps-2 font-normal text-ink-2 text-xs">
              {t('checks.family', { family: step.family })}
            </span>
          )}
          <span className="sr-only">{`: ${t('checks.stepState', { state: step.state })}`}</span>
        </span>
        <span className="min-w-0 text-ink-2 [overflow-wrap:anywhere]">
          <bdi translate="no">{step.subject}</bdi>
          {step.detail !== null && !needsWords && step.detail !== step.subject && (
            <bdi translate="no" className="ps-3 font-mono text-xs">
              {middleCut(step.detail, LONGEST_DETAIL)}
            </bdi>
          )}
          {dim && step.cause !== null && step.cause !== 'earlier-step' && (
            <span className="block text-ink-3 text-xs">{t(`checks.cause.${step.cause}`)}</span>
          )}
        </span>
      </div>
      <span className="tabular font-mono text-ink-2 text-xs">
        {step.ms === null
          ? step.state === 'untried' && (
              <span className="font-sans">{t('checks.stepState', { state: 'untried' })}</span>
            )
          : duration(Math.max(step.ms, 1), t)}
      </span>
      {needsWords && <Advice step={step} settings={settings} />}
    </li>
  );
}

/** What it means, what to do, and the host's own words behind "Details". */
function Advice({ step, settings }: { step: CheckStep; settings: string | null }) {
  const t = useWords();
  return (
    <div className="col-span-full grid gap-2 pt-2 sm:col-start-2 sm:col-end-4">
      <dl className="grid max-w-[68ch] gap-x-4 gap-y-1 sm:grid-cols-[8rem_minmax(0,1fr)]">
        {step.cause !== null && (
          <>
            <dt className="text-ink-2">{t('checks.means')}</dt>
            <dd>{t(`checks.cause.${step.cause}`)}</dd>
          </>
        )}
        {step.remedy !== null && (
          <>
            <dt className="text-ink-2">{t('checks.todo')}</dt>
            <dd>
              {t(`checks.remedy.${step.remedy}`)}{' '}
              {settings !== null && IN_SETTINGS.has(step.remedy) && (
                <Link href={settings} className="text-link underline">
                  {t('checks.toSettings')}
                </Link>
              )}
            </dd>
          </>
        )}
        {step.detail !== null && (
          <>
            <dt className="text-ink-2">{t('checks.details')}</dt>
            <dd className="font-mono text-xs [overflow-wrap:anywhere]">
              <bdi translate="no">{step.detail}</bdi>
            </dd>
          </>
        )}
      </dl>
      {step.trace.length > 0 && <Trace lines={step.trace} />}
    </div>
  );
}

/** Lines of what was said, behind a button. */
export function Trace({ lines }: { lines: readonly string[] }) {
  const t = useWords();
  const id = useId();
  const [open, setOpen] = useState(false);
  return (
    <div className="min-w-0">
      <Button
        kind="quiet"
        size="small"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {open ? t('checks.hideTrace') : t('checks.showTrace')}
      </Button>
      <pre
        id={id}
        hidden={!open}
        translate="no"
        className="mt-1 overflow-x-auto rounded-md bg-sunken p-3 font-mono text-xs"
      >
        {lines.join('\n')}
      </pre>
    </div>
  );
}

function UnderWay({ name, state }: { name: string | null; state: Check['state'] }) {
  const t = useWords();
  const word = isStepName(name) ? t(`checks.name.${name}`) : t('checks.state', { state });
  return (
    <p className="flex items-center gap-3 text-link text-sm">
      <LoaderCircle aria-hidden className="turning size-4" />
      {word}
    </p>
  );
}
