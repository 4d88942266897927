'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useParams } from 'next/navigation';
import { useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/choice.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { exactTime, shortTime } from '../../ui/format-time.ts';
import { PageHead } from '../../ui/page-head.tsx';
import { initials } from '../../ui/presence.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Cell, type Column, Table } from '../../ui/table.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { InviteButton } from './invite-button.tsx';
import { PeopleTabs } from './people-tabs.tsx';

const SKELETON_ROWS = 6;
const FACTOR_FILTERS = ['any', 'with', 'without'] as const;
type FactorFilter = (typeof FACTOR_FILTERS)[number];
type Factor = 'on' | 'off' | 'missing';
const FACTOR_BADGES = {
  on: { shape: 'disc', tone: 'good' },
  off: { shape: 'ring', tone: 'quiet' },
  missing: { shape: 'triangle', tone: 'warn' },
} as const;

/** Who belongs here, with which role. */
export function PeoplePage() {
  const t = useWords();
  const { org } = useParams<{ org: string }>();
  const organisation = useOrganisation(org);
  const trpc = useTRPC();
  const people = useQuery(trpc.people.list.queryOptions({ org }));
  const [search, setSearch] = useState('');
  const [factor, setFactor] = useState<FactorFilter>('any');
  const wanted = search.trim().toLowerCase();
  // Whoever may not read it gets it of nobody.
  const showsFactors = people.data?.some((person) => person.factor !== null) ?? false;
  const found = (people.data ?? []).filter(
    (person) =>
      (person.name.toLowerCase().includes(wanted) || person.email.toLowerCase().includes(wanted)) &&
      (!showsFactors || factor === 'any' || (person.factor === 'on') === (factor === 'with')),
  );
  const clear = () => {
    setSearch('');
    setFactor('any');
  };
  const columns: readonly Column[] = [
    { key: 'name', label: t('people.name'), width: 'minmax(10rem,1fr)' },
    { key: 'email', label: t('people.email'), width: 'minmax(10rem,1.2fr)' },
    { key: 'role', label: t('people.role'), width: '8rem' },
    ...(showsFactors ? [{ key: 'factor', label: t('people.factor'), width: '8rem' }] : []),
    { key: 'seen', label: t('people.seen'), width: '9rem', from: 'lg' },
  ];
  return (
    <>
      <title>{t('app.title', { page: t('people.title'), org: organisation?.name ?? org })}</title>
      <PageHead title={t('people.title')} action={<InviteButton org={org} />} />
      <PeopleTabs org={org} />
      <search className="flex flex-wrap items-end gap-4 pb-2">
        <SearchField
          label={t('people.search')}
          hint={t('accessOf.hint.person')}
          clearLabel={t('people.noMatch.button')}
          value={search}
          onChange={setSearch}
        />
        {showsFactors && (
          <div className="w-40">
            <SelectField
              label={t('people.factor')}
              value={factor}
              options={FACTOR_FILTERS.map((value) => ({ value, label: t(`people.factorFilter.${value}`) }))}
              onChange={setFactor}
            />
          </div>
        )}
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
          <Button onClick={clear}>{t('people.noMatch.button')}</Button>
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
              {showsFactors && (
                <Cell className="flex">
                  <FactorOf factor={person.factor} />
                </Cell>
              )}
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

function FactorOf({ factor }: { factor: Factor | null }) {
  const t = useWords();
  if (factor === null) return t('app.none');
  return <StateBadge {...FACTOR_BADGES[factor]} word={t(`people.factorOf.${factor}`)} />;
}
