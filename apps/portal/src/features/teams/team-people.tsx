'use client';

import { useMutation } from '@tanstack/react-query';
import Link from 'next/link';
import type { TeamPage } from '../../server/teams/get-team.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { Cell, type Column, Table } from '../../ui/table.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { useRefreshTeams } from './use-refresh-teams.ts';

type Person = TeamPage['people'][number];

/** Who is in the team. */
export function TeamPeople({ org, team }: { org: string; team: TeamPage }) {
  const t = useWords();
  const columns: readonly Column[] = [
    { key: 'name', label: t('people.name'), width: 'minmax(10rem,1fr)' },
    { key: 'email', label: t('people.email'), width: 'minmax(10rem,1.2fr)' },
    { key: 'out', label: t('teams.takeOut'), width: '8rem', hideLabel: true },
  ];
  return (
    <section aria-labelledby="team-people">
      <h2 id="team-people" className="pb-2 font-medium text-lg">
        {team.people.length === 0 ? t('people.title') : t('teams.people', { n: team.people.length })}
      </h2>
      {team.people.length === 0 ? (
        <p className="text-ink-2">{t('teams.nobody')}</p>
      ) : (
        <Table label={t('people.title')} columns={columns} rows={team.people} rowKey={(person) => person.id}>
          {(person) => <PersonCells org={org} team={team} person={person} />}
        </Table>
      )}
    </section>
  );
}

function PersonCells({ org, team, person }: { org: string; team: TeamPage; person: Person }) {
  const t = useWords();
  const takeOut = useTakeOut(org, team, person);
  const reason = team.mayManage ? (team.lock === null ? null : t('teams.noOut')) : t('teams.noManage');
  return (
    <>
      <Cell className="flex items-center gap-3">
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
      <Cell className="truncate text-ink-2">
        <bdi translate="no">{person.email}</bdi>
      </Cell>
      <Cell className="flex justify-end max-sm:ms-auto">
        <Button
          kind="quiet"
          size="small"
          aria-label={t('teams.takeOutOf', { person: person.name })}
          reason={reason}
          busy={takeOut.busy ? t('teams.takeOut') : null}
          onClick={takeOut.takeOut}
        >
          {t('teams.takeOut')}
        </Button>
      </Cell>
    </>
  );
}

/** Taken out at once, with the way back in. */
function useTakeOut(org: string, team: TeamPage, person: Person) {
  const t = useWords();
  const toast = useToast();
  const trpc = useTRPC();
  const refresh = useRefreshTeams();
  const words = { person: person.name, team: team.name };
  const onError = (error: unknown) => toast(apiErrorOf(error).message);
  const add = useMutation(
    trpc.teams.addMembers.mutationOptions({
      onError,
      onSuccess: async () => {
        await refresh();
        toast(t('teams.backIn', words));
      },
    }),
  );
  const remove = useMutation(
    trpc.teams.removeMember.mutationOptions({
      onError,
      onSuccess: async () => {
        toast(t('teams.isOut', words), () => add.mutate({ org, teamId: team.id, personIds: [person.id] }));
        await refresh();
      },
    }),
  );
  return {
    takeOut: () => remove.mutate({ org, teamId: team.id, personId: person.id }),
    busy: remove.isPending,
  };
}
