'use client';

import { type ReactNode, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { useWords } from '../../words/use-words.ts';
import { LinkFrame, Refusal } from './link-frame.tsx';
import { useCall } from './use-call.ts';

/** One address, and a mail to it: the answer is the same for every address. */
export function AskByMail({
  call: path,
  title,
  sentence,
  sent,
}: {
  call: 'links.askReset' | 'links.askSignUp';
  title: string;
  sentence: ReactNode;
  sent: (email: string) => { title: string; sentence: string };
}) {
  const t = useWords();
  const { busy, message, call } = useCall();
  const [email, setEmail] = useState('');
  const [tried, setTried] = useState(false);
  const [sentTo, setSentTo] = useState<string | null>(null);
  const isAddress = /^[^\s@]+@[^\s@]+$/.test(email.trim());
  const submit = async () => {
    setTried(true);
    if (!isAddress) return;
    const answer = await call(path, { email: email.trim() });
    if (answer.kind === 'ok') setSentTo(email.trim());
  };
  if (sentTo !== null)
    return (
      <LinkFrame {...sent(sentTo)}>
        <LinkButton href="/sign-in">{t('reset.back')}</LinkButton>
      </LinkFrame>
    );
  return (
    <LinkFrame title={title} sentence={sentence}>
      <form
        method="post"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void submit();
        }}
        className="grid gap-4"
      >
        <Refusal message={message} />
        <Field
          label={t('signIn.email')}
          name="email"
          type="email"
          inputMode="email"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          value={email}
          onChange={setEmail}
          error={tried && !isAddress ? t('link.emailMissing') : null}
        />
        <Button type="submit" kind="primary" busy={busy ? t('reset.sending') : null} className="mt-2 w-full">
          {t('reset.send')}
        </Button>
        <LinkButton href="/sign-in" kind="quiet">
          {t('reset.back')}
        </LinkButton>
      </form>
    </LinkFrame>
  );
}
