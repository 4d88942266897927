'use client';

import { KeyValue, KeyValues } from '../../ui/key-values.tsx';
import { useWords } from '../../words/use-words.ts';
import { settingOf, valueWord } from '../policy/policy-words.ts';
import { changesIn } from './changes-in.ts';

/** What a change of the policy changed: each setting as it was and as it is, told apart by signs and not by colour alone. */
export function EventChanges({ data }: { data: Record<string, unknown> }) {
  const t = useWords();
  const changes = changesIn(data);
  if (changes.length === 0) return null;
  return (
    <KeyValues>
      {changes.map(({ setting, from, to }) => {
        const known = settingOf(setting);
        const word = (value: string | number) =>
          known === null ? String(value) : valueWord(known, value, t);
        return (
          <KeyValue key={setting} label={known === null ? setting : t(`policy.setting.${known}`)}>
            <del className="block text-bad no-underline">
              <span aria-hidden>− </span>
              <span className="sr-only">{t('log.before')}: </span>
              {word(from)}
            </del>
            <ins className="block text-good no-underline">
              <span aria-hidden>+ </span>
              <span className="sr-only">{t('log.after')}: </span>
              {word(to)}
            </ins>
          </KeyValue>
        );
      })}
    </KeyValues>
  );
}
