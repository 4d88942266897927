'use client';

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Over } from '../../server/grants/give-grant.ts';
import { MAX_RECEIVERS } from '../../server/grants/grant-limits.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { type ComboOption, MultiCombobox } from '../../ui/combobox.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, FieldError } from '../../ui/field.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords, type Words } from '../../words/use-words.ts';
import { type Gift, GiftField } from './gift-field.tsx';
import { OverField, overThese, type SharedMachine, theseWord } from './over-field.tsx';
import { SharePreview } from './share-preview.tsx';
import { UNTIL_CHOICES } from './until-choices.ts';
import { UntilField, useUntil } from './until-field.tsx';

interface ShareDialogProps {
  org: string;
  /** One or more, all of which may be shared. */
  machines: readonly SharedMachine[];
  onClose: () => void;
  /** Somebody without an account: a guest link instead. Missing where there is no way to one. */
  onGuest?: () => void;
}

interface ReceiverOption extends ComboOption {
  kind: 'person' | 'team';
}

/** People and teams, a role or single rights, until, why; with sentences of what changes for each (design §5). */
export function ShareDialog({ org, machines, onClose, onGuest }: ShareDialogProps) {
  const t = useWords();
  const toast = useToast();
  const trpc = useTRPC();
  const client = useQueryClient();
  const options = useReceivers(org);
  const [picked, setPicked] = useState<readonly ComboOption[]>([]);
  const [over, setOver] = useState<Over>(() => overThese(machines));
  const [gift, setGift] = useState<Gift>({ role: 'operator', rights: [] });
  const until = useUntil();
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const [tried, setTried] = useState(false);
  const to = options
    .filter(({ id }) => picked.some((one) => one.id === id))
    .map(({ kind, id }) => ({ kind, id }));

  const preview = useQuery(
    trpc.grants.preview.queryOptions(
      { org, to, over, ...gift },
      { enabled: to.length > 0, placeholderData: keepPreviousData },
    ),
  );
  const give = useMutation(
    trpc.grants.give.mutationOptions({
      onSuccess: async () => {
        await Promise.all([
          client.invalidateQueries(trpc.grants.pathFilter()),
          client.invalidateQueries(trpc.access.pathFilter()),
          client.invalidateQueries(trpc.machines.pathFilter()),
        ]);
        toast(givenWord(picked, overWord(over, theseWord(machines, t), t), t));
        onClose();
      },
    }),
  );
  const wrongWho = to.length === 0 ? t('share.whoMissing') : typed.trim() === '' ? null : t('app.notPicked');
  const submit = () => {
    setTried(true);
    if (wrongWho !== null || until.error !== null) return;
    give.mutate({ org, to, over, ...gift, endsAt: until.endsAt, reason });
  };

  return (
    <Dialog open onClose={onClose} title={t('share.title', { machine: theseWord(machines, t) })}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
        className="grid gap-4"
      >
        <MultiCombobox
          label={t('share.who')}
          hint={t('share.whoHint')}
          noMatch={t('share.noMatch')}
          removeLabel={({ label }) => t('share.takeOut', { name: label })}
          error={tried ? wrongWho : null}
          options={options}
          picked={picked}
          onPick={setPicked}
          onSearch={setTyped}
          full={picked.length < MAX_RECEIVERS ? null : t('share.full', { n: MAX_RECEIVERS })}
        />
        <OverField org={org} machines={machines} over={over} onChange={setOver} />
        <GiftField gift={gift} onChange={setGift} />
        <div className="grid items-end gap-4 sm:grid-cols-2">
          <UntilField until={until} choices={UNTIL_CHOICES} tried={tried} />
          <Field
            label={t('share.why')}
            placeholder={t('share.whyHint')}
            value={reason}
            onChange={setReason}
            maxLength={500}
          />
        </div>
        {give.isError && <FieldError id="share-error">{apiErrorOf(give.error).message}</FieldError>}
        {onGuest !== undefined && (
          <p className="flex flex-wrap items-center gap-2 text-ink-2 text-sm">
            {t('guests.without')}
            <Button kind="quiet" size="small" onClick={onGuest}>
              {t('guests.make')}
            </Button>
          </p>
        )}
        <DialogActions
          above={
            <SharePreview
              nobody={to.length === 0}
              preview={preview.data ?? null}
              error={preview.isError ? apiErrorOf(preview.error).message : null}
              until={until}
            />
          }
        >
          <Button onClick={onClose}>{t('share.cancel')}</Button>
          <Button type="submit" kind="primary" busy={give.isPending ? t('share.busy') : null}>
            {t('share.submit')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

/** Members and teams, as far as they are loaded. */
function useReceivers(org: string): readonly ReceiverOption[] {
  const t = useWords();
  const { data } = useQuery(useTRPC().grants.receivers.queryOptions({ org }));
  return [
    ...(data?.teams ?? []).map(({ id, name, people }) => ({
      kind: 'team' as const,
      id,
      label: t('share.teamName', { team: name }),
      detail: t('share.teamDetail', { n: people }),
    })),
    ...(data?.people ?? []).map(({ id, name, email }) => ({
      kind: 'person' as const,
      id,
      label: name,
      detail: email,
    })),
  ];
}

function overWord(over: Over, these: string, t: Words): string {
  if (over.kind === 'vm' || over.kind === 'vms') return these;
  return t('access.target', { target: over.kind, tag: over.kind === 'tag' ? over.tag : '' });
}

function givenWord(picked: readonly ComboOption[], machine: string, t: Words): string {
  const [first] = picked;
  return picked.length === 1 && first !== undefined
    ? t('access.given', { person: first.label, machine })
    : t('access.givenMany', { n: picked.length, machine });
}
