'use client';

import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useWords } from '../../words/use-words.ts';

export default function PageError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  const t = useWords();
  return (
    <main className="mx-auto w-full max-w-[68ch] px-4">
      <Notice
        level={1}
        title={t('app.fault.title')}
        sentence={t('app.fault.sentence')}
        reference={error.digest}
        referenceLabel={
          error.digest === undefined ? undefined : t('app.reference', { reference: error.digest })
        }
      >
        <Button kind="primary" onClick={reset}>
          {t('app.fault.button')}
        </Button>
      </Notice>
    </main>
  );
}
