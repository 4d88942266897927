'use client';

import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { useWords } from '../../words/use-words.ts';
import { AskAccess } from './ask-access.tsx';

/** Under the bar of a console for who may only look: says so, and lets them ask for more. */
export function ConsoleRequest({ org, vmId, machine }: { org: string; vmId: string; machine: string }) {
  const t = useWords();
  const [shown, setShown] = useState(true);
  if (!shown) return null;
  return (
    <section
      aria-label={t('requests.console.title')}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b bg-surface px-4 py-2 text-sm"
    >
      <p className="min-w-0 flex-1">
        <span className="font-medium">{t('requests.console.title')}</span>
        <span className="ps-3 text-ink-2">{t('requests.console.sentence', { machine })}</span>
      </p>
      <AskAccess org={org} vmId={vmId} machine={machine} />
      <Button kind="quiet" onClick={() => setShown(false)}>
        {t('requests.console.notNow')}
      </Button>
    </section>
  );
}
