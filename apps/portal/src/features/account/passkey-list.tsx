'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { exactTime, shortTime } from '../../ui/format-time.ts';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';

/** A passkey as its person knows it. */
export interface Passkey {
  id: string;
  name: string;
  isSynced: boolean;
  createdAt: Date;
  lastUsedAt: Date | null;
}

interface PasskeyListProps {
  passkeys: readonly Passkey[];
  /** Whether an app makes codes as well: then the last passkey isn't the last factor. */
  hasApp: boolean;
  onAdd: () => void;
}

/** One's passkeys: where they are, when they were used, and what can be done about each. */
export function PasskeyList({ passkeys, hasApp, onAdd }: PasskeyListProps) {
  const t = useWords();
  const [renaming, setRenaming] = useState<Passkey | null>(null);
  const [removing, setRemoving] = useState<Passkey | null>(null);
  return (
    <section aria-labelledby="passkeys-title" className="grid max-w-[68ch] justify-items-start gap-4">
      <h2 id="passkeys-title" className="font-medium text-lg">
        {t('security.passkey.title')}
      </h2>
      {passkeys.length === 0 ? (
        <p className="text-ink-2">{t('security.passkey.none')}</p>
      ) : (
        <ul className="w-full divide-y border-y">
          {passkeys.map((passkey) => (
            <li key={passkey.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-3">
              <div className="min-w-0 flex-1 basis-48">
                <bdi translate="no" className="block font-medium [overflow-wrap:anywhere]">
                  {passkey.name}
                </bdi>
                <p className="text-ink-2 text-sm">
                  <Times passkey={passkey} />
                </p>
              </div>
              <div className="flex max-sm:-ms-2">
                <Button
                  kind="quiet"
                  size="small"
                  aria-label={t('security.passkey.renameOne', { name: passkey.name })}
                  onClick={() => setRenaming(passkey)}
                >
                  {t('security.passkey.rename')}
                </Button>
                <Button
                  kind="quiet"
                  size="small"
                  aria-label={t('security.passkey.removeOne', { name: passkey.name })}
                  onClick={() => setRemoving(passkey)}
                >
                  {t('security.passkey.remove')}
                </Button>
              </div>
            </li>
          ))}
        </ul>
      )}
      <Button kind="primary" onClick={onAdd}>
        {t('security.passkey.add')}
      </Button>
      {renaming !== null && <Rename passkey={renaming} onClose={() => setRenaming(null)} />}
      {removing !== null && (
        <Remove
          passkey={removing}
          isLast={passkeys.length === 1 && !hasApp}
          onClose={() => setRemoving(null)}
        />
      )}
    </section>
  );
}

function Times({ passkey: { createdAt, lastUsedAt, isSynced } }: { passkey: Passkey }) {
  const t = useWords();
  return (
    <>
      <time dateTime={createdAt.toISOString()} title={exactTime(createdAt)}>
        {t('security.passkey.added', { time: shortTime(createdAt) })}
      </time>
      {' · '}
      {lastUsedAt === null ? (
        t('security.passkey.unused')
      ) : (
        <time dateTime={lastUsedAt.toISOString()} title={exactTime(lastUsedAt)}>
          {t('security.passkey.used', { time: shortTime(lastUsedAt) })}
        </time>
      )}
      {isSynced && ` · ${t('security.passkey.synced')}`}
    </>
  );
}

function Rename({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const [name, setName] = useState(passkey.name);
  const rename = useMutation(
    trpc.auth.renamePasskey.mutationOptions({
      onSuccess: async () => {
        await client.invalidateQueries(trpc.auth.pathFilter());
        onClose();
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '' && !rename.isPending) rename.mutate({ id: passkey.id, name: name.trim() });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('security.passkey.renameOne', { name: passkey.name })}
      className="sm:w-[440px]"
    >
      <form onSubmit={submit} method="post" noValidate className="grid gap-6">
        <Field
          label={t('security.passkey.name')}
          autoComplete="off"
          maxLength={60}
          value={name}
          onChange={setName}
          error={rename.isError ? apiErrorOf(rename.error).message : null}
        />
        <DialogActions>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button
            type="submit"
            kind="primary"
            busy={rename.isPending ? t('security.passkey.rename') : null}
            reason={name.trim() === '' ? t('security.passkey.nameMissing') : null}
          >
            {t('security.passkey.rename')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function Remove({ passkey, isLast, onClose }: { passkey: Passkey; isLast: boolean; onClose: () => void }) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const [isOpen, setOpen] = useState(true);
  const remove = useMutation(
    trpc.auth.removePasskey.mutationOptions({
      onSuccess: async () => {
        toast(t('security.passkey.removed', { name: passkey.name }));
        await client.invalidateQueries(trpc.auth.pathFilter());
      },
      onError: (error) => toast(apiErrorOf(error).message),
      onSettled: onClose,
    }),
  );
  return (
    <ConfirmDialog
      open={isOpen}
      onClose={onClose}
      title={t('security.passkey.removeAsk', { name: passkey.name })}
      sentence={t(isLast ? 'security.passkey.removeLast' : 'security.passkey.removeSentence')}
      button={t('security.passkey.remove')}
      onConfirm={() => {
        // Closed first: the question who it is may follow, and one layer never opens another.
        setOpen(false);
        remove.mutate({ id: passkey.id });
      }}
    />
  );
}
