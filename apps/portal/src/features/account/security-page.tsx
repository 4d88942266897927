'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useWords } from '../../words/use-words.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { AccountFrame } from './account-frame.tsx';
import { AppSetUp } from './app-set-up.tsx';
import { FactorSummary } from './factor-summary.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

type Step =
  | { kind: 'rest' }
  | { kind: 'set-up' }
  | { kind: 'codes'; codes: readonly string[]; first: boolean };

/** One's second factor: set up in three steps, new recovery codes, turned off. */
export function SecurityPage() {
  const t = useWords();
  const trpc = useTRPC();
  const factor = useQuery(trpc.auth.factor.queryOptions());
  const [step, setStep] = useState<Step>({ kind: 'rest' });
  return (
    <AccountFrame title={t('security.title')} sentence={t('security.sentence')}>
      {step.kind === 'codes' ? (
        <RecoveryCodes codes={step.codes} first={step.first} onDone={() => setStep({ kind: 'rest' })} />
      ) : step.kind === 'set-up' ? (
        <AppSetUp
          onCodes={(codes) => setStep({ kind: 'codes', codes, first: true })}
          onCancel={() => setStep({ kind: 'rest' })}
        />
      ) : factor.data !== undefined ? (
        <FactorSummary
          factor={factor.data}
          onSetUp={() => setStep({ kind: 'set-up' })}
          onCodes={(codes) => setStep({ kind: 'codes', codes, first: false })}
        />
      ) : factor.isError ? (
        <QueryFault error={apiErrorOf(factor.error)} onRetry={() => void factor.refetch()} />
      ) : (
        <SkeletonRows rows={2} columns={['30%', '40%']} />
      )}
    </AccountFrame>
  );
}
