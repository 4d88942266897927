'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useParams } from 'next/navigation';
import { useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { exactTime, shortTime } from '../../ui/format-time.ts';
import { PageHead } from '../../ui/page-head.tsx';
import { initials } from '../../ui/presence.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Cell, type Column, Table } from '../../ui/table.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { InviteButton } from './invite-button.tsx';
import { PeopleTabs } from './people-tabs.tsx';

const SKELETON_ROWS = 6;

/** Who belongs here, with which role. */
export function PeoplePage() {
  const t = useWords();
  const { org } = useParams<{ org: string }>();
  const organisation = useOrganisation(org);
  const trpc = useTRPC();
  const people = useQuery(trpc.people.list.queryOptions({ org }));
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const found = (people.data ?? []).filter(
    ({ name, email }) => name.toLowerCase().includes(wanted) || email.toLowerCase().includes(wanted),
  );
  const columns: readonly Column[] = [
    { key: 'name', label: t('people.name'), width: 'minmax(10rem,1fr)' },
    { key: 'email', label: t('people.email'), width: 'minmax(10rem,1.2fr)' },
    { key: 'role', label: t('people.role'), width: '8rem' },
    { key: 'seen', label: t('people.seen'), width: '9rem', from: 'lg' },
  ];
  return (
    <>
      <title>{t('app.title', { page: t('people.title'), org: organisation?.name ?? org })}</title>
      <PageHead title={t('people.title')} action={<InviteButton org={org} />} />
      <PeopleTabs org={org} />
      <search className="flex pb-2">
        <SearchField
          label={t('people.search')}
          hint={t('share.whoHint')}
          clearLabel={t('people.noMatch.button')}
          value={search}
          onChange={setSearch}
        />
      </search>
      <p role="status" className="tabular min-h-8 text-ink-2 text-sm">
        {people.data !== undefined && t('people.count', { n: found.length })}
      </p>
      {people.data === undefined ? (
        people.isError ? (
          <QueryFault error={apiErrorOf(people.error)} onRetry={() => void people.refetch()} />
        ) : (
          <SkeletonRows rows={SKELETON_ROWS} columns={['20%', '30%', '10%']} />
        )
      ) : found.length === 0 ? (
        <EmptyState title={t('people.noMatch.title')} sentence={t('people.noMatch.sentence')}>
          <Button onClick={() => setSearch('')}>{t('people.noMatch.button')}</Button>
        </EmptyState>
      ) : (
        <Table label={t('people.title')} columns={columns} rows={found} rowKey={(person) => person.id}>
          {(person) => (
            <>
              <Cell className="flex items-center gap-3 max-sm:w-full">
                <span
                  aria-hidden
                  className="grid size-7 shrink-0 place-items-center rounded-full bg-picked font-medium text-xs"
                >
                  {initials(person.name)}
                </span>
                <Link
                  href={`/o/${org}/people/${person.id}`}
                  className="inline-flex min-h-6 min-w-0 items-center rounded-sm font-medium hover:underline"
                >
                  <bdi translate="no" className="truncate">
                    {person.name}
                  </bdi>
                </Link>
                {person.you && <span className="text-ink-2 text-xs">{t('people.you')}</span>}
              </Cell>
              <Cell className="truncate text-ink-2 max-sm:ps-10">
                <bdi translate="no">{person.email}</bdi>
              </Cell>
              <Cell>{t(`role.${person.role}`)}</Cell>
              <Cell from="lg" className="tabular text-ink-2">
                {person.lastSeenAt === null ? (
                  t('app.none')
                ) : (
                  <time dateTime={person.lastSeenAt.toISOString()} title={exactTime(person.lastSeenAt)}>
                    {shortTime(person.lastSeenAt)}
                  </time>
                )}
              </Cell>
            </>
          )}
        </Table>
      )}
    </>
  );
}
