import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
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
import { showPasskey } from '../sign-in/device-passkey.ts';
import { CodeField } from './code-field.tsx';
import { proofFault } from './proof-fault.ts';

type Typed = 'password' | 'code' | 'recovery';
type Kind = Typed | 'passkey';

interface ConfirmFormProps {
  wish: ConfirmWish;
  onProved: () => void;
  onCancel: () => void;
}

/** A passkey or a code of the app where there is one, the password where that is enough. */
export function ConfirmForm({ wish, onProved, onCancel }: ConfirmFormProps) {
  const t = useWords();
  const trpc = useTRPC();
  const factor = useQuery(trpc.auth.factor.queryOptions());
  if (factor.data === undefined && !factor.isError) return <SkeletonRows rows={1} columns={['60%']} />;
  const hasApp = factor.data?.appSince != null;
  const hasPasskey = (factor.data?.passkeys.length ?? 0) > 0;
  if (wish.proof === 'factor' && !hasApp && !hasPasskey)
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
  const kinds: readonly Kind[] = [
    ...(hasPasskey ? (['passkey'] as const) : []),
    ...(hasApp ? (['code'] as const) : []),
    ...(wish.proof === 'factor' ? [] : (['password'] as const)),
    ...(hasApp || hasPasskey ? (['recovery'] as const) : []),
  ];
  return <ProofForm kinds={kinds} onProved={onProved} onCancel={onCancel} />;
}

interface ProofFormProps extends Omit<ConfirmFormProps, 'wish'> {
  /** The best one first. */
  kinds: readonly Kind[];
}

function ProofForm({ kinds, onProved, onCancel }: ProofFormProps) {
  const [kind, setKind] = useState<Kind>(kinds[0] ?? 'password');
  const others = (
    <OtherKinds kinds={kinds.filter((other) => other !== kind)} onTurn={(other) => setKind(other)} />
  );
  const ends = { onProved, onCancel };
  return kind === 'passkey' ? (
    <ByPasskey {...ends}>{others}</ByPasskey>
  ) : (
    <ByTyping key={kind} kind={kind} {...ends}>
      {others}
    </ByTyping>
  );
}

function OtherKinds({ kinds, onTurn }: { kinds: readonly Kind[]; onTurn: (kind: Kind) => void }) {
  const t = useWords();
  return (
    <div className="flex flex-wrap gap-x-4">
      {kinds.map((other) => (
        <button
          key={other}
          type="button"
          className="min-h-6 text-link text-sm hover:underline max-sm:min-h-(--control)"
          onClick={() => onTurn(other)}
        >
          {t(`confirm.use.${other}`)}
        </button>
      ))}
    </div>
  );
}

interface ByKindProps extends Omit<ConfirmFormProps, 'wish'> {
  /** The ways to the other kinds. */
  children: ReactNode;
}

function ByPasskey({ onProved, onCancel, children }: ByKindProps) {
  const t = useWords();
  const trpc = useTRPC();
  const [fault, setFault] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const ask = useMutation(trpc.auth.askMyPasskey.mutationOptions());
  const confirm = useMutation(trpc.auth.confirmByPasskey.mutationOptions());
  useEffect(() => button.current?.focus(), []);
  const show = async () => {
    const shown = await showPasskey(await ask.mutateAsync());
    if (shown.kind !== 'ok')
      return setFault(
        t(shown.kind === 'unsupported' ? 'factor.passkeyUnsupported.sentence' : 'factor.passkey.sentence'),
      );
    await confirm.mutateAsync({ response: shown.response });
    onProved();
  };
  const press = () => {
    setBusy(true);
    setFault(null);
    show()
      .catch((error: unknown) => setFault(proofFault(apiErrorOf(error), t)))
      .finally(() => setBusy(false));
  };
  return (
    <div className="grid gap-4">
      <p className="text-ink-2">{t('factor.passkeyHint')}</p>
      <p role="alert" className="text-bad text-sm empty:hidden">
        {fault}
      </p>
      {children}
      <DialogActions>
        <Button onClick={onCancel}>{t('app.cancel')}</Button>
        <Button ref={button} kind="primary" busy={isBusy ? t('factor.passkeyBusy') : null} onClick={press}>
          {t('factor.usePasskey')}
        </Button>
      </DialogActions>
    </div>
  );
}

function ByTyping({ kind, onProved, onCancel, children }: ByKindProps & { kind: Typed }) {
  const t = useWords();
  const trpc = useTRPC();
  const toast = useToast();
  const [proof, setProof] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const confirm = useMutation(
    trpc.auth.confirm.mutationOptions({
      onSuccess: ({ codesLeft }) => {
        if (codesLeft !== null) toast(t('factor.recoveryUsed.said', { n: codesLeft }));
        onProved();
      },
      onError: () => field.current?.focus(),
    }),
  );
  useEffect(() => field.current?.focus(), []);
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
      {children}
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
