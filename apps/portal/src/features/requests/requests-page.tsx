'use client';

import { useQuery } from '@tanstack/react-query';
import { useParams } from 'next/navigation';
import type { RequestRow } from '../../server/requests/request-row.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { RequestCard } from './request-card.tsx';

const SKELETON_ROWS = 4;

/** Mine, and those that I decide (design §5). */
export function RequestsPage() {
  const t = useWords();
  const { org } = useParams<{ org: string }>();
  const organisation = useOrganisation(org);
  const trpc = useTRPC();
  const lists = useQuery(trpc.requests.list.queryOptions({ org }));
  const { data } = lists;
  const isEmpty = data !== undefined && Object.values(data).every((rows: RequestRow[]) => rows.length === 0);
  // Somebody asks the reader for something (design §2).
  const asked = data !== undefined && [...data.waiting, ...data.reviews].some(wantsAnswer);
  return (
    <>
      <title>{`${asked ? '(!) ' : ''}${t('app.title', { page: t('requests.title'), org: organisation?.name ?? org })}`}</title>
      <PageHead title={t('requests.title')} />
      {data === undefined ? (
        lists.isError ? (
          <QueryFault error={apiErrorOf(lists.error)} onRetry={() => void lists.refetch()} />
        ) : (
          <SkeletonRows rows={SKELETON_ROWS} columns={['50%', '20%']} />
        )
      ) : isEmpty ? (
        <EmptyState title={t('requests.none.title')} sentence={t('requests.none.sentence')} />
      ) : (
        <div className="grid max-w-[72ch] gap-8">
          <Section org={org} title={t('requests.section.waiting')} rows={data.waiting} keys />
          <Section org={org} title={t('requests.section.reviews')} rows={data.reviews} />
          <Section org={org} title={t('requests.section.mine')} rows={data.mine} />
          <Section org={org} title={t('requests.section.answered')} rows={data.answered} />
        </div>
      )}
    </>
  );
}

function wantsAnswer({ mayAnswer, mayReview }: RequestRow): boolean {
  return mayAnswer || mayReview;
}

interface SectionProps {
  org: string;
  title: string;
  rows: readonly RequestRow[];
  /** Whether the first that can be answered is answered by keys. */
  keys?: boolean;
}

function Section({ org, title, rows, keys = false }: SectionProps) {
  if (rows.length === 0) return null;
  const first = rows.find(({ mayAnswer }) => mayAnswer)?.id;
  return (
    <section>
      <h2 className="border-b pb-2 font-medium text-lg">{title}</h2>
      {rows.map((row) => (
        <RequestCard key={row.id} org={org} row={row} keys={keys && row.id === first} />
      ))}
    </section>
  );
}
