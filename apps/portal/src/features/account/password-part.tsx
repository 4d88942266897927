'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { FieldError, SecretField } from '../../ui/field.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { isLongEnough, NewPasswordField } from '../links/new-password-field.tsx';
import { QueryFault } from '../navigation/query-fault.tsx';
import { proofFault } from './proof-fault.ts';
import { useMe } from './use-me.ts';

/** One's password: changed by who knows it; who has none reads how one comes about. */
export function PasswordPart() {
  const t = useWords();
  const trpc = useTRPC();
  const me = useMe();
  const state = useQuery(trpc.auth.password.queryOptions());
  const [open, setOpen] = useState(false);
  return (
    <section aria-labelledby="password-title" className="grid max-w-[68ch] justify-items-start gap-4">
      <h2 id="password-title" className="font-medium text-lg">
        {t('security.password.title')}
      </h2>
      {state.isError ? (
        <QueryFault error={apiErrorOf(state.error)} onRetry={() => void state.refetch()} />
      ) : state.data === undefined ? (
        <SkeletonRows rows={1} columns={['40%']} />
      ) : (
        <>
          {state.data.ssoOnly && <p className="text-ink-2">{t('security.password.ssoOnly')}</p>}
          {state.data.isSet ? (
            <>
              <p className="text-ink-2">{t('security.password.sentence')}</p>
              {open ? (
                <ChangeForm email={me.data?.person.email ?? ''} onEnd={() => setOpen(false)} />
              ) : (
                <Button onClick={() => setOpen(true)}>{t('security.password.change')}</Button>
              )}
            </>
          ) : (
            !state.data.ssoOnly && (
              <>
                <p className="text-ink-2">
                  {t('security.password.none', { email: me.data?.person.email ?? '' })}
                </p>
                <LinkButton href="/reset">{t('security.password.ask')}</LinkButton>
              </>
            )
          )}
        </>
      )}
    </section>
  );
}

function ChangeForm({ email, onEnd }: { email: string; onEnd: () => void }) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [tried, setTried] = useState(false);
  const currentField = useRef<HTMLInputElement>(null);
  const nextField = useRef<HTMLInputElement>(null);
  const change = useMutation(
    trpc.auth.changePassword.mutationOptions({
      onSuccess: async ({ ended }) => {
        toast(t('security.password.changed', { n: ended }));
        onEnd();
        await client.invalidateQueries(trpc.auth.pathFilter());
      },
      onError: (error) => {
        const { code } = apiErrorOf(error);
        (code === 'auth/no-match' ? currentField : nextField).current?.focus();
      },
    }),
  );
  const isSame = next !== '' && next === current;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (current === '') return currentField.current?.focus();
    if (!isLongEnough(next) || isSame) return nextField.current?.focus();
    if (!change.isPending) change.mutate({ current, next });
  };
  const fault = change.isError ? apiErrorOf(change.error) : null;
  const isCurrentWrong = fault?.code === 'auth/no-match';
  return (
    <form onSubmit={submit} method="post" noValidate className="grid w-full max-w-[360px] gap-4">
      {/* So that a password manager knows whose it is. */}
      <input type="hidden" name="username" autoComplete="username" value={email} />
      <SecretField
        ref={currentField}
        label={t('security.password.current')}
        name="current-password"
        autoComplete="current-password"
        autoFocus
        value={current}
        onChange={setCurrent}
        showLabel={t('signIn.show')}
        hideLabel={t('signIn.hide')}
        error={
          tried && current === ''
            ? t('signIn.passwordMissing')
            : fault !== null && isCurrentWrong
              ? proofFault(fault, t)
              : null
        }
      />
      <NewPasswordField ref={nextField} value={next} onChange={setNext} tried={tried} />
      {isSame && tried && <FieldError id="same-password">{t('security.password.same')}</FieldError>}
      {fault !== null && !isCurrentWrong && (
        <FieldError id="change-password-error">{proofFault(fault, t)}</FieldError>
      )}
      <div className="flex gap-2">
        <Button type="submit" kind="primary" busy={change.isPending ? t('security.password.busy') : null}>
          {t('security.password.change')}
        </Button>
        <Button onClick={onEnd}>{t('app.cancel')}</Button>
      </div>
    </form>
  );
}
