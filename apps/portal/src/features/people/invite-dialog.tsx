'use client';

import { mayHandle, ROLES_OF_KIND, type TenantRole } from '@porthole/rbac';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Organisation } from '../../server/auth/read-me.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { RadioField } from '../../ui/choice.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { FieldError } from '../../ui/field.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { EmailField, looksLikeEmail } from '../account/email-field.tsx';

/** One address and one role. */
export function InviteDialog({ organisation, onClose }: { organisation: Organisation; onClose: () => void }) {
  const t = useWords();
  const toast = useToast();
  const trpc = useTRPC();
  const client = useQueryClient();
  const { slug: org, name, kind, role: own } = organisation;
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<TenantRole>('member');
  const [tried, setTried] = useState(false);
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
          if (looksLikeEmail(email)) send.mutate({ org, email: email.trim(), role });
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
