'use client';

import { useMutation } from '@tanstack/react-query';
import { Check, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { useWords } from '../../words/use-words.ts';

/** Recomputes the chain and says in words what came of it. */
export function VerifyLog({ org, eventAddress }: { org: string; eventAddress: (seq: number) => string }) {
  const t = useWords();
  const trpc = useTRPC();
  const verify = useMutation(trpc.log.verify.mutationOptions());
  const verdict = verify.data;
  const broken = verdict?.brokenAt ?? null;
  const Icon = broken === null ? Check : TriangleAlert;
  return (
    <div className="flex flex-wrap items-center gap-x-6 gap-y-2 pb-4">
      <Button busy={verify.isPending ? t('log.verifying') : null} onClick={() => verify.mutate({ org })}>
        {t('log.verify')}
      </Button>
      <div aria-live="polite" className="min-w-0 flex-1 text-sm">
        {verify.isPending && <p className="text-ink-2">{t('verify.working')}</p>}
        {verify.isError && <p className="text-bad">{apiErrorOf(verify.error).message}</p>}
        {!verify.isPending && verdict !== undefined && (
          <div className="flex items-start gap-3">
            <Icon
              aria-hidden
              className={`mt-0.5 size-4 shrink-0 ${broken === null ? 'text-good' : 'text-bad'}`}
            />
            <p>
              <span className="font-medium">
                {broken === null
                  ? t('verify.intact.title')
                  : t('verify.broken.title', { case: broken.why, seq: broken.seq })}
              </span>
              <span className="ps-3 text-ink-2">
                {broken === null
                  ? t('verify.intact.sentence', { n: verdict.events })
                  : t('verify.broken.sentence', { case: broken.why, seq: broken.seq })}
              </span>
              {broken !== null && (
                <Link href={eventAddress(broken.seq)} scroll={false} className="ps-3 text-link underline">
                  {t('verify.broken.button')}
                </Link>
              )}
            </p>
          </div>
        )}
      </div>
    </div>
  );
}
