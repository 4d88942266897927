'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyChip } from '../../ui/copy-chip.tsx';
import { SecretField } from '../../ui/field.tsx';
import { useWords } from '../../words/use-words.ts';
import { CODE_DIGITS, CodeField } from './code-field.tsx';
import { proofFault } from './proof-fault.ts';
import { QrCode } from './qr-code.tsx';

interface AppSetUpProps {
  onCodes: (codes: readonly string[]) => void;
  onCancel: () => void;
}

/** The password, then the app and a code of it; the recovery codes that follow are the third step. */
export function AppSetUp({ onCodes, onCancel }: AppSetUpProps) {
  const t = useWords();
  const trpc = useTRPC();
  const [password, setPassword] = useState('');
  const begin = useMutation(trpc.auth.beginFactor.mutationOptions());
  if (begin.data !== undefined) return <ShowCode seed={begin.data} onCodes={onCodes} onCancel={onCancel} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (password !== '' && !begin.isPending) begin.mutate({ password });
  };
  return (
    <SetUpStep n={1} title={t('security.step.password')}>
      <form onSubmit={submit} method="post" noValidate className="grid max-w-[360px] gap-4">
        <SecretField
          label={t('signIn.password')}
          autoComplete="current-password"
          autoFocus
          value={password}
          onChange={setPassword}
          showLabel={t('signIn.show')}
          hideLabel={t('signIn.hide')}
          error={begin.isError ? proofFault(apiErrorOf(begin.error), t) : null}
        />
        <div className="flex gap-2">
          <Button
            type="submit"
            kind="primary"
            busy={begin.isPending ? t('security.goOn') : null}
            reason={password === '' ? t('signIn.passwordMissing') : null}
          >
            {t('security.goOn')}
          </Button>
          <Button onClick={onCancel}>{t('app.cancel')}</Button>
        </div>
      </form>
    </SetUpStep>
  );
}

function ShowCode({
  seed,
  onCodes,
  onCancel,
}: AppSetUpProps & { seed: { secret: string; squares: string[] } }) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const [code, setCode] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const confirm = useMutation(
    trpc.auth.confirmFactor.mutationOptions({
      onSuccess: async ({ recoveryCodes }) => {
        onCodes(recoveryCodes);
        await client.invalidateQueries(trpc.auth.pathFilter());
      },
      onError: () => field.current?.focus(),
    }),
  );
  const send = (value: string) => confirm.mutate({ code: value });
  return (
    <SetUpStep n={2} title={t('security.step.scan')}>
      <p className="max-w-[68ch] text-ink-2">{t('security.scan.sentence')}</p>
      <div className="flex flex-wrap items-start gap-8">
        <QrCode squares={seed.squares} label={t('security.scan.picture')} />
        <div className="grid max-w-[360px] gap-4">
          <div className="grid justify-items-start gap-1">
            <p className="text-ink-2 text-sm">{t('security.scan.byHand')}</p>
            <bdi translate="no" className="font-mono text-sm">
              {(seed.secret.match(/.{1,4}/g) ?? []).join(' ')}
            </bdi>
            <CopyChip label={t('security.scan.key')} value={seed.secret} shown={t('app.copy')} />
          </div>
          <form
            method="post"
            noValidate
            className="grid gap-4"
            onSubmit={(event) => {
              event.preventDefault();
              if (code.length === CODE_DIGITS && !confirm.isPending) send(code);
            }}
          >
            <CodeField
              ref={field}
              label={t('factor.code')}
              hint={t('security.scan.codeHint')}
              value={code}
              onChange={setCode}
              onFull={send}
              error={confirm.isError ? proofFault(apiErrorOf(confirm.error), t) : null}
            />
            <div className="flex gap-2">
              <Button
                type="submit"
                kind="primary"
                busy={confirm.isPending ? t('factor.busy') : null}
                reason={code.length < CODE_DIGITS ? t('factor.missing') : null}
              >
                {t('factor.confirm')}
              </Button>
              <Button onClick={onCancel}>{t('app.cancel')}</Button>
            </div>
          </form>
        </div>
      </div>
    </SetUpStep>
  );
}

/** A step of three, or one that stands for itself; its heading takes the focus, so that it is read when it comes. */
export function SetUpStep({
  n,
  title,
  children,
}: {
  n: 1 | 2 | 3 | null;
  title: string;
  children: ReactNode;
}) {
  const t = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (n !== 1) heading.current?.focus();
  }, [n]);
  return (
    <section className="grid gap-4">
      <div>
        {n !== null && <p className="text-ink-2 text-sm">{t('security.step.of', { n })}</p>}
        <h2 ref={heading} tabIndex={-1} className="font-medium text-lg outline-none">
          {title}
        </h2>
      </div>
      {children}
    </section>
  );
}
