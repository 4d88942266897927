'use client';

import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useWords } from '../../words/use-words.ts';
import { AccountFrame } from '../account/account-frame.tsx';
import { useMe } from '../account/use-me.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { MakeToken, type NewToken } from './make-token.tsx';
import { ShowToken } from './show-token.tsx';
import { type ListedToken, TokenTable } from './token-table.tsx';

/** One's own tokens in every organisation that one is in; made here, shown once, ended. */
export function MyTokensPage() {
  const t = useWords();
  return (
    <AccountFrame title={t('tokens.title')} sentence={t('tokens.sentence')}>
      <MyTokens />
    </AccountFrame>
  );
}

function MyTokens() {
  const t = useWords();
  const trpc = useTRPC();
  const me = useMe();
  const [step, setStep] = useState<'list' | 'make' | NewToken>('list');
  // One that asks for a second factor shows nothing to a session that proved none.
  const organisations = (me.data?.organisations ?? []).filter(({ factorMissing }) => !factorMissing);
  const queries = useQueries({
    queries: organisations.map(({ slug }) => trpc.tokens.mine.queryOptions({ org: slug })),
  });
  const failed = queries.find((query) => query.isError);
  if (me.isError) return <QueryFault error={apiErrorOf(me.error)} onRetry={() => void me.refetch()} />;
  if (failed?.isError)
    return <QueryFault error={apiErrorOf(failed.error)} onRetry={() => void failed.refetch()} />;
  if (me.data === undefined || queries.some((query) => query.data === undefined))
    return <SkeletonRows rows={3} columns={['30%', '20%', '20%']} />;
  if (organisations.length === 0)
    return (
      <EmptyState title={t('tokens.noOrganisation.title')} sentence={t('tokens.noOrganisation.sentence')} />
    );
  const rows = organisations.flatMap(({ slug, name }, index) =>
    (queries[index]?.data ?? []).map((row): ListedToken => ({ ...row, org: slug, orgName: name })),
  );
  const makers = organisations.filter(({ suspended }) => !suspended);
  const makeButton = (
    <Button kind="primary" onClick={() => setStep('make')}>
      {t('tokens.make')}
    </Button>
  );
  return (
    <div className="grid gap-8">
      {step === 'make' && (
        <MakeToken organisations={makers} onMade={setStep} onCancel={() => setStep('list')} />
      )}
      {typeof step === 'object' && <ShowToken made={step} onKept={() => setStep('list')} />}
      {rows.length > 0 ? (
        <div className="grid justify-items-stretch gap-4">
          {step === 'list' && makers.length > 0 && <div>{makeButton}</div>}
          <TokenTable rows={rows} by="organisation" />
        </div>
      ) : (
        step === 'list' && (
          <EmptyState title={t('tokens.none.title')} sentence={t('tokens.none.sentence')}>
            {makers.length > 0 && makeButton}
          </EmptyState>
        )
      )}
    </div>
  );
}
