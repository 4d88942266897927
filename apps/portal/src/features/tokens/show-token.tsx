'use client';

import { TriangleAlert } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { CopyChip } from '../../ui/copy-chip.tsx';
import { shortTime } from '../../ui/format-time.ts';
import { useWords } from '../../words/use-words.ts';
import { SetUpStep } from '../account/app-set-up.tsx';
import type { NewToken } from './make-token.tsx';

/** The token itself, this once: to copy, with what whoever has it can do. */
export function ShowToken({ made, onKept }: { made: NewToken; onKept: () => void }) {
  const t = useWords();
  const { token, name, orgName, endsAt } = made;
  return (
    <SetUpStep n={null} title={t('tokens.once.title', { name })}>
      <p className="flex max-w-[68ch] items-start gap-2 rounded-md bg-warn-soft px-3 py-2 text-warn">
        <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
        {t('tokens.once.sentence', { org: orgName, time: shortTime(endsAt) })}
      </p>
      <div className="flex max-w-[68ch] flex-wrap items-center gap-2">
        <bdi translate="no" className="font-mono text-sm [overflow-wrap:anywhere]">
          {token}
        </bdi>
        <CopyChip label={t('tokens.once.token')} value={token} shown={t('app.copy')} />
      </div>
      <p className="text-ink-2 text-sm">
        {t('tokens.once.use')}{' '}
        <bdi translate="no" className="font-mono text-xs">
          Authorization: Bearer …
        </bdi>
      </p>
      <div>
        <Button kind="primary" onClick={onKept}>
          {t('tokens.once.kept')}
        </Button>
      </div>
    </SetUpStep>
  );
}
