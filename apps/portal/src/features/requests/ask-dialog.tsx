'use client';

import type { VmRole } from '@porthole/rbac';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { GLASS_LENGTHS_MS, LENGTHS_MS } from '../../server/requests/request-limits.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { RadioField, SelectField } from '../../ui/choice.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, FieldError } from '../../ui/field.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { lengthWord } from './request-words.ts';

interface AskDialogProps {
  org: string;
  vmId: string;
  machine: string;
  /** What may be asked for. */
  roles: readonly VmRole[];
  /** An emergency: Operator for a short time, with two who confirm. */
  emergency: boolean;
  onClose: () => void;
}

/** Asks for a role on one machine: which, for how long, why. */
export function AskDialog({ org, vmId, machine, roles, emergency, onClose }: AskDialogProps) {
  const t = useWords();
  const toast = useToast();
  const trpc = useTRPC();
  const client = useQueryClient();
  const lengths: readonly number[] = emergency ? GLASS_LENGTHS_MS : LENGTHS_MS;
  const [role, setRole] = useState<VmRole>(
    roles.includes('operator') ? 'operator' : (roles[0] ?? 'operator'),
  );
  const [length, setLength] = useState(String(lengths[1]));
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const done = {
    onSuccess: async () => {
      await client.invalidateQueries(trpc.requests.pathFilter());
      toast(t(emergency ? 'requests.ask.emergencySent' : 'requests.ask.sent', { machine }));
      onClose();
    },
  };
  const ask = useMutation(trpc.requests.ask.mutationOptions(done));
  const breakGlass = useMutation(trpc.requests.breakGlass.mutationOptions(done));
  const { isPending, error } = emergency ? breakGlass : ask;
  const missing = reason.trim() === '' ? t('requests.ask.whyMissing') : null;
  const submit = () => {
    setTried(true);
    if (missing !== null) return;
    const asked = { org, vmId, lengthMs: Number(length), reason };
    if (emergency) breakGlass.mutate(asked);
    else ask.mutate({ ...asked, role });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(emergency ? 'requests.ask.emergencyTitle' : 'requests.ask.title', { machine })}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
        className="grid gap-6"
      >
        {emergency ? (
          <p className="text-warn">{t('requests.ask.emergencySentence')}</p>
        ) : (
          <RadioField
            label={t('share.can')}
            value={role}
            onChange={setRole}
            options={roles.map((value) => ({
              value,
              label: t(`vmRole.${value}`),
              detail: t(`requests.ask.role.${value}`),
            }))}
          />
        )}
        <SelectField
          label={t('requests.ask.length')}
          hint={t('requests.ask.lengthHint')}
          value={length}
          onChange={setLength}
          options={lengths.map((ms) => ({ value: String(ms), label: lengthWord(ms, t) }))}
        />
        <Field
          label={t('requests.ask.why')}
          hint={t('requests.ask.whyHint')}
          value={reason}
          onChange={setReason}
          maxLength={500}
          autoComplete="off"
          error={tried ? missing : null}
        />
        {error !== null && <FieldError id="ask-error">{apiErrorOf(error).message}</FieldError>}
        <DialogActions>
          <Button onClick={onClose}>{t('share.cancel')}</Button>
          <Button type="submit" kind="primary" busy={isPending ? t('requests.ask.busy') : null}>
            {t('requests.ask.submit')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
