'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, FieldError } from '../../ui/field.tsx';
import { useWords } from '../../words/use-words.ts';

const MOST_CHARACTERS = 500;

/** Refuses who asks, with a reason that they read. */
export function RefuseDialog({
  org,
  grantId,
  name,
  onClose,
}: {
  org: string;
  grantId: string;
  name: string;
  onClose: () => void;
}) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const refuse = useMutation(
    trpc.support.refuse.mutationOptions({
      onSuccess: onClose,
      onSettled: () => void client.invalidateQueries(trpc.support.pathFilter()),
    }),
  );
  const submit = () => {
    setTried(true);
    if (reason.trim() !== '' && !refuse.isPending) refuse.mutate({ org, grantId, reason: reason.trim() });
  };
  return (
    <Dialog open onClose={onClose} title={t('support.refuse.title', { name })}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
        className="grid gap-6"
      >
        <Field
          label={t('support.why')}
          hint={t('support.refuse.hint', { name })}
          value={reason}
          onChange={setReason}
          maxLength={MOST_CHARACTERS}
          autoComplete="off"
          error={tried && reason.trim() === '' ? t('support.whyMissing') : null}
        />
        {refuse.isError && <FieldError id="refuse-error">{apiErrorOf(refuse.error).message}</FieldError>}
        <DialogActions>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button type="submit" kind="primary" busy={refuse.isPending ? t('support.refuse.button') : null}>
            {t('support.refuse.button')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
