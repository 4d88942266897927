'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { RadioField } from '../../ui/choice.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, FieldError } from '../../ui/field.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { EmailField, looksLikeEmail } from '../account/email-field.tsx';
import type { UntilChoice } from '../sharing/until-choices.ts';
import { UntilField, useUntil } from '../sharing/until-field.tsx';

/** What a guest can be given, the least first. */
const CAN_CHOICES = ['look', 'type', 'copy'] as const;
type Can = (typeof CAN_CHOICES)[number];
/** A link always ends. */
const UNTIL = ['hour', 'evening', 'week', 'custom'] as const satisfies readonly UntilChoice[];

interface MakeGuestDialogProps {
  org: string;
  vmId: string;
  machine: string;
  onClose: () => void;
}

/** One person without an account, one console, until, why; to look unless more is said (design §5). */
export function MakeGuestDialog({ org, vmId, machine, onClose }: MakeGuestDialogProps) {
  const t = useWords();
  const toast = useToast();
  const trpc = useTRPC();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [can, setCan] = useState<Can>('look');
  const until = useUntil();
  const [oneVisit, setOneVisit] = useState(true);
  const [door, setDoor] = useState(true);
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const make = useMutation(
    trpc.guests.make.mutationOptions({
      onSuccess: async () => {
        await client.invalidateQueries(trpc.guests.pathFilter());
        toast(t('guests.made', { email: email.trim() }));
        onClose();
      },
    }),
  );
  const submit = () => {
    setTried(true);
    if (name.trim() === '' || !looksLikeEmail(email) || until.error !== null || until.endsAt === null) return;
    make.mutate({
      org,
      vmId,
      name,
      email: email.trim(),
      can,
      endsAt: until.endsAt,
      visits: oneVisit ? 'one' : 'many',
      door: door ? 'knock' : 'open',
      reason,
    });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('guests.makeFor', { machine })}
      description={t('guests.makeSentence')}
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
          label={t('guests.name')}
          hint={t('guests.nameHint')}
          value={name}
          onChange={setName}
          maxLength={80}
          autoComplete="off"
          error={tried && name.trim() === '' ? t('guests.nameMissing') : null}
        />
        <EmailField value={email} onChange={setEmail} tried={tried} />
        <RadioField
          label={t('share.can')}
          value={can}
          onChange={setCan}
          options={CAN_CHOICES.map((value) => ({
            value,
            label: t(`guests.can.${value}`),
            detail: t(`guests.canDetail.${value}`),
          }))}
        />
        <UntilField until={until} choices={UNTIL} hint={t('guests.untilHint')} tried={tried} />
        <fieldset className="grid gap-1">
          <legend className="pb-1 font-medium text-sm">{t('guests.how')}</legend>
          <Tick label={t('guests.door')} detail={t('guests.doorDetail')} checked={door} onChange={setDoor} />
          <Tick
            label={t('guests.oneVisit')}
            detail={t('guests.oneVisitDetail')}
            checked={oneVisit}
            onChange={setOneVisit}
          />
        </fieldset>
        <Field
          label={t('share.why')}
          hint={t('share.whyHint')}
          value={reason}
          onChange={setReason}
          maxLength={500}
        />
        {make.isError && <FieldError id="guest-error">{apiErrorOf(make.error).message}</FieldError>}
        <DialogActions>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button type="submit" kind="primary" busy={make.isPending ? t('guests.making') : null}>
            {t('guests.makeIt')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function Tick({
  label,
  detail,
  checked,
  onChange,
}: {
  label: string;
  detail: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}) {
  return (
    <label className="press flex min-h-(--control) cursor-pointer items-start gap-3 rounded-md px-2 py-2 hover:bg-hover">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
        className="mt-0.5 size-4 shrink-0 accent-(--accent)"
      />
      <span className="grid gap-0.5">
        <span className="font-medium">{label}</span>
        <span className="text-ink-2 text-sm">{detail}</span>
      </span>
    </label>
  );
}
