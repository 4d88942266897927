'use client';

import { useEffect, useState } from 'react';
import { Field } from '../../ui/field.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { useWords } from '../../words/use-words.ts';
import { OrganisationNameFields, useOrganisationNames } from '../organisations/organisation-names.tsx';
import { AskByMail } from './ask-by-mail.tsx';
import { LinkForm } from './link-form.tsx';
import { LinkFrame } from './link-frame.tsx';
import { LinkOver } from './link-over.tsx';
import { isLongEnough, NewPasswordField } from './new-password-field.tsx';
import { postCall } from './post-call.ts';
import { useCall } from './use-call.ts';
import { useFragment } from './use-fragment.ts';

/** Without a link: ask for one. With one: the first account and its organisation. */
export function SignUpPage() {
  const t = useWords();
  const link = useFragment();
  const [email, setEmail] = useState<string | 'over' | null>(null);
  useEffect(() => {
    if (link === undefined || link === '') return;
    void postCall('links.lookAtSignUp', { link }).then((answer) =>
      setEmail(answer.kind === 'ok' ? String(answer.data.email) : 'over'),
    );
  }, [link]);
  if (link === '')
    return (
      <AskByMail
        call="links.askSignUp"
        title={t('signUp.title')}
        sentence={t('signUp.sentence')}
        sent={(to) => ({ title: t('signUp.sent.title'), sentence: t('signUp.sent.sentence', { email: to }) })}
      />
    );
  if (link === undefined || email === null)
    return <LinkFrame title={t('signUp.title')} sentence={t('app.loading')} />;
  const over = () => setEmail('over');
  return email === 'over' ? (
    <LinkOver>
      <LinkButton href="/sign-in">{t('reset.back')}</LinkButton>
    </LinkOver>
  ) : (
    <SignUpForm link={link} email={email} onOver={over} />
  );
}

function SignUpForm({ link, email, onOver }: { link: string; email: string; onOver: () => void }) {
  const t = useWords();
  const { busy, message, call } = useCall();
  const names = useOrganisationNames();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const submit = async () => {
    setTried(true);
    if (!names.isWhole || name.trim() === '' || !isLongEnough(password)) return;
    const org = { name: names.name.trim(), slug: names.slug };
    const answer = await call('links.signUp', { link, name: name.trim(), password, org });
    if (answer.kind === 'ok') return location.assign(`/o/${String(answer.data.org)}/people`);
    if (answer.kind === 'refused' && answer.code === 'auth/link-over') onOver();
  };
  return (
    <LinkFrame title={t('signUp.title')} sentence={t('signUp.choose', { email })}>
      <LinkForm
        submit={t('signUp.make')}
        working={t('signUp.making')}
        busy={busy}
        message={message}
        onSubmit={submit}
      >
        <OrganisationNameFields names={names} tried={tried} />
        <Field
          label={t('invitation.name')}
          hint={t('invitation.nameHint')}
          name="name"
          autoComplete="name"
          maxLength={80}
          value={name}
          onChange={setName}
          error={tried && name.trim() === '' ? t('invitation.nameMissing') : null}
        />
        <input type="hidden" name="username" autoComplete="username" value={email} />
        <NewPasswordField value={password} onChange={setPassword} tried={tried} />
      </LinkForm>
    </LinkFrame>
  );
}
