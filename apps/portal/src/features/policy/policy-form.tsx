'use client';

import { KEYBOARD_RULES, LIMITS, POLICY_BOUNDS } from '@porthole/relay-contract';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import type { Policy, PolicyValues } from '../../server/policy/policy.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { RadioField, SelectField } from '../../ui/choice.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Field, FieldError } from '../../ui/field.tsx';
import { useWords } from '../../words/use-words.ts';
import { EmergencySection } from './emergency-section.tsx';
import { FactorSection } from './factor-section.tsx';
import { MeanwhileNotice } from './meanwhile-notice.tsx';
import { CLIPBOARD_CHOICES, type NumberSetting, numberOf, UNITS } from './policy-draft.ts';
import { PolicySection, SECTIONS } from './policy-section.tsx';
import { keyboardDetail } from './policy-text.tsx';
import { bytesWord, spanWord } from './policy-words.ts';
import { type PolicyFormState, usePolicyForm } from './use-policy-form.ts';

/** Offered amounts of kept text, in bytes; one that was set otherwise is offered beside them. */
const KEPT_TEXT_BYTES = [0, 16_384, 65_536, 131_072, POLICY_BOUNDS.scrollbackBytes.most];
const MINUTE_MS = 60_000;

interface PolicyFormProps {
  org: string;
  orgName: string;
  policy: Policy;
}

/** Every setting with its effect in words, and one bar that saves them (design §5, "Policy, settings"). */
export function PolicyForm({ org, orgName, policy }: PolicyFormProps) {
  const t = useWords();
  const form = usePolicyForm(org, policy);
  const [tried, setTried] = useState(false);
  const [cutsOff, setCutsOff] = useState<{ values: PolicyValues; consoles: number } | null>(null);
  const countCutOff = useCountCutOff(org);
  const element = useRef<HTMLFormElement>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const { values } = form;
    if (values === null) {
      // The errors stand once this press has been drawn.
      requestAnimationFrame(() => element.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
      return;
    }
    const consoles = values.maximumTimeMs < form.base.maximumTimeMs ? await countCutOff(values) : 0;
    if (consoles > 0) setCutsOff({ values, consoles });
    else form.save(values);
  };
  return (
    <form
      ref={element}
      noValidate
      onSubmit={(event) => void submit(event)}
      // What gets the focus is never behind the bar that saves.
      className="max-w-[68ch] [&_:is(input,button)]:scroll-mb-28 max-sm:[&_:is(input,button)]:scroll-mb-52"
    >
      <SectionLinks />
      {form.meanwhile !== null && <MeanwhileNotice meanwhile={form.meanwhile} onSettle={form.settle} />}
      <PolicySection id="copy" title={t('policy.section.copy')}>
        <RadioField<string>
          label={t('policy.clipboard.label')}
          value={form.draft.clipboard}
          onChange={(way) => form.set('clipboard', way)}
          options={CLIPBOARD_CHOICES.map((value) => ({
            value,
            label: t(`policy.clipboard.${value}.label`),
            detail: t(`policy.clipboard.${value}.detail`),
          }))}
        />
      </PolicySection>
      <PolicySection id="keyboard" title={t('policy.section.keyboard')}>
        <RadioField<string>
          label={t('policy.keyboard.label')}
          value={form.draft.keyboard}
          onChange={(rule) => form.set('keyboard', rule)}
          options={KEYBOARD_RULES.map((value) => ({
            value,
            label: t(`policy.keyboard.${value}.label`),
            detail: keyboardDetail(value, t),
          }))}
        />
        <p className="text-ink-2 text-sm">
          {t('policy.keyboard.always', { m: LIMITS.keyboardIdleMs / MINUTE_MS })}
        </p>
      </PolicySection>
      <PolicySection id="times" title={t('policy.section.times')}>
        <AmountField form={form} tried={tried} setting="idleTimeoutMs" words="idle" />
        <AmountField form={form} tried={tried} setting="maximumTimeMs" words="maximum" />
      </PolicySection>
      <PolicySection id="text" title={t('policy.section.text')}>
        <AmountField form={form} tried={tried} setting="textKeptMs" words="kept" />
        <SelectField
          label={t('policy.scrollback.label')}
          hint={t('policy.scrollback.hint')}
          value={form.draft.scrollbackBytes}
          onChange={(bytes) => form.set('scrollbackBytes', bytes)}
          options={[...new Set([...KEPT_TEXT_BYTES, form.base.scrollbackBytes])]
            .sort((one, other) => one - other)
            .map((bytes) => ({ value: String(bytes), label: bytesWord(bytes, t) }))}
        />
        <p className="text-ink-2 text-sm">{t('policy.fromNow')}</p>
      </PolicySection>
      <FactorSection form={form} />
      <EmergencySection form={form} />
      <Networks networks={policy.networks} orgName={orgName} />
      <SaveBar form={form} />
      <ConfirmDialog
        open={cutsOff !== null}
        onClose={() => setCutsOff(null)}
        title={t('policy.confirm.title', { time: spanWord(cutsOff?.values.maximumTimeMs ?? 0, t) })}
        sentence={t('policy.confirm.sentence', { n: cutsOff?.consoles ?? 0 })}
        button={t('policy.confirm.button', { time: spanWord(cutsOff?.values.maximumTimeMs ?? 0, t) })}
        onConfirm={() => {
          if (cutsOff !== null) form.save(cutsOff.values);
          setCutsOff(null);
        }}
      />
    </form>
  );
}

