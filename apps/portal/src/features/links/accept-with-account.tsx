'use client';

import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { SecretField } from '../../ui/field.tsx';
import { useWords } from '../../words/use-words.ts';
import { CodeField } from '../account/code-field.tsx';
import { JoinedTeams } from './joined-teams.tsx';
import { LinkForm } from './link-form.tsx';
import { LinkFrame, Refusal } from './link-frame.tsx';
import type { WayIn } from './shown-invitation.ts';
import { useCall } from './use-call.ts';

/** Who is signed in has the address of the invitation: one press. */
export function AcceptHere(way: WayIn) {
  const t = useWords();
  const { busy, message, accept } = useAccept(way);
  const { org, role, by } = way.invitation;
  return (
    <LinkFrame
      title={t('invitation.join', { org })}
      sentence={t('invitation.sentence', { by, org, role: t(`role.${role}`) })}
    >
      <JoinedTeams invitation={way.invitation} />
      <Refusal message={message} />
      <Button kind="primary" busy={busy ? t('invitation.busy') : null} onClick={() => void accept()}>
        {t('invitation.join', { org })}
      </Button>
    </LinkFrame>
  );
}

/** The address has an account: its password, then in. The link stays in this page, so signing in happens here. */
export function AcceptSigningIn(way: WayIn) {
  const t = useWords();
  const { busy, message, call, accept } = useAccept(way);
  const [password, setPassword] = useState('');
  const [needsCode, setNeedsCode] = useState(false);
  const [code, setCode] = useState('');
  const [tried, setTried] = useState(false);
  const { org, role, by, email } = way.invitation;
  const submit = async () => {
    setTried(true);
    if (password === '') return;
    const answer = await call('auth.signIn', { email, password });
    if (answer.kind !== 'ok') return;
    if (answer.data.next === 'factor') setNeedsCode(true);
    else await accept();
  };
  const finish = async (full: string) => {
    if (full === '') return;
    const answer = await call('auth.finishSignIn', { kind: 'code', code: full });
    if (answer.kind === 'ok') await accept();
  };
  if (needsCode)
    return (
      <LinkFrame title={t('invitation.join', { org })} sentence={t('invitation.factor')}>
        <LinkForm
          submit={t('invitation.signInAndJoin')}
          working={t('invitation.busy')}
          busy={busy}
          message={message}
          onSubmit={() => finish(code)}
        >
          <CodeField
            label={t('factor.code')}
            hint={t('factor.hint')}
            value={code}
            onChange={setCode}
            error={null}
            onFull={(full) => void finish(full)}
          />
        </LinkForm>
      </LinkFrame>
    );
  return (
    <LinkFrame
      title={t('invitation.join', { org })}
      sentence={t('invitation.known', { by, org, role: t(`role.${role}`), email })}
    >
      <JoinedTeams invitation={way.invitation} />
      <LinkForm
        submit={t('invitation.signInAndJoin')}
        working={t('invitation.busy')}
        busy={busy}
        message={message}
        onSubmit={submit}
      >
        <input type="hidden" name="username" autoComplete="username" value={email} />
        <SecretField
          label={t('signIn.password')}
          name="password"
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
          showLabel={t('signIn.show')}
          hideLabel={t('signIn.hide')}
          error={tried && password === '' ? t('signIn.passwordMissing') : null}
        />
      </LinkForm>
    </LinkFrame>
  );
}

function useAccept({ link, onOver, onLook }: WayIn) {
  const { busy, message, call } = useCall();
  const accept = async () => {
    const answer = await call('links.acceptInvitation', { link });
    if (answer.kind === 'ok') return location.assign(`/o/${String(answer.data.org)}`);
    if (answer.kind !== 'refused') return;
    if (answer.code === 'auth/link-over') onOver();
    else onLook();
  };
  return { busy, message, call, accept };
}
