'use client';

import { serverWords as t } from '../../words/server-words.ts';

/** The last resort, without a style sheet; loaded only when it is needed. */
export default function PageFault({ onRetry }: { onRetry: () => void }) {
  return (
    <main
      style={{ fontFamily: 'system-ui, sans-serif', padding: '3rem 1rem', maxWidth: '68ch', margin: 'auto' }}
    >
      <h1 style={{ fontSize: '1.25rem' }}>{t('app.fault.title')}</h1>
      <p>{t('app.fault.sentence')}</p>
      <button type="button" onClick={onRetry}>
        {t('app.fault.button')}
      </button>
    </main>
  );
}
