'use client';

import type { ApiError } from '../../trpc/api-error.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useWords } from '../../words/use-words.ts';

/** What stands in the place of a content that didn't come: the sentence, a way on, the reference (design §5). */
export function QueryFault({ error, onRetry }: { error: ApiError; onRetry: () => void }) {
  const t = useWords();
  if (error.code.endsWith('/not-found'))
    return <Notice title={t('open.not-found.title')} sentence={t('open.not-found.sentence')} />;
  const away = error.code === 'network/away';
  return (
    <Notice
      title={away ? t('app.away.title') : t('app.fault.title')}
      sentence={away ? t('app.away.sentence') : error.message}
      reference={error.reference}
      referenceLabel={
        error.reference === null ? undefined : t('app.reference', { reference: error.reference })
      }
    >
      <Button onClick={onRetry}>{t('app.retry')}</Button>
    </Notice>
  );
}
