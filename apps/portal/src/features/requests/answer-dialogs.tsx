'use client';

import { VM_ROLES, type VmRole } from '@porthole/rbac';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { LENGTHS_MS } from '../../server/requests/request-limits.ts';
import type { RequestRow } from '../../server/requests/request-row.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/choice.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, FieldError } from '../../ui/field.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { lengthsUpTo, lengthWord } from './request-words.ts';

interface AnswerProps {
  org: string;
  row: RequestRow;
  onClose: () => void;
}

/** Reads requests anew whether the answer counted or another was quicker. */
function useSettled() {
  const trpc = useTRPC();
  const client = useQueryClient();
  return () => void client.invalidateQueries(trpc.requests.pathFilter());
}

/** Approves as it was asked, or with less. */
export function ApproveDialog({ org, row, onClose }: AnswerProps) {
  const t = useWords();
  const toast = useToast();
  const trpc = useTRPC();
  const [role, setRole] = useState<VmRole>(row.role);
  const [length, setLength] = useState(String(row.lengthMs));
  const approve = useMutation(
    trpc.requests.approve.mutationOptions({
      onSuccess: () => {
        toast(t('requests.approved', { person: row.asker.name, machine: row.vm.name }));
        onClose();
      },
      onSettled: useSettled(),
    }),
  );
  const roles = VM_ROLES.slice(0, VM_ROLES.indexOf(row.role) + 1);
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('requests.approve.title', { person: row.asker.name, machine: row.vm.name })}
      description={row.reason}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          approve.mutate({ org, requestId: row.id, role, lengthMs: Number(length) });
        }}
        className="grid gap-6"
      >
        <SelectField
          label={t('access.role')}
          value={role}
          onChange={setRole}
          options={roles.map((value) => ({ value, label: t(`vmRole.${value}`) }))}
        />
        <SelectField
          label={t('requests.ask.length')}
          hint={t('requests.approve.lengthHint')}
          value={length}
          onChange={setLength}
          options={lengthsUpTo(row.lengthMs, LENGTHS_MS).map((ms) => ({
            value: String(ms),
            label: lengthWord(ms, t),
          }))}
        />
        {approve.isError && <FieldError id="approve-error">{apiErrorOf(approve.error).message}</FieldError>}
        <DialogActions>
          <Button onClick={onClose}>{t('share.cancel')}</Button>
          <Button type="submit" kind="primary" busy={approve.isPending ? t('requests.approve.button') : null}>
            {t('requests.approve.button')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

/** Refuses with a reason, or writes the review of an emergency: one field that has to say something. */
export function ReasonDialog({ org, row, what, onClose }: AnswerProps & { what: 'refuse' | 'review' }) {
  const t = useWords();
  const trpc = useTRPC();
  const [text, setText] = useState('');
  const [tried, setTried] = useState(false);
  const done = { onSuccess: onClose, onSettled: useSettled() };
  const refuse = useMutation(trpc.requests.refuse.mutationOptions(done));
  const review = useMutation(trpc.requests.review.mutationOptions(done));
  const { isPending, error } = what === 'refuse' ? refuse : review;
  const names = { person: row.asker.name, machine: row.vm.name };
  const submit = () => {
    setTried(true);
    if (text.trim() === '') return;
    if (what === 'refuse') refuse.mutate({ org, requestId: row.id, reason: text });
    else review.mutate({ org, requestId: row.id, text });
  };
  return (
    <Dialog open onClose={onClose} title={t(`requests.${what}.title`, names)}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
        className="grid gap-6"
      >
        <Field
          label={t(`requests.${what}.label`)}
          hint={t(`requests.${what}.hint`, names)}
          value={text}
          onChange={setText}
          maxLength={what === 'refuse' ? 500 : 1_000}
          autoComplete="off"
          error={tried && text.trim() === '' ? t('requests.ask.whyMissing') : null}
        />
        {error !== null && <FieldError id="reason-error">{apiErrorOf(error).message}</FieldError>}
        <DialogActions>
          <Button onClick={onClose}>{t('share.cancel')}</Button>
          <Button type="submit" kind="primary" busy={isPending ? t(`requests.${what}.button`) : null}>
            {t(`requests.${what}.button`)}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
