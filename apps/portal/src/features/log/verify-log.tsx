'use client';

import { useMutation } from '@tanstack/react-query';
import { Check, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { LogVerdict } from '../../server/log/verify-log.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { useWords } from '../../words/use-words.ts';
import { breakValues, placeOf } from './break-values.ts';

interface Verification {
  button: ReactNode;
  working: boolean;
  failure: string | null;
  verdict: LogVerdict | null;
}

/** Recomputes the chain of the organisation's log when asked. */
export function useVerification(org: string): Verification {
  const t = useWords();
  const trpc = useTRPC();
  const verify = useMutation(trpc.log.verify.mutationOptions());
  return {
    button: (
      <Button
        kind="primary"
        busy={verify.isPending ? t('log.verifying') : null}
        onClick={() => verify.mutate({ org })}
      >
        {t('log.verify')}
      </Button>
    ),
    working: verify.isPending,
    failure: verify.isError ? apiErrorOf(verify.error).message : null,
    verdict: verify.isPending ? null : (verify.data ?? null),
  };
}

type VerdictProps = Verification & { eventAddress: (seq: number) => string };

/** What came of it, in the words of design §7. */
export function Verdict({ working, failure, verdict, eventAddress }: VerdictProps) {
  const t = useWords();
  return (
    <div aria-live="polite" className="text-sm empty:hidden">
      {working && <p className="pb-4 text-ink-2">{t('verify.working')}</p>}
      {failure !== null && <p className="pb-4 text-bad">{failure}</p>}
      {verdict !== null && verdict.brokenAt === null && (
        <p className="mb-4 flex items-start gap-3 rounded-md bg-good-soft px-4 py-2">
          <Check aria-hidden className="mt-0.5 size-4 shrink-0 text-good" />
          <span>
            <span className="pe-3 font-medium text-good">{t('verify.intact.title')}</span>
            {t('verify.intact.sentence', { n: verdict.events })}
          </span>
        </p>
      )}
      {verdict !== null && verdict.brokenAt !== null && (
        <p className="mb-4 flex items-start gap-3 rounded-md bg-bad-soft px-4 py-2">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
          <span>
            <span className="pe-3 font-medium text-bad">
              {t('verify.broken.title', breakValues(verdict.brokenAt))}
            </span>
            {t('verify.broken.sentence', breakValues(verdict.brokenAt))}
            <Link
              href={eventAddress(placeOf(verdict.brokenAt))}
              scroll={false}
              className="ps-3 text-link underline"
            >
              {t('verify.broken.button')}
            </Link>
          </span>
        </p>
      )}
    </div>
  );
}
