import { RadioField } from '../../ui/choice.tsx';
import { useWords } from '../../words/use-words.ts';
import { GLASS_CHOICES } from './policy-draft.ts';
import { PolicySection } from './policy-section.tsx';
import type { PolicyFormState } from './use-policy-form.ts';

/** Whether two people may let in at once somebody who has no access. */
export function EmergencySection({ form }: { form: PolicyFormState }) {
  const t = useWords();
  return (
    <PolicySection id="emergency" title={t('policy.section.emergency')}>
      <RadioField<string>
        label={t('policy.glass.label')}
        value={form.draft.breakGlass}
        onChange={(rule) => form.set('breakGlass', rule)}
        options={GLASS_CHOICES.map((value) => ({
          value,
          label: t(`policy.glass.${value}.label`),
          detail: t(`policy.glass.${value}.detail`),
        }))}
      />
    </PolicySection>
  );
}
