'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { LockRow } from '../../server/locks/lock-row.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, FieldError } from '../../ui/field.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';

const MOST_CHARACTERS = 500;

/** Lifts a lock with a reason: one of the organisation of the page, or the provider's own over a customer's. */
export function LiftDialog({
  org,
  lock,
  overCustomer,
  onClose,
}: {
  org: string;
  lock: LockRow;
  overCustomer: boolean;
  onClose: () => void;
}) {
  const t = useWords();
  const toast = useToast();
  const trpc = useTRPC();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const { name } = lock.target;
  const done = {
    onSuccess: () => {
      toast(t('lock.lifted', { name }));
      onClose();
    },
    onSettled: () => void client.invalidateQueries(),
  };
  const lift = useMutation(trpc.locks.lift.mutationOptions(done));
  const liftOver = useMutation(trpc.locks.liftOverCustomer.mutationOptions(done));
  const { isPending, error } = overCustomer ? liftOver : lift;
  const submit = () => {
    setTried(true);
    const why = reason.trim();
    if (why === '' || isPending) return;
    if (overCustomer) liftOver.mutate({ org, id: lock.target.id, reason: why });
    else lift.mutate({ org, lockId: lock.id, reason: why });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('lock.lift.title', { name })}
      description={t('lock.lift.sentence')}
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
          label={t('lock.reason')}
          value={reason}
          onChange={setReason}
          maxLength={MOST_CHARACTERS}
          autoComplete="off"
          error={tried && reason.trim() === '' ? t('lock.reasonMissing') : null}
        />
        {error !== null && <FieldError id="lift-error">{apiErrorOf(error).message}</FieldError>}
        <DialogActions>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button type="submit" kind="primary" busy={isPending ? t('lock.lift.button') : null}>
            {t('lock.lift.button')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
