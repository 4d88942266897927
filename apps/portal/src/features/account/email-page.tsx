'use client';

import { useMutation } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { FieldError, SecretField } from '../../ui/field.tsx';
import { Mark } from '../../ui/mark.tsx';
import { Notice } from '../../ui/notice.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useWords } from '../../words/use-words.ts';
import { PersonMenu } from '../navigation/person-menu.tsx';
import { EmailField, looksLikeEmail } from './email-field.tsx';
import { useMe } from './use-me.ts';

/** The address one signs in with, and the way to another. */
export function EmailPage() {
  const t = useWords();
  const me = useMe();
  const [sentTo, setSentTo] = useState<string | null>(null);
  return (
    <>
      <header className="sticky top-0 z-(--z-bar) flex h-12 items-center justify-between border-b bg-canvas px-4">
        <Link
          href="/organisations"
          className="flex min-h-8 items-center gap-2 rounded-md px-2 font-medium hover:bg-hover"
        >
          <Mark className="size-5 text-accent" />
          {t('app.name')}
        </Link>
        <PersonMenu person={me.data?.person ?? null} />
      </header>
      <main className="mx-auto w-full max-w-[640px] px-4 py-8">
        <title>{t('app.plainTitle', { page: t('email.title') })}</title>
        <PageHead
          title={t('email.title')}
          crumbs={[{ href: '/organisations', label: t('nav.organisations') }]}
          crumbsLabel={t('nav.crumbs')}
        >
          <p className="max-w-[68ch] text-ink-2">
            {me.data === undefined ? t('app.loading') : t('email.now', { email: me.data.person.email })}
          </p>
        </PageHead>
        {sentTo !== null ? (
          <Notice title={t('email.sent.title')} sentence={t('email.sent.sentence', { email: sentTo })} />
        ) : me.data === undefined ? (
          <SkeletonRows rows={2} columns={['40%']} />
        ) : (
          <ChangeForm onSent={setSentTo} />
        )}
      </main>
    </>
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
