'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { OrganisationRow } from '../../server/organisations/provider-organisations.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { InviteOwner } from './invite-owner.tsx';

const LockCustomerDialog = lazy(() =>
  import('../locks/lock-dialog.tsx').then((file) => ({ default: file.LockCustomerDialog })),
);

/** Suspend or lock a customer's organisation, or let it go on; the first cuts people off, so it asks. */
export function CustomerActs({ org, row }: { org: string; row: OrganisationRow }) {
  const t = useWords();
  const toast = useToast();
  const trpc = useTRPC();
  const client = useQueryClient();
  const [asks, setAsks] = useState(false);
  const [locks, setLocks] = useState(false);
  const [reason, setReason] = useState('');
  const after = {
    onSuccess: () => client.invalidateQueries(trpc.organisations.pathFilter()),
    onError: (error: unknown) => toast(apiErrorOf(error).message),
    onSettled: () => setAsks(false),
  };
  const suspend = useMutation(trpc.organisations.suspend.mutationOptions(after));
  const resume = useMutation(trpc.organisations.resume.mutationOptions(after));
  if (row.suspendedAt !== null)
    return (
      <Button
        kind="quiet"
        size="small"
        aria-label={t('customers.resumeOf', { org: row.name })}
        busy={resume.isPending ? t('customers.resume') : null}
        onClick={() => resume.mutate({ org, id: row.id })}
      >
        {t('customers.resume')}
      </Button>
    );
  return (
    <>
      {row.owners === 0 && <InviteOwner org={org} id={row.id} name={row.name} />}
      <Button
        kind="quiet"
        size="small"
        aria-label={t('customers.suspendOf', { org: row.name })}
        onClick={() => setAsks(true)}
      >
        {t('customers.suspend')}
      </Button>
      <Button
        kind="quiet"
        size="small"
        aria-label={t('customers.lockOf', { org: row.name })}
        onClick={() => setLocks(true)}
      >
        {t('customers.lock')}
      </Button>
      <Suspense>
        {locks && <LockCustomerDialog org={org} customer={row} onClose={() => setLocks(false)} />}
      </Suspense>
      {asks && (
        <ConfirmDialog
          open
          onClose={() => setAsks(false)}
          title={t('customers.confirm.title', { org: row.name })}
          sentence={t('customers.confirm.sentence', { n: row.consoles })}
          button={t('customers.confirm.button')}
          busy={suspend.isPending ? t('customers.confirm.button') : null}
          onConfirm={() => suspend.mutate({ org, id: row.id, reason: reason.trim() })}
        >
          <Field
            label={t('share.why')}
            value={reason}
            onChange={setReason}
            maxLength={500}
            className="pt-2"
          />
        </ConfirmDialog>
      )}
    </>
  );
}
