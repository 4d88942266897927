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
import { PeopleTabs } from '../people/people-tabs.tsx';
import { GuestTable } from './guest-table.tsx';

/** Every guest link of the organisation. */
export function GuestsPage() {
  const t = useWords();
  const { org } = useParams<{ org: string }>();
  const organisation = useOrganisation(org);
  const trpc = useTRPC();
  const links = useQuery(trpc.guests.list.queryOptions({ org }));
  return (
    <>
      <title>{t('app.title', { page: t('guests.title'), org: organisation?.name ?? org })}</title>
      <PageHead title={t('guests.title')} />
      <PeopleTabs org={org} />
      {links.data === undefined ? (
        links.isError ? (
          <QueryFault error={apiErrorOf(links.error)} onRetry={() => void links.refetch()} />
        ) : (
          <SkeletonRows rows={3} columns={['30%', '15%', '20%', '15%']} />
        )
      ) : links.data.length === 0 ? (
        <EmptyState title={t('guests.none.title')} sentence={t('guests.none.sentence')} />
      ) : (
        <GuestTable org={org} rows={links.data} showMachine />
      )}
    </>
  );
}
