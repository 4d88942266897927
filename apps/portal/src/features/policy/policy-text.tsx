'use client';

import { LIMITS } from '@porthole/relay-contract';
import type { PolicySetting, PolicyValues } from '../../server/policy/policy.ts';
import { KeyValue, KeyValues } from '../../ui/key-values.tsx';
import { useWords, type Words } from '../../words/use-words.ts';
import { PolicySection } from './policy-section.tsx';
import { valueWord } from './policy-words.ts';

/** The policy for who reads it and changes nothing: nothing here can be pressed. */
export function PolicyText({ policy }: { policy: PolicyValues }) {
  const t = useWords();
  return (
    <>
      <p className="pb-6 text-ink-2 text-sm">{t('policy.noChange')}</p>
      <div className="max-w-[68ch]">
        <PolicySection id="copy" title={t('policy.section.copy')}>
          <Choice
            setting="clipboard"
            policy={policy}
            detail={t(`policy.clipboard.${policy.clipboard}.detail`)}
          />
        </PolicySection>
        <PolicySection id="keyboard" title={t('policy.section.keyboard')}>
          <Choice setting="keyboard" policy={policy} detail={keyboardDetail(policy.keyboard, t)} />
        </PolicySection>
        <PolicySection id="times" title={t('policy.section.times')}>
          <Values policy={policy} settings={['idleTimeoutMs', 'maximumTimeMs']} />
        </PolicySection>
        <PolicySection id="text" title={t('policy.section.text')}>
          <Values policy={policy} settings={['textKeptMs', 'scrollbackBytes']} />
        </PolicySection>
        <PolicySection id="factor" title={t('policy.section.factor')}>
          <Choice
            setting="secondFactor"
            policy={policy}
            detail={t(`policy.factor.${policy.secondFactor}.detail`)}
          />
          <Values policy={policy} settings={['consoleFactorMaxAgeMs']} />
        </PolicySection>
        <PolicySection id="emergency" title={t('policy.section.emergency')}>
          <Choice
            setting="breakGlass"
            policy={policy}
            detail={t(`policy.glass.${policy.breakGlass}.detail`)}
          />
        </PolicySection>
      </div>
    </>
  );
}

interface ChoiceProps {
  setting: 'clipboard' | 'keyboard' | 'secondFactor' | 'breakGlass';
  policy: PolicyValues;
  detail: string;
}

function Choice({ setting, policy, detail }: ChoiceProps) {
  const t = useWords();
  return (
    <div className="grid gap-1 text-sm">
      <p className="font-medium">{valueWord(setting, policy[setting], t)}</p>
      <p className="text-ink-2">{detail}</p>
    </div>
  );
}

function Values({ policy, settings }: { policy: PolicyValues; settings: readonly PolicySetting[] }) {
  const t = useWords();
  return (
    <KeyValues>
      {settings.map((setting) => (
        <KeyValue key={setting} label={t(`policy.setting.${setting}`)}>
          <span className="tabular">{valueWord(setting, policy[setting], t)}</span>
        </KeyValue>
      ))}
    </KeyValues>
  );
}

/** What a rule of the keyboard does, with its times. */
export function keyboardDetail(rule: PolicyValues['keyboard'], t: Words): string {
  return t(`policy.keyboard.${rule}.detail`, {
    answer: LIMITS.keyboardAnswerMs / 1_000,
    notice: LIMITS.keyboardNoticeMs / 1_000,
  });
}
