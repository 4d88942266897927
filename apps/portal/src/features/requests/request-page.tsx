'use client';

import { useQuery } from '@tanstack/react-query';
import { useParams } from 'next/navigation';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { NothingHere } from '../navigation/nothing-here.tsx';
import { QueryFault } from '../navigation/query-fault.tsx';
import { RequestCard } from './request-card.tsx';

/** One request, for who comes by the link of a mail. */
export function RequestPage() {
  const t = useWords();
  const { org, request } = useParams<{ org: string; request: string }>();
  const organisation = useOrganisation(org);
  const trpc = useTRPC();
  const { data, isError, error, refetch } = useQuery(
    trpc.requests.get.queryOptions({ org, requestId: request }),
  );
  const crumbs = [{ href: `/o/${org}/requests`, label: t('requests.title') }];
  if (data === undefined && isError) {
    const fault = apiErrorOf(error);
    if (fault.code.endsWith('/not-found') || fault.code === 'request/unreadable')
      return <NothingHere href={`/o/${org}/requests`} />;
    return <QueryFault error={fault} onRetry={() => void refetch()} />;
  }
  const title = data === undefined ? t('app.loading') : data.vm.name;
  return (
    <>
      <title>{t('app.title', { page: title, org: organisation?.name ?? org })}</title>
      <PageHead crumbs={crumbs} crumbsLabel={t('nav.crumbs')} title={<bdi translate="no">{title}</bdi>} />
      {data === undefined ? (
        <SkeletonRows rows={1} columns={['60%']} />
      ) : (
        <section aria-label={t('requests.title')} className="max-w-[72ch]">
          <h2 className="sr-only">{t('requests.title')}</h2>
          <RequestCard org={org} row={data} keys />
        </section>
      )}
    </>
  );
}
