'use client';

import { ACTS_OF_ROLE, mayHandle, ROLES_OF_KIND, type TenantRole } from '@porthole/rbac';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Organisation } from '../../server/auth/read-me.ts';
import { MAX_INVITATION_TEAMS } from '../../server/invitations/invitation-limits.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { RadioField } from '../../ui/choice.tsx';
import { type ComboOption, MultiCombobox } from '../../ui/combobox.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { FieldError } from '../../ui/field.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { EmailField, looksLikeEmail } from '../account/email-field.tsx';

/** One address, one role, and teams to join with it. */
export function InviteDialog({ organisation, onClose }: { organisation: Organisation; onClose: () => void }) {
  const t = useWords();
  const toast = useToast();
  const trpc = useTRPC();
  const client = useQueryClient();
  const { slug: org, name, kind, role: own } = organisation;
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<TenantRole>('member');
  const [teams, setTeams] = useState<readonly ComboOption[]>([]);
  const [typedTeam, setTypedTeam] = useState('');
  const [tried, setTried] = useState(false);
  const unpicked = typedTeam.trim() !== '';
  const known = useQuery(trpc.teams.list.queryOptions({ org }));
  const managesTeams = ACTS_OF_ROLE[own].includes('teams.manage');
  const send = useMutation(
    trpc.invitations.send.mutationOptions({
      onSuccess: async () => {
        await client.invalidateQueries(trpc.invitations.pathFilter());
        toast(t('invitations.sentTo', { email: email.trim() }));
        onClose();
      },
    }),
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('invite.title', { org: name })}
      description={t('invite.sentence')}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (looksLikeEmail(email) && !unpicked)
            send.mutate({ org, email: email.trim(), role, teamIds: teams.map(({ id }) => id) });
        }}
        className="grid gap-6"
      >
        <EmailField value={email} onChange={setEmail} tried={tried} />
        <RadioField
          label={t('people.role')}
          value={role}
          onChange={setRole}
          options={ROLES_OF_KIND[kind]
            .filter((value) => mayHandle(own, value))
            .map((value) => ({ value, label: t(`role.${value}`), detail: t(`roleDetail.${value}`) }))}
        />
        {managesTeams && known.data !== undefined && known.data.length > 0 && (
          <MultiCombobox
            label={t('invite.teams')}
            hint={t('invite.teamsHint')}
            noMatch={t('invite.noTeam')}
            removeLabel={({ label }) => t('share.takeOut', { name: label })}
            options={known.data.map(({ id, name: label, people }) => ({
              id,
              label,
              detail: t('invite.teamPeople', { n: people }),
            }))}
            error={tried && unpicked ? t('app.notPicked') : null}
            picked={teams}
            onPick={setTeams}
            onSearch={setTypedTeam}
            full={
              teams.length < MAX_INVITATION_TEAMS ? null : t('invite.teamsFull', { n: MAX_INVITATION_TEAMS })
            }
          />
        )}
        {managesTeams && known.isError && (
          <FieldError id="invite-teams-error">{apiErrorOf(known.error).message}</FieldError>
        )}
        {send.isError && <FieldError id="invite-error">{apiErrorOf(send.error).message}</FieldError>}
        <DialogActions>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button type="submit" kind="primary" busy={send.isPending ? t('invite.busy') : null}>
            {t('invite.submit')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
