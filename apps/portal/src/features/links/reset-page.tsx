'use client';

import { useEffect, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { useWords } from '../../words/use-words.ts';
import { AskByMail } from './ask-by-mail.tsx';
import { LinkForm } from './link-form.tsx';
import { LinkFrame } from './link-frame.tsx';
import { LinkOver } from './link-over.tsx';
import { isLongEnough, NewPasswordField } from './new-password-field.tsx';
import { postCall } from './post-call.ts';
import { useCall } from './use-call.ts';
import { useFragment } from './use-fragment.ts';

type Step = { kind: 'looking' | 'ask' | 'over' | 'done' } | { kind: 'choose'; email: string };

/** Without a link: ask for one. With one: a new password. */
export function ResetPage() {
  const t = useWords();
  const link = useFragment();
  const [step, setStep] = useState<Step>({ kind: 'looking' });
  useEffect(() => {
    if (link === undefined) return;
    if (link === '') return setStep({ kind: 'ask' });
    let stale = false;
    void postCall('links.lookAtReset', { link }).then((answer) => {
      if (stale) return;
      if (answer.kind === 'ok') setStep({ kind: 'choose', email: String(answer.data.email) });
      else if (answer.kind === 'refused') setStep({ kind: 'over' });
      // No answer: whether the link is good shows when it is used.
      else setStep({ kind: 'choose', email: '' });
    });
    return () => {
      stale = true;
    };
  }, [link]);
  switch (step.kind) {
    case 'looking':
      return <LinkFrame title={t('reset.title')} sentence={t('app.loading')} />;
    case 'ask':
      return (
        <AskByMail
          call="links.askReset"
          title={t('reset.title')}
          sentence={t('reset.sentence')}
          sent={(email) => ({
            title: t('reset.sent.title'),
            sentence: t('reset.sent.sentence', { email }),
          })}
        />
      );
    case 'choose':
      return (
        <ChooseForm
          link={link ?? ''}
          email={step.email}
          onOver={() => setStep({ kind: 'over' })}
          onDone={() => setStep({ kind: 'done' })}
        />
      );
    case 'over':
      return (
        <LinkOver>
          <Button kind="primary" onClick={() => setStep({ kind: 'ask' })}>
            {t('link.over.button')}
          </Button>
          <LinkButton href="/sign-in">{t('reset.back')}</LinkButton>
        </LinkOver>
      );
    case 'done':
      return (
        <LinkFrame title={t('reset.done.title')} sentence={t('reset.done.sentence')}>
          <LinkButton href="/sign-in" kind="primary">
            {t('signIn.submit')}
          </LinkButton>
        </LinkFrame>
      );
  }
}

function ChooseForm({
  link,
  email,
  onOver,
  onDone,
}: {
  link: string;
  email: string;
  onOver: () => void;
  onDone: () => void;
}) {
  const t = useWords();
  const { busy, message, call } = useCall();
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const submit = async () => {
    setTried(true);
    if (!isLongEnough(password)) return;
    const answer = await call('links.resetPassword', { link, password });
    if (answer.kind === 'ok') onDone();
    if (answer.kind === 'refused' && answer.code === 'auth/link-over') onOver();
  };
  return (
    <LinkFrame
      title={t('reset.choose.title')}
      sentence={email === '' ? t('reset.choose.plain') : t('reset.choose.sentence', { email })}
    >
      <LinkForm
        submit={t('reset.choose.submit')}
        working={t('reset.choose.busy')}
        busy={busy}
        message={message}
        onSubmit={submit}
      >
        {/* So that a password manager knows whose it is. */}
        <input type="hidden" name="username" autoComplete="username" value={email} />
        <NewPasswordField value={password} onChange={setPassword} tried={tried} />
      </LinkForm>
    </LinkFrame>
  );
}
