import { RadioField, SelectField } from '../../ui/choice.tsx';
import { useWords } from '../../words/use-words.ts';
import { FACTOR_AGE_CHOICES, FACTOR_CHOICES } from './policy-draft.ts';
import { PolicySection } from './policy-section.tsx';
import { factorAgeWord } from './policy-words.ts';
import type { PolicyFormState } from './use-policy-form.ts';

/** Who needs a second factor, and how fresh it has to be when a console opens. */
export function FactorSection({ form }: { form: PolicyFormState }) {
  const t = useWords();
  const { base, draft } = form;
  const ages = new Set([...FACTOR_AGE_CHOICES, String(base.consoleFactorMaxAgeMs)]);
  return (
    <PolicySection id="factor" title={t('policy.section.factor')}>
      <RadioField<string>
        label={t('policy.factor.label')}
        value={draft.secondFactor}
        onChange={(rule) => form.set('secondFactor', rule)}
        options={FACTOR_CHOICES.map((value) => ({
          value,
          label: t(`policy.factor.${value}.label`),
          detail: t(`policy.factor.${value}.detail`),
        }))}
      />
      <SelectField
        label={t('policy.factor.age.label')}
        hint={t('policy.factor.age.hint')}
        value={draft.consoleFactorMaxAgeMs}
        onChange={(age) => form.set('consoleFactorMaxAgeMs', age)}
        options={[...ages].map((value) => ({ value, label: factorAgeWord(Number(value), t) }))}
      />
    </PolicySection>
  );
}
