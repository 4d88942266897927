'use client';

import { TriangleAlert } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { useWords } from '../../words/use-words.ts';
import { valueWord } from './policy-words.ts';
import type { Meanwhile } from './use-policy-form.ts';

interface MeanwhileNoticeProps {
  meanwhile: Meanwhile;
  onSettle: (take: 'theirs' | 'mine') => void;
}

/** Somebody else changed the policy while this form was filled in: who, and what both of them changed (`app.conflict`). */
export function MeanwhileNotice({ meanwhile: { by, clashes, theirs }, onSettle }: MeanwhileNoticeProps) {
  const t = useWords();
  const title = by === null ? t('policy.meanwhile.somebody') : t('policy.meanwhile.title', { person: by });
  return (
    <div role="status" className="mb-6 grid gap-3 rounded-md bg-warn-soft px-4 py-3 text-sm">
      <p className="flex items-start gap-3">
        <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
        <span>
          <span className="pe-3 font-medium text-warn">{title}</span>
          {clashes.length === 0 ? t('policy.meanwhile.sentence') : t('policy.meanwhile.clash')}
        </span>
      </p>
      {clashes.length > 0 && (
        <dl className="grid gap-1 ps-7">
          {clashes.map((setting) => (
            <div key={setting} className="flex flex-wrap gap-x-3">
              <dt>{t(`policy.setting.${setting}`)}</dt>
              <dd className="text-ink-2">
                {t('policy.meanwhile.now', { value: valueWord(setting, theirs[setting], t) })}
              </dd>
            </div>
          ))}
        </dl>
      )}
      <div className="flex flex-wrap gap-2 ps-7">
        {clashes.length > 0 && (
          <Button onClick={() => onSettle('theirs')}>{t('policy.meanwhile.take')}</Button>
        )}
        <Button onClick={() => onSettle('mine')}>
          {clashes.length > 0 ? t('policy.meanwhile.keep') : t('app.close')}
        </Button>
      </div>
    </div>
  );
}
