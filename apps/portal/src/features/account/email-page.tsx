'use client';

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { FieldError, SecretField } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useWords } from '../../words/use-words.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { AccountFrame } from './account-frame.tsx';
import { EmailField, looksLikeEmail } from './email-field.tsx';
import { useMe } from './use-me.ts';

/** The address one signs in with, and the way to another. */
export function EmailPage() {
  const t = useWords();
  const me = useMe();
  const [sentTo, setSentTo] = useState<string | null>(null);
  return (
    <AccountFrame
      title={t('email.title')}
      sentence={me.data === undefined ? t('app.loading') : t('email.now', { email: me.data.person.email })}
    >
      {sentTo !== null ? (
        <Notice title={t('email.sent.title')} sentence={t('email.sent.sentence', { email: sentTo })} />
      ) : me.isError ? (
        <QueryFault error={apiErrorOf(me.error)} onRetry={() => void me.refetch()} />
      ) : me.data === undefined ? (
        <SkeletonRows rows={2} columns={['40%']} />
      ) : (
        <ChangeForm onSent={setSentTo} />
      )}
    </AccountFrame>
  );
}

function ChangeForm({ onSent }: { onSent: (email: string) => void }) {
  const t = useWords();
  const trpc = useTRPC();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const ask = useMutation(
    trpc.links.askEmailChange.mutationOptions({ onSuccess: () => onSent(email.trim()) }),
  );
  return (
    <form
      method="post"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (looksLikeEmail(email) && password !== '') ask.mutate({ email: email.trim(), password });
      }}
      className="grid max-w-[392px] gap-4"
    >
      <EmailField
        label={t('email.next')}
        hint={t('email.nextHint')}
        value={email}
        onChange={setEmail}
        tried={tried}
      />
      <SecretField
        label={t('signIn.password')}
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
        showLabel={t('signIn.show')}
        hideLabel={t('signIn.hide')}
        error={tried && password === '' ? t('signIn.passwordMissing') : null}
      />
      {ask.isError && (
        <FieldError id="email-error">
          {apiErrorOf(ask.error).code === 'auth/no-match'
            ? t('email.noMatch')
            : apiErrorOf(ask.error).message}
        </FieldError>
      )}
      <Button
        type="submit"
        kind="primary"
        busy={ask.isPending ? t('email.busy') : null}
        className="justify-self-start"
      >
        {t('email.submit')}
      </Button>
    </form>
  );
}
