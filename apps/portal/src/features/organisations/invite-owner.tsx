'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { FieldError } from '../../ui/field.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { EmailField, looksLikeEmail } from '../account/email-field.tsx';

/** An organisation without an owner gets one invited by the provider; once it has one, its people are its own affair. */
export function InviteOwner({ org, id, name }: { org: string; id: string; name: string }) {
  const t = useWords();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        kind="quiet"
        size="small"
        aria-label={t('customers.inviteOwnerOf', { org: name })}
        onClick={() => setOpen(true)}
      >
        {t('customers.inviteOwner')}
      </Button>
      {open && <InviteOwnerDialog org={org} id={id} name={name} onClose={() => setOpen(false)} />}
    </>
  );
}

function InviteOwnerDialog({
  org,
  id,
  name,
  onClose,
}: {
  org: string;
  id: string;
  name: string;
  onClose: () => void;
}) {
  const t = useWords();
  const toast = useToast();
  const trpc = useTRPC();
  const client = useQueryClient();
  const [email, setEmail] = useState('');
  const [tried, setTried] = useState(false);
  const invite = useMutation(
    trpc.organisations.inviteOwner.mutationOptions({
      onSuccess: async () => {
        await client.invalidateQueries(trpc.organisations.pathFilter());
        toast(t('invitations.sentTo', { email: email.trim() }));
        onClose();
      },
    }),
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('customers.inviteOwnerOf', { org: name })}
      description={t('invite.sentence')}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (looksLikeEmail(email)) invite.mutate({ org, id, email: email.trim() });
        }}
        className="grid gap-6"
      >
        <EmailField
          label={t('customers.owner')}
          hint={t('customers.ownerHint')}
          value={email}
          onChange={setEmail}
          tried={tried}
        />
        {invite.isError && <FieldError id="owner-error">{apiErrorOf(invite.error).message}</FieldError>}
        <DialogActions>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button type="submit" kind="primary" busy={invite.isPending ? t('invite.busy') : null}>
            {t('invite.submit')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
