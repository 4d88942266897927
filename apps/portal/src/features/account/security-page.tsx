'use client';

import { useQuery } from '@tanstack/react-query';
import { useRouter, useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { safeNext } from '../sign-in/safe-next.ts';
import { AccountFrame } from './account-frame.tsx';
import { AppSetUp } from './app-set-up.tsx';
import { FactorSummary } from './factor-summary.tsx';
import { PasskeySetUp } from './passkey-set-up.tsx';
import { PasswordPart } from './password-part.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

type Step =
  | { kind: 'rest' }
  | { kind: 'set-up' }
  | { kind: 'passkey' }
  | { kind: 'codes'; codes: readonly string[]; first: 'app' | 'passkey' | null };

/** One's passkeys and second factor: added or set up in steps, new recovery codes, taken away. */
export function SecurityPage() {
  const t = useWords();
  const trpc = useTRPC();
  const factor = useQuery(trpc.auth.factor.queryOptions());
  const toast = useToast();
  const router = useRouter();
  const next = safeNext(useSearchParams().get('next'));
  const [step, setStep] = useState<Step>({ kind: 'rest' });
  const passkeyAdded = (codes: readonly string[] | null) => {
    toast(t('security.passkey.isAdded'));
    if (codes !== null) return setStep({ kind: 'codes', codes, first: 'passkey' });
    setStep({ kind: 'rest' });
    // Where an organisation led here, the way goes on to it.
    if (next !== null) router.push(next);
  };
  return (
    <AccountFrame title={t('security.title')} sentence={t('security.sentence')}>
      {step.kind === 'codes' ? (
        <RecoveryCodes codes={step.codes} first={step.first} onDone={() => setStep({ kind: 'rest' })} />
      ) : step.kind === 'set-up' ? (
        <AppSetUp
          onCodes={(codes) => setStep({ kind: 'codes', codes, first: 'app' })}
          onCancel={() => setStep({ kind: 'rest' })}
        />
      ) : step.kind === 'passkey' ? (
        <PasskeySetUp onAdded={passkeyAdded} onCancel={() => setStep({ kind: 'rest' })} />
      ) : factor.data !== undefined ? (
        <div className="grid gap-8">
          <FactorSummary
            factor={factor.data}
            onAddPasskey={() => setStep({ kind: 'passkey' })}
            onSetUp={() => setStep({ kind: 'set-up' })}
            onCodes={(codes) => setStep({ kind: 'codes', codes, first: null })}
          />
          <PasswordPart />
        </div>
      ) : factor.isError ? (
        <QueryFault error={apiErrorOf(factor.error)} onRetry={() => void factor.refetch()} />
      ) : (
        <SkeletonRows rows={2} columns={['30%', '40%']} />
      )}
    </AccountFrame>
  );
}
