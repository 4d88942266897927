'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { MAX_TEAM_NAME } from '../../server/teams/team-limits.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { useWords } from '../../words/use-words.ts';

interface Team {
  id: string;
  name: string;
}

interface TeamNameDialogProps {
  org: string;
  /** The team that gets another name; null where a new one is made. */
  team: Team | null;
  onClose: () => void;
  onDone?: (team: Team) => void;
}

/** The name of a new team, or another one for a team that is there. */
export function TeamNameDialog({ org, team, onClose, onDone }: TeamNameDialogProps) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const [name, setName] = useState(team?.name ?? '');
  const [tried, setTried] = useState(false);
  const onSuccess = async (done: Team) => {
    await Promise.all([
      client.invalidateQueries(trpc.teams.pathFilter()),
      client.invalidateQueries(trpc.grants.pathFilter()),
      client.invalidateQueries(trpc.people.pathFilter()),
    ]);
    onClose();
    onDone?.(done);
  };
  const create = useMutation(trpc.teams.create.mutationOptions({ onSuccess }));
  const rename = useMutation(trpc.teams.rename.mutationOptions({ onSuccess }));
  const error = create.error ?? rename.error;
  const submit = () => {
    setTried(true);
    if (name.trim() === '') return;
    if (team === null) create.mutate({ org, name });
    else rename.mutate({ org, teamId: team.id, name });
  };
  const isMissing = tried && name.trim() === '';
  return (
    <Dialog
      open
      onClose={onClose}
      title={team === null ? t('teams.new') : t('teams.renameOf', { team: team.name })}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
        className="grid gap-6"
      >
        <Field
          label={t('people.name')}
          hint={t('teams.nameHint')}
          error={isMissing ? t('teams.nameMissing') : error === null ? null : apiErrorOf(error).message}
          value={name}
          onChange={setName}
          maxLength={MAX_TEAM_NAME}
          autoComplete="off"
        />
        <DialogActions>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button
            type="submit"
            kind="primary"
            busy={create.isPending || rename.isPending ? t('policy.saving') : null}
          >
            {t(team === null ? 'teams.make' : 'teams.rename')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
