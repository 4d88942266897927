'use client';

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { FieldError } from '../../ui/field.tsx';
import { useWords } from '../../words/use-words.ts';
import { OrganisationNameFields, useOrganisationNames } from './organisation-names.tsx';

/** An organisation of one's own, where the provider lets people make one. */
export function NewOrganisation() {
  const t = useWords();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('organisations.new')}</Button>
      {open && <NewOrganisationDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function NewOrganisationDialog({ onClose }: { onClose: () => void }) {
  const t = useWords();
  const trpc = useTRPC();
  const names = useOrganisationNames();
  const [tried, setTried] = useState(false);
  const create = useMutation(
    trpc.auth.createOrganisation.mutationOptions({
      onSuccess: ({ slug }) => location.assign(`/o/${slug}/people`),
    }),
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('organisations.new')}
      description={t('organisations.newSentence')}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (names.isWhole) create.mutate({ name: names.name.trim(), slug: names.slug });
        }}
        className="grid gap-6"
      >
        <OrganisationNameFields names={names} tried={tried} />
        {create.isError && (
          <FieldError id="organisation-error">{apiErrorOf(create.error).message}</FieldError>
        )}
        <DialogActions>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button type="submit" kind="primary" busy={create.isPending ? t('organisations.making') : null}>
            {t('organisations.make')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
