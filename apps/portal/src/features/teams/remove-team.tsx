'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { TeamPage } from '../../server/teams/get-team.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { useRefreshTeams } from './use-refresh-teams.ts';

/** Removing a team: asks first, and says what goes with it. */
export function RemoveTeam({ org, team }: { org: string; team: TeamPage }) {
  const t = useWords();
  const toast = useToast();
  const router = useRouter();
  const trpc = useTRPC();
  const refresh = useRefreshTeams();
  const [asks, setAsks] = useState(false);
  const remove = useMutation(
    trpc.teams.remove.mutationOptions({
      onSuccess: async () => {
        router.push(`/o/${org}/teams`);
        await refresh();
        toast(t('teams.removed', { team: team.name }));
      },
      onError: (error) => {
        toast(apiErrorOf(error).message);
        setAsks(false);
      },
    }),
  );
  const values = { team: team.name, people: team.people.length, grants: team.grants?.length ?? 0 };
  const reason = team.mayManage ? (team.lock === null ? null : t('teams.noOut')) : t('teams.noManage');
  return (
    <>
      <Button reason={reason} onClick={() => setAsks(true)}>
        {t('teams.remove.open')}
      </Button>
      {asks && (
        <ConfirmDialog
          open
          onClose={() => setAsks(false)}
          title={t('teams.remove.title', values)}
          sentence={t('teams.remove.sentence', values)}
          button={t('teams.remove.button')}
          busy={remove.isPending ? t('teams.remove.button') : null}
          onConfirm={() => remove.mutate({ org, teamId: team.id })}
        />
      )}
    </>
  );
}
