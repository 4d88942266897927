'use client';

import { BUNDLES, type Right, VM_ROLES, type VmRole } from '@porthole/rbac';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { RadioField, SelectField } from '../../ui/choice.tsx';
import { Combobox, type ComboOption } from '../../ui/combobox.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, FieldError } from '../../ui/field.tsx';
import { clockTime, untilTime } from '../../ui/format-time.ts';
import { useToast } from '../../ui/toast.tsx';
import { useWords, type Words } from '../../words/use-words.ts';
import { isOffered, momentOf, UNTIL_CHOICES, type UntilChoice } from './until-choices.ts';

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
  const [now] = useState(() => new Date());
  const [person, setPerson] = useState<ComboOption | null>(null);
  const [role, setRole] = useState<VmRole>('operator');
  const [until, setUntil] = useState<UntilChoice>(isOffered('evening', now) ? 'evening' : 'hour');
  const [custom, setCustom] = useState('');
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);

  const endsAt = until === 'custom' ? readCustom(custom) : momentOf(until, now);
  const untilError =
    until !== 'custom'
      ? null
      : endsAt === null
        ? t('share.untilMissing')
        : endsAt <= now
          ? t('share.untilPast')
          : null;

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
    if (person === null || untilError !== null) return;
    give.mutate({ org, vmId, personId: person.id, role, endsAt, reason });
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
        <SelectField
          label={t('share.until')}
          value={until}
          onChange={setUntil}
          options={UNTIL_CHOICES.filter((choice) => isOffered(choice, now)).map((value) => ({
            value,
            label: untilLabel(value, now, t),
          }))}
        />
        {until === 'custom' && (
          <Field
            label={t('share.customLabel')}
            type="datetime-local"
            value={custom}
            onChange={setCustom}
            error={tried ? untilError : null}
          />
        )}
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
                until: endsAt === null ? 'never' : 'time',
                time: endsAt === null ? '' : untilTime(endsAt, now),
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

function untilLabel(choice: UntilChoice, now: Date, t: Words): string {
  const moment = momentOf(choice, now);
  switch (choice) {
    case 'hour':
      return t('share.hour', { time: moment === null ? '' : clockTime(moment) });
    case 'evening':
      return t('share.evening', { time: moment === null ? '' : clockTime(moment) });
    case 'week':
      return t('share.week', { time: moment === null ? '' : untilTime(moment, now) });
    case 'never':
      return t('share.never');
    case 'custom':
      return t('share.custom');
  }
}

function readCustom(text: string): Date | null {
  const date = new Date(text);
  return text === '' || Number.isNaN(date.getTime()) ? null : date;
}
