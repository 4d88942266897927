'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { LockScope } from '../../server/locks/lock-row.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, FieldError } from '../../ui/field.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';

/** Longest reason, in characters; the portal takes no longer one (`MAX_LOCK_REASON`). */
const MOST_CHARACTERS = 500;

/** What a lock is to be over. */
export interface LockWish {
  scope: LockScope;
  /** Null for the organisation of the page itself. */
  id: string | null;
  name: string;
}

interface LockDialogProps {
  org: string;
  wish: LockWish;
  onClose: () => void;
}

/** Asks for a reason, says what closes now, and locks; the client asks for the proof of who acts by itself. */
export function LockDialog({ org, wish, onClose }: LockDialogProps) {
  const t = useWords();
  const trpc = useTRPC();
  const { scope, id } = wish;
  const preview = useQuery(trpc.locks.preview.queryOptions({ org, scope, id }));
  const closes = preview.data;
  const done = useDone(wish.name, onClose);
  const set = useMutation(trpc.locks.set.mutationOptions(done));
  return (
    <LockForm
      wish={wish}
      closes={
        closes === undefined ? null : t('lock.closes', { consoles: closes.consoles, people: closes.people })
      }
      fault={preview.isError ? apiErrorOf(preview.error).message : null}
      busy={set.isPending}
      error={set.isError ? apiErrorOf(set.error).message : null}
      onLock={(reason) => set.mutate({ org, scope, id, reason })}
      onClose={onClose}
    />
  );
}

/** The same for the provider, over a customer's organisation. */
export function LockCustomerDialog({
  org,
  customer,
  onClose,
}: {
  org: string;
  customer: { id: string; name: string; consoles: number };
  onClose: () => void;
}) {
  const t = useWords();
  const trpc = useTRPC();
  const { id, name, consoles } = customer;
  const set = useMutation(trpc.locks.setOverCustomer.mutationOptions(useDone(name, onClose)));
  return (
    <LockForm
      wish={{ scope: 'organisation', id, name }}
      closes={t('lock.closes', { consoles, people: 0 })}
      fault={null}
      busy={set.isPending}
      error={set.isError ? apiErrorOf(set.error).message : null}
      onLock={(reason) => set.mutate({ org, id, reason })}
      onClose={onClose}
    />
  );
}

function useDone(name: string, onClose: () => void) {
  const t = useWords();
  const toast = useToast();
  const client = useQueryClient();
  return {
    onSuccess: ({ already }: { already: boolean }) => {
      toast(t(already ? 'lock.already' : 'lock.done', { name }));
      onClose();
    },
    // What is open anywhere has changed with it.
    onSettled: () => void client.invalidateQueries(),
  };
}

interface LockFormProps {
  wish: LockWish;
  /** What closes now; null while it is counted. */
  closes: string | null;
  /** Why it can't be counted. */
  fault: string | null;
  busy: boolean;
  error: string | null;
  onLock: (reason: string) => void;
  onClose: () => void;
}

function LockForm({ wish, closes, fault, busy, error, onLock, onClose }: LockFormProps) {
  const t = useWords();
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const submit = () => {
    setTried(true);
    if (reason.trim() !== '' && !busy) onLock(reason.trim());
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('lock.set.title', { name: wish.name })}
      description={t('lock.set.sentence', { scope: wish.scope, name: wish.name })}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
        className="grid gap-6"
      >
        <p role="status" className="min-h-6 font-medium">
          {fault ?? closes ?? t('lock.counting')}
        </p>
        <Field
          label={t('lock.reason')}
          hint={t('lock.set.hint')}
          value={reason}
          onChange={setReason}
          maxLength={MOST_CHARACTERS}
          autoComplete="off"
          error={tried && reason.trim() === '' ? t('lock.reasonMissing') : null}
        />
        {error !== null && <FieldError id="lock-error">{error}</FieldError>}
        <DialogActions>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button type="submit" kind="danger" busy={busy ? t('lock.set.button') : null}>
            {t('lock.set.button')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
