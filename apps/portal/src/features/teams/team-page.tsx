'use client';

import { useQuery } from '@tanstack/react-query';
import { useParams } from 'next/navigation';
import { useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { exactTime } from '../../ui/format-time.ts';
import { PageHead } from '../../ui/page-head.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useWords } from '../../words/use-words.ts';
import { LockEntry } from '../locks/lock-entry.tsx';
import { NothingHere } from '../navigation/nothing-here.tsx';
import { QueryFault } from '../navigation/query-fault.tsx';
import { AddPeopleDialog } from './add-people-dialog.tsx';
import { RemoveTeam } from './remove-team.tsx';
import { TeamAccess } from './team-access.tsx';
import { TeamNameDialog } from './team-name-dialog.tsx';
import { TeamPeople } from './team-people.tsx';

/** One team: its people, what is shared with it, and the ways to change it. */
export function TeamPage() {
  const t = useWords();
  const { org, team: teamId } = useParams<{ org: string; team: string }>();
  const trpc = useTRPC();
  const query = useQuery(trpc.teams.get.queryOptions({ org, teamId }));
  const [asks, setAsks] = useState<'people' | 'name' | null>(null);
  const crumbs = [{ href: `/o/${org}/teams`, label: t('teams.title') }];
  const team = query.data;
  if (team === undefined) {
    const error = query.isError ? apiErrorOf(query.error) : null;
    if (error !== null && (error.code.endsWith('/not-found') || error.code === 'request/unreadable'))
      return <NothingHere href={`/o/${org}/teams`} />;
    return (
      <>
        <PageHead crumbs={crumbs} crumbsLabel={t('nav.crumbs')} title={t('app.loading')} />
        {error === null ? (
          <SkeletonRows rows={4} columns={['20%', '40%']} />
        ) : (
          <QueryFault error={error} onRetry={() => void query.refetch()} />
        )}
      </>
    );
  }
  const reason = team.mayManage ? null : t('teams.noManage');
  const close = () => setAsks(null);
  return (
    <>
      <title>{t('app.title', { page: team.name, org: t('teams.title') })}</title>
      <PageHead
        crumbs={crumbs}
        crumbsLabel={t('nav.crumbs')}
        title={<bdi translate="no">{team.name}</bdi>}
        action={
          <>
            <LockEntry org={org} wish={{ scope: 'team', id: team.id, name: team.name }} />
            <RemoveTeam org={org} team={team} />
            <Button reason={reason} onClick={() => setAsks('name')}>
              {t('teams.rename')}
            </Button>
            <Button kind="primary" reason={reason} onClick={() => setAsks('people')}>
              {t('teams.add')}
            </Button>
          </>
        }
      >
        {team.lock !== null && (
          <p className="text-warn">{t('teams.locked', { time: exactTime(team.lock.since) })}</p>
        )}
      </PageHead>
      <div className="grid gap-12">
        <TeamPeople org={org} team={team} />
        {team.grants !== null && <TeamAccess org={org} grants={team.grants} />}
      </div>
      {asks === 'people' && <AddPeopleDialog org={org} team={team} onClose={close} />}
      {asks === 'name' && <TeamNameDialog org={org} team={team} onClose={close} />}
    </>
  );
}
