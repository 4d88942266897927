'use client';

import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { TeamPage } from '../../server/teams/get-team.ts';
import { MAX_ADDED_AT_ONCE } from '../../server/teams/team-limits.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { type ComboOption, MultiCombobox } from '../../ui/combobox.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { FieldError } from '../../ui/field.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { useRefreshTeams } from './use-refresh-teams.ts';

/** Members of the organisation who are to be in the team, several at once. */
export function AddPeopleDialog({
  org,
  team,
  onClose,
}: {
  org: string;
  team: TeamPage;
  onClose: () => void;
}) {
  const t = useWords();
  const toast = useToast();
  const trpc = useTRPC();
  const refresh = useRefreshTeams();
  const people = useQuery(trpc.people.list.queryOptions({ org }));
  const [picked, setPicked] = useState<readonly ComboOption[]>([]);
  const [typed, setTyped] = useState('');
  const [tried, setTried] = useState(false);
  const wrong = picked.length === 0 ? t('teams.addMissing') : typed.trim() === '' ? null : t('app.notPicked');
  const add = useMutation(
    trpc.teams.addMembers.mutationOptions({
      onSuccess: async ({ added }) => {
        await refresh();
        toast(t('teams.added', { n: added, team: team.name }));
        onClose();
      },
    }),
  );
  const options = (people.data ?? [])
    .filter(({ id }) => team.people.every((one) => one.id !== id))
    .map(({ id, name, email }) => ({ id, label: name, detail: email }));
  const error = people.error ?? add.error;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('teams.addTo', { team: team.name })}
      description={t('teams.addSentence')}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (wrong === null) add.mutate({ org, teamId: team.id, personIds: picked.map(({ id }) => id) });
        }}
        className="grid gap-6"
      >
        <MultiCombobox
          label={t('people.title')}
          hint={t('teams.addHint')}
          noMatch={t('share.noMatch')}
          removeLabel={({ label }) => t('share.takeOut', { name: label })}
          error={tried ? wrong : null}
          options={options}
          picked={picked}
          onPick={setPicked}
          onSearch={setTyped}
          full={picked.length < MAX_ADDED_AT_ONCE ? null : t('teams.full', { n: MAX_ADDED_AT_ONCE })}
        />
        {error !== null && <FieldError id="add-error">{apiErrorOf(error).message}</FieldError>}
        <DialogActions>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button type="submit" kind="primary" busy={add.isPending ? t('policy.saving') : null}>
            {t('teams.addSubmit')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
