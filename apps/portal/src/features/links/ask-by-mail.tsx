'use client';

import { type ReactNode, useState } from 'react';
import { LinkButton } from '../../ui/link-button.tsx';
import { useWords } from '../../words/use-words.ts';
import { EmailField, looksLikeEmail } from '../account/email-field.tsx';
import { LinkForm } from './link-form.tsx';
import { LinkFrame } from './link-frame.tsx';
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
  const submit = async () => {
    setTried(true);
    if (!looksLikeEmail(email)) return;
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
      <LinkForm
        submit={t('reset.send')}
        working={t('reset.sending')}
        busy={busy}
        message={message}
        onSubmit={submit}
        after={
          <LinkButton href="/sign-in" kind="quiet">
            {t('reset.back')}
          </LinkButton>
        }
      >
        <EmailField name="email" autoComplete="username" value={email} onChange={setEmail} tried={tried} />
      </LinkForm>
    </LinkFrame>
  );
}
