'use client';

import { useState } from 'react';
import { Field } from '../../ui/field.tsx';
import { useWords } from '../../words/use-words.ts';
import { JoinedTeams } from './joined-teams.tsx';
import { LinkForm } from './link-form.tsx';
import { LinkFrame } from './link-frame.tsx';
import { isLongEnough, NewPasswordField } from './new-password-field.tsx';
import type { WayIn } from './shown-invitation.ts';
import { useCall } from './use-call.ts';

/** A name and a password make the account; the mail has proved the address. */
export function AcceptAsNew({ link, invitation, onOver, onLook }: WayIn) {
  const t = useWords();
  const { busy, message, call } = useCall();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const { org, role, by, email } = invitation;
  const submit = async () => {
    setTried(true);
    if (name.trim() === '' || !isLongEnough(password)) return;
    const answer = await call('links.acceptAsNew', { link, name: name.trim(), password });
    if (answer.kind === 'ok') return location.assign(`/o/${String(answer.data.org)}`);
    if (answer.kind === 'refused' && answer.code === 'auth/link-over') onOver();
    if (answer.kind === 'refused' && answer.code === 'invitation/has-account') onLook();
  };
  return (
    <LinkFrame
      title={t('invitation.join', { org })}
      sentence={t('invitation.new', { by, org, role: t(`role.${role}`), email })}
    >
      <JoinedTeams invitation={invitation} />
      <LinkForm
        submit={t('invitation.join', { org })}
        working={t('invitation.busy')}
        busy={busy}
        message={message}
        onSubmit={submit}
      >
        {/* So that a password manager knows whose the password is. */}
        <input type="hidden" name="username" autoComplete="username" value={email} />
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
        <NewPasswordField value={password} onChange={setPassword} tried={tried} />
      </LinkForm>
    </LinkFrame>
  );
}
