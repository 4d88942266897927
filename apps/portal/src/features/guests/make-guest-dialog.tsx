'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { RadioField, SelectField } from '../../ui/choice.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, FieldError } from '../../ui/field.tsx';
import { clockTime, untilTime } from '../../ui/format-time.ts';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { EmailField, looksLikeEmail } from '../account/email-field.tsx';
import { isOffered, momentOf, type UntilChoice } from '../sharing/until-choices.ts';

/** What a guest can be given, the least first. */
const CAN_CHOICES = ['look', 'type', 'copy'] as const;
type Can = (typeof CAN_CHOICES)[number];
/** A link always ends. */
const UNTIL = ['hour', 'evening', 'week', 'custom'] as const satisfies readonly UntilChoice[];
type Until = (typeof UNTIL)[number];

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
  const [now] = useState(() => new Date());
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [can, setCan] = useState<Can>('look');
  const [until, setUntil] = useState<Until>(isOffered('evening', now) ? 'evening' : 'hour');
  const [custom, setCustom] = useState('');
  const [oneVisit, setOneVisit] = useState(true);
  const [door, setDoor] = useState(true);
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
    if (name.trim() === '' || !looksLikeEmail(email) || untilError !== null || endsAt === null) return;
    make.mutate({
      org,
      vmId,
      name,
      email: email.trim(),
      can,
      endsAt,
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
        <SelectField
          label={t('share.until')}
          hint={t('guests.untilHint')}
          value={until}
          onChange={setUntil}
          options={UNTIL.filter((choice) => isOffered(choice, now)).map((value) => ({
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

function untilLabel(choice: Until, now: Date, t: ReturnType<typeof useWords>): string {
  const moment = momentOf(choice, now);
  switch (choice) {
    case 'hour':
      return t('share.hour', { time: moment === null ? '' : clockTime(moment) });
    case 'evening':
      return t('share.evening', { time: moment === null ? '' : clockTime(moment) });
    case 'week':
      return t('share.week', { time: moment === null ? '' : untilTime(moment, now) });
    case 'custom':
      return t('share.custom');
  }
}

function readCustom(text: string): Date | null {
  const date = new Date(text);
  return text === '' || Number.isNaN(date.getTime()) ? null : date;
}
