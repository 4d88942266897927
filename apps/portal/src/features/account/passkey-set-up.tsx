'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { useWords } from '../../words/use-words.ts';
import { makePasskey } from '../sign-in/device-passkey.ts';
import { SetUpStep } from './app-set-up.tsx';
import { browserName } from './browser-name.ts';
import { proofFault } from './proof-fault.ts';

const MAX_NAME_CHARACTERS = 60;

interface PasskeySetUpProps {
  /** @param codes recovery codes, where there were none */
  onAdded: (codes: readonly string[] | null) => void;
  onCancel: () => void;
}

/** A name, then the device's own window; who it is may be asked in between. */
export function PasskeySetUp({ onAdded, onCancel }: PasskeySetUpProps) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const [name, setName] = useState(() => browserName(navigator.userAgent) ?? '');
  const [fault, setFault] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const begin = useMutation(trpc.auth.beginPasskey.mutationOptions());
  const add = useMutation(trpc.auth.addPasskey.mutationOptions());

  const make = async () => {
    const made = await makePasskey(await begin.mutateAsync());
    if (made.kind !== 'ok') return setFault(t(`security.passkey.fault.${made.kind}`));
    const { recoveryCodes } = await add.mutateAsync({ name: name.trim(), response: made.response });
    onAdded(recoveryCodes);
    await client.invalidateQueries(trpc.auth.pathFilter());
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '' || isBusy) return;
    setBusy(true);
    setFault(null);
    make()
      .catch((error: unknown) => setFault(proofFault(apiErrorOf(error), t)))
      .finally(() => setBusy(false));
  };
  return (
    <SetUpStep n={null} title={t('security.passkey.add')}>
      <p className="max-w-[68ch] text-ink-2">{t('security.passkey.addSentence')}</p>
      <form onSubmit={submit} method="post" noValidate className="grid max-w-[360px] gap-4">
        <Field
          label={t('security.passkey.name')}
          hint={t('security.passkey.nameHint')}
          autoComplete="off"
          maxLength={MAX_NAME_CHARACTERS}
          value={name}
          onChange={setName}
          error={fault}
        />
        <div className="flex gap-2">
          <Button
            type="submit"
            kind="primary"
            busy={isBusy ? t('factor.passkeyBusy') : null}
            reason={name.trim() === '' ? t('security.passkey.nameMissing') : null}
          >
            {t('security.goOn')}
          </Button>
          <Button onClick={onCancel}>{t('app.cancel')}</Button>
        </div>
      </form>
    </SetUpStep>
  );
}
