'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { ApiError } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useWords } from '../../words/use-words.ts';

/** How often a page asks again by itself while no answer comes, in milliseconds. */
const ASK_AGAIN_MS = 3_000;

/** What stands in the place of a content that didn't come: the sentence, a way on, the reference (design §5). */
export function QueryFault({ error, onRetry }: { error: ApiError; onRetry: () => void }) {
  const t = useWords();
  const away = error.code === 'network/away';
  const latest = useRef(onRetry);
  latest.current = onRetry;
  useEffect(() => {
    if (!away) return;
    const timer = setInterval(() => latest.current(), ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [away]);
  const outside = error.code === 'organisation/not-found';
  const trpc = useTRPC();
  const client = useQueryClient();
  // Who was of it a moment ago is told by the frame, which knows where else they belong.
  useEffect(() => {
    if (outside) void client.invalidateQueries(trpc.auth.me.queryFilter());
  }, [outside, client, trpc]);
  if (error.code === 'auth/factor-required')
    return (
      <Notice title={t('factor.required.plain')} sentence={error.message}>
        <LinkButton kind="primary" href={`/account/security?next=${encodeURIComponent(location.pathname)}`}>
          {t('factor.required.button')}
        </LinkButton>
      </Notice>
    );
  if (error.code.endsWith('/not-found'))
    return <Notice title={t('open.not-found.title')} sentence={t('open.not-found.sentence')} />;
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
