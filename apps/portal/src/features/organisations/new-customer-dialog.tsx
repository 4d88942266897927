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
import { OrganisationNameFields, useOrganisationNames } from './organisation-names.tsx';

/** A customer's organisation, and who shall own it. */
export function NewCustomerDialog({ org, onClose }: { org: string; onClose: () => void }) {
  const t = useWords();
  const toast = useToast();
  const trpc = useTRPC();
  const client = useQueryClient();
  const names = useOrganisationNames();
  const [ownerEmail, setOwnerEmail] = useState('');
  const [tried, setTried] = useState(false);
  const create = useMutation(
    trpc.organisations.createForCustomer.mutationOptions({
      onSuccess: async () => {
        await client.invalidateQueries(trpc.organisations.pathFilter());
        toast(t('customers.made', { org: names.name.trim(), email: ownerEmail.trim() }));
        onClose();
      },
    }),
  );
  return (
    <Dialog open onClose={onClose} title={t('customers.new')} description={t('customers.newSentence')}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (names.isWhole && looksLikeEmail(ownerEmail))
            create.mutate({ org, name: names.name.trim(), slug: names.slug, ownerEmail: ownerEmail.trim() });
        }}
        className="grid gap-6"
      >
        <OrganisationNameFields names={names} tried={tried} />
        <EmailField
          label={t('customers.owner')}
          hint={t('customers.ownerHint')}
          value={ownerEmail}
          onChange={setOwnerEmail}
          tried={tried}
        />
        {create.isError && <FieldError id="customer-error">{apiErrorOf(create.error).message}</FieldError>}
        <DialogActions>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button type="submit" kind="primary" busy={create.isPending ? t('organisations.making') : null}>
            {t('customers.make')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
