'use client';

import { useQuery } from '@tanstack/react-query';
import { useParams } from 'next/navigation';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { TokenTable } from './token-table.tsx';

/** Everybody's tokens in the organisation, for who runs its people: whose each is, and its end. */
export function AllTokensPage() {
  const t = useWords();
  const { org } = useParams<{ org: string }>();
  const name = useOrganisation(org)?.name ?? org;
  const trpc = useTRPC();
  const tokens = useQuery(trpc.tokens.list.queryOptions({ org }));
  return (
    <>
      <title>{t('app.title', { page: t('tokens.allTitle'), org: name })}</title>
      <PageHead
        title={t('tokens.allTitle')}
        crumbs={[{ href: `/o/${org}/policy`, label: t('policy.title') }]}
        crumbsLabel={t('nav.crumbs')}
      >
        <p className="max-w-[68ch] text-ink-2">{t('tokens.allSentence', { org: name })}</p>
      </PageHead>
      {tokens.data === undefined ? (
        tokens.isError ? (
          <QueryFault error={apiErrorOf(tokens.error)} onRetry={() => void tokens.refetch()} />
        ) : (
          <SkeletonRows rows={3} columns={['30%', '20%', '20%', '15%']} />
        )
      ) : tokens.data.length === 0 ? (
        <EmptyState title={t('tokens.none.title')} sentence={t('tokens.none.all')} />
      ) : (
        <TokenTable rows={tokens.data.map((row) => ({ ...row, org, orgName: name }))} by="person" />
      )}
    </>
  );
}
