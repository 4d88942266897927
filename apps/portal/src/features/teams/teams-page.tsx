'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useParams } from 'next/navigation';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Cell, type Column, Table } from '../../ui/table.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { PeopleTabs } from '../people/people-tabs.tsx';
import { NewTeamButton } from './new-team-button.tsx';

/** The teams of the organisation: what one shares with so that who comes later has it too. */
export function TeamsPage() {
  const t = useWords();
  const { org } = useParams<{ org: string }>();
  const organisation = useOrganisation(org);
  const trpc = useTRPC();
  const teams = useQuery(trpc.teams.list.queryOptions({ org }));
  // Whoever may not read others' access gets the count of no team.
  const showsGrants = teams.data?.some(({ grants }) => grants !== null) ?? false;
  const columns: readonly Column[] = [
    { key: 'name', label: t('people.name'), width: 'minmax(12rem,2fr)' },
    { key: 'people', label: t('people.title'), width: 'minmax(7rem,1fr)' },
    ...(showsGrants ? [{ key: 'grants', label: t('teams.access'), width: 'minmax(7rem,1fr)' }] : []),
  ];
  return (
    <>
      <title>{t('app.title', { page: t('teams.title'), org: organisation?.name ?? org })}</title>
      <PageHead title={t('teams.title')} action={<NewTeamButton org={org} />} />
      <PeopleTabs org={org} />
      {teams.data === undefined ? (
        teams.isError ? (
          <QueryFault error={apiErrorOf(teams.error)} onRetry={() => void teams.refetch()} />
        ) : (
          <SkeletonRows rows={4} columns={['30%', '15%', '15%']} />
        )
      ) : teams.data.length === 0 ? (
        <EmptyState title={t('teams.none.title')} sentence={t('teams.none.sentence')} />
      ) : (
        <Table label={t('teams.title')} columns={columns} rows={teams.data} rowKey={(team) => team.id}>
          {(team) => (
            <>
              <Cell className="max-sm:w-full">
                <Link
                  href={`/o/${org}/teams/${team.id}`}
                  className="inline-flex min-h-6 max-w-full items-center rounded-sm font-medium hover:underline"
                >
                  <bdi translate="no" className="truncate">
                    {team.name}
                  </bdi>
                </Link>
              </Cell>
              <Cell className="tabular text-ink-2">{t('teams.people', { n: team.people })}</Cell>
              {showsGrants && (
                <Cell className="tabular text-ink-2">{t('teams.shared', { n: team.grants ?? 0 })}</Cell>
              )}
            </>
          )}
        </Table>
      )}
    </>
  );
}