/** Asks how many consoles are older now than the longest time would be. */
function useCountCutOff(org: string): (values: PolicyValues) => Promise<number> {
  const trpc = useTRPC();
  const client = useQueryClient();
  return async ({ maximumTimeMs }) => {
    const seats = await client
      .fetchQuery(trpc.live.seats.queryOptions({ org }, { staleTime: 0 }))
      // Who can't be counted must not stand in the way of a rule that is wanted now.
      .catch(() => []);
    return seats.filter(({ since }) => Date.now() - since.getTime() > maximumTimeMs).length;
  };
}

interface AmountFieldProps {
  form: PolicyFormState;
  /** Saving was tried: what is wrong is said now. */
  tried: boolean;
  setting: Exclude<NumberSetting, 'scrollbackBytes'>;
  words: 'idle' | 'maximum' | 'kept';
}

function AmountField({ form, tried, setting, words }: AmountFieldProps) {
  const t = useWords();
  const [left, setLeft] = useState(false);
  const { least, most } = POLICY_BOUNDS[setting];
  const bounds = { least: least / UNITS[setting], most: most / UNITS[setting] };
  const isWrong = numberOf(setting, form.base, form.draft) === null;
  return (
    <Field
      label={t(`policy.${words}.label`)}
      hint={t(`policy.${words}.hint`, bounds)}
      error={isWrong && (left || tried) ? t(`policy.${words}.wrong`, bounds) : null}
      value={form.draft[setting]}
      onChange={(text) => form.set(setting, text)}
      onBlur={() => setLeft(true)}
      inputMode="decimal"
      autoComplete="off"
      maxLength={10}
      className="tabular"
    />
  );
}

/** What the provider set: shown, not changeable, and by whom. */
function Networks({ networks, orgName }: { networks: readonly string[]; orgName: string }) {
  const t = useWords();
  return (
    <PolicySection id="networks" title={t('policy.section.networks')}>
      <p className="text-ink-2 text-sm">
        {networks.length === 0 ? t('policy.networks.none', { org: orgName }) : t('policy.networks.sentence')}
      </p>
      {networks.length > 0 && (
        <ul className="grid gap-1 font-mono text-sm">
          {networks.map((network) => (
            <li key={network}>
              <bdi translate="no">{network}</bdi>
            </li>
          ))}
        </ul>
      )}
    </PolicySection>
  );
}

function SectionLinks() {
  const t = useWords();
  return (
    <nav aria-label={t('policy.sections')} className="flex flex-wrap gap-x-4 gap-y-1 pb-6 text-sm">
      {SECTIONS.map((section) => (
        <a
          key={section}
          href={`#${section}`}
          className="inline-flex min-h-6 items-center text-link hover:underline max-sm:min-h-(--control)"
        >
          {t(`policy.section.${section}`)}
        </a>
      ))}
    </nav>
  );
}

function SaveBar({ form }: { form: PolicyFormState }) {
  const t = useWords();
  const n = form.changed.length;
  return (
    <div className="sticky bottom-0 z-(--z-sticky) grid gap-2 border-t bg-canvas py-3 max-sm:bottom-14">
      {form.fault !== null && <FieldError id="policy-fault">{form.fault.message}</FieldError>}
      <div className="flex flex-wrap items-center gap-2">
        <Button
          type="submit"
          kind="primary"
          reason={n === 0 ? t('policy.unchanged') : null}
          busy={form.saving ? t('policy.saving') : null}
        >
          {t('policy.save')}
        </Button>
        {n > 0 && <Button onClick={form.discard}>{t('policy.discard')}</Button>}
        <p role="status" className="tabular text-ink-2 text-sm">
          {n > 0 && t('policy.changes', { n })}
        </p>
      </div>
    </div>
  );
}
