import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import type { ConfirmWish } from '../../trpc/confirm-broker.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { DialogActions } from '../../ui/dialog.tsx';
import { Field, SecretField } from '../../ui/field.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { CodeField } from './code-field.tsx';
import { proofFault } from './proof-fault.ts';

type Kind = 'password' | 'code' | 'recovery';

interface ConfirmFormProps {
  wish: ConfirmWish;
  onProved: () => void;
  onCancel: () => void;
}

/** A code of the app where there is one, the password where that is enough. */
export function ConfirmForm({ wish, onProved, onCancel }: ConfirmFormProps) {
  const t = useWords();
  const trpc = useTRPC();
  const factor = useQuery(trpc.auth.factor.queryOptions());
  if (factor.data === undefined && !factor.isError) return <SkeletonRows rows={1} columns={['60%']} />;
  const hasApp = factor.data?.appSince != null;
  if (wish.proof === 'factor' && !hasApp)
    return (
      <>
        <p className="pb-6 text-ink-2">{t('confirm.noApp')}</p>
        <DialogActions>
          <Button onClick={onCancel}>{t('app.cancel')}</Button>
          <LinkButton
            kind="primary"
            href={`/account/security?next=${encodeURIComponent(location.pathname + location.search)}`}
          >
            {t('factor.required.button')}
          </LinkButton>
        </DialogActions>
      </>
    );
  const kinds: readonly Kind[] = !hasApp
    ? ['password']
    : wish.proof === 'factor'
      ? ['code', 'recovery']
      : ['code', 'password', 'recovery'];
  return <ProofForm kinds={kinds} onProved={onProved} onCancel={onCancel} />;
}

interface ProofFormProps extends Omit<ConfirmFormProps, 'wish'> {
  /** The best one first. */
  kinds: readonly Kind[];
}

function ProofForm({ kinds, onProved, onCancel }: ProofFormProps) {
  const t = useWords();
  const trpc = useTRPC();
  const toast = useToast();
  const [kind, setKind] = useState<Kind>(kinds[0] ?? 'password');
  const [proof, setProof] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const confirm = useMutation(
    trpc.auth.confirm.mutationOptions({
      onSuccess: ({ codesLeft }) => {
        if (codesLeft !== null) toast(t('factor.recoveryUsed.title', { n: codesLeft }));
        onProved();
      },
      onError: () => field.current?.focus(),
    }),
  );
  useEffect(() => {
    // Another field stands there with each kind.
    if (kinds.includes(kind)) field.current?.focus();
  }, [kind, kinds]);
  const send = (value: string) => {
    if (value !== '' && !confirm.isPending) confirm.mutate({ kind, proof: value });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // A dialog stands inside the page's own form in React's tree: that one must not be sent along.
    event.stopPropagation();
    send(proof);
  };
  const parts = {
    ref: field,
    value: proof,
    onChange: setProof,
    error: confirm.isError ? proofFault(apiErrorOf(confirm.error), t) : null,
  };
  return (
    <form onSubmit={submit} method="post" noValidate className="grid gap-4">
      {kind === 'code' ? (
        <CodeField {...parts} label={t('factor.code')} hint={t('factor.hint')} onFull={send} />
      ) : kind === 'recovery' ? (
        <Field {...parts} label={t('factor.recovery')} autoComplete="off" spellCheck={false} mono />
      ) : (
        <SecretField
          {...parts}
          label={t('signIn.password')}
          autoComplete="current-password"
          showLabel={t('signIn.show')}
          hideLabel={t('signIn.hide')}
        />
      )}
      <div className="flex flex-wrap gap-x-4">
        {kinds
          .filter((other) => other !== kind)
          .map((other) => (
            <button
              key={other}
              type="button"
              className="min-h-6 text-link text-sm hover:underline max-sm:min-h-(--control)"
              onClick={() => {
                setKind(other);
                setProof('');
                confirm.reset();
              }}
            >
              {t(`confirm.use.${other}`)}
            </button>
          ))}
      </div>
      <DialogActions>
        <Button onClick={onCancel}>{t('app.cancel')}</Button>
        <Button
          type="submit"
          kind="primary"
          busy={confirm.isPending ? t('factor.busy') : null}
          reason={proof === '' ? t(`confirm.missing.${kind}`) : null}
        >
          {t('factor.confirm')}
        </Button>
      </DialogActions>
    </form>
  );
}
