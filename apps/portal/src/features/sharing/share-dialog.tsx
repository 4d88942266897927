'use client';

import { BUNDLES, type Right, VM_ROLES, type VmRole } from '@porthole/rbac';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { RadioField } from '../../ui/choice.tsx';
import { Combobox, type ComboOption } from '../../ui/combobox.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, FieldError } from '../../ui/field.tsx';
import { untilTime } from '../../ui/format-time.ts';
import { useToast } from '../../ui/toast.tsx';
import { useWords, type Words } from '../../words/use-words.ts';
import { UNTIL_CHOICES } from './until-choices.ts';
import { UntilField, useUntil } from './until-field.tsx';

interface ShareDialogProps {
  org: string;
  vmId: string;
  machine: string;
  onClose: () => void;
  /** Somebody without an account: a guest link instead. */
  onGuest: () => void;
}

/** `host-console` means something on control domains alone, so the sentences of other machines leave it out. */
const SPOKEN: readonly Right[] = ['look', 'type', 'clipboard', 'power', 'force-power', 'media', 'share'];

/** The rights of a role as a sentence, out of libs/rbac. */
function bundleWords(role: VmRole, t: Words): string {
  return SPOKEN.filter((right) => BUNDLES[role].includes(right))
    .map((right) => t(`rightVerb.${right}`))
    .join(', ');
}

/** One person, one role, until, why; with a sentence of what changes (design §5). */
export function ShareDialog({ org, vmId, machine, onClose, onGuest }: ShareDialogProps) {
  const t = useWords();
  const toast = useToast();
  const trpc = useTRPC();
  const client = useQueryClient();
  const people = useQuery(trpc.people.list.queryOptions({ org }));
  const [person, setPerson] = useState<ComboOption | null>(null);
  const [role, setRole] = useState<VmRole>('operator');
  const until = useUntil();
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);

  const give = useMutation(
    trpc.grants.give.mutationOptions({
      onSuccess: async () => {
        await Promise.all([
          client.invalidateQueries(trpc.grants.pathFilter()),
          client.invalidateQueries(trpc.machines.pathFilter()),
        ]);
        toast(t('access.given', { person: person?.label ?? '', machine }));
        onClose();
      },
    }),
  );
  const submit = () => {
    setTried(true);
    if (person === null || until.error !== null) return;
    give.mutate({
      org,
      to: [{ kind: 'person', id: person.id }],
      over: { kind: 'vm', vmId },
      role,
      rights: [],
      endsAt: until.endsAt,
      reason,
    });
  };
  const options = (people.data ?? []).map(({ id, name, email }) => ({ id, label: name, detail: email }));

  return (
    <Dialog open onClose={onClose} title={t('share.title', { machine })}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
        className="grid gap-6"
      >
        <Combobox
          label={t('share.who')}
          hint={t('share.whoHint')}
          noMatch={t('share.noMatch')}
          removeLabel={t('app.change')}
          error={tried && person === null ? t('share.whoMissing') : null}
          options={options}
          picked={person}
          onPick={setPerson}
        />
        <RadioField
          label={t('share.can')}
          value={role}
          onChange={setRole}
          options={VM_ROLES.map((value) => ({
            value,
            label: t(`vmRole.${value}`),
            detail: bundleWords(value, t),
          }))}
        />
        <UntilField until={until} choices={UNTIL_CHOICES} tried={tried} />
        <Field
          label={t('share.why')}
          hint={t('share.whyHint')}
          value={reason}
          onChange={setReason}
          maxLength={500}
        />
        <p aria-live="polite" className="border-t pt-4 text-ink-2 text-sm">
          {person === null
            ? t('share.previewNobody')
            : t('share.preview', {
                person: person.label,
                role,
                machine,
                until: until.endsAt === null ? 'never' : 'time',
                time: until.endsAt === null ? '' : untilTime(until.endsAt, until.now),
              })}
        </p>
        {give.isError && <FieldError id="share-error">{apiErrorOf(give.error).message}</FieldError>}
        <p className="flex flex-wrap items-center gap-2 text-ink-2 text-sm">
          {t('guests.without')}
          <Button kind="quiet" size="small" onClick={onGuest}>
            {t('guests.make')}
          </Button>
        </p>
        <DialogActions>
          <Button onClick={onClose}>{t('share.cancel')}</Button>
          <Button type="submit" kind="primary" busy={give.isPending ? t('share.busy') : null}>
            {t('share.submit')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
