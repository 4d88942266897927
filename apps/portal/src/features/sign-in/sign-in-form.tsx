'use client';

import { useSearchParams } from 'next/navigation';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Field, SecretField } from '../../ui/field.tsx';
import { useWords } from '../../words/use-words.ts';
import { safeNext } from './safe-next.ts';
import { type SignInAnswer, sendSignIn } from './send-sign-in.ts';

/** E-mail and password on one page; one answer for every failure, and nothing typed is cleared. */
export function SignInForm() {
  const t = useWords();
  const params = useSearchParams();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [missing, setMissing] = useState<{ email: boolean; password: boolean }>({
    email: false,
    password: false,
  });
  const [answer, setAnswer] = useState<SignInAnswer | null>(null);
  const [busy, setBusy] = useState(false);
  const wait = useCountdown(answer);
  const emailField = useRef<HTMLInputElement>(null);
  const passwordField = useRef<HTMLInputElement>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || wait > 0) return;
    // Autofill of some browsers fills the fields without an event.
    const address = emailField.current?.value ?? email;
    const secret = passwordField.current?.value ?? password;
    const lacks = { email: address.trim() === '', password: secret === '' };
    setMissing(lacks);
    if (lacks.email) return emailField.current?.focus();
    if (lacks.password) return passwordField.current?.focus();
    setBusy(true);
    setAnswer(null);
    const result = await sendSignIn(address, secret);
    if (result.kind === 'ok') return location.assign(safeNext(params.get('next')) ?? '/organisations');
    setBusy(false);
    setAnswer(result);
    if (result.kind === 'no-match') passwordField.current?.focus();
  };

  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
      <Outcome answer={answer} wait={wait} />
      <Field
        ref={emailField}
        label={t('signIn.email')}
        name="email"
        type="email"
        inputMode="email"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        value={email}
        onChange={setEmail}
        error={missing.email && email.trim() === '' ? t('signIn.emailMissing') : null}
      />
      <SecretField
        ref={passwordField}
        label={t('signIn.password')}
        name="password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
        showLabel={t('signIn.show')}
        hideLabel={t('signIn.hide')}
        error={missing.password && password === '' ? t('signIn.passwordMissing') : null}
      />
      <Button
        type="submit"
        kind="primary"
        busy={busy ? t('signIn.busy') : null}
        reason={wait > 0 ? t('sign.wait.sentence') : null}
        className="mt-2 w-full"
      >
        {wait > 0 ? t('sign.wait.title', { time: waitWord(wait) }) : t('signIn.submit')}
      </Button>
    </form>
  );
}

function Outcome({ answer, wait }: { answer: SignInAnswer | null; wait: number }) {
  const t = useWords();
  if (answer === null || (answer.kind === 'wait' && wait === 0)) return <div aria-live="assertive" />;
  const [title, sentence] =
    answer.kind === 'wait'
      ? [t('sign.wait.title', { time: waitWord(wait) }), t('sign.wait.sentence')]
      : answer.kind === 'no-match'
        ? [t('sign.no-match.title'), t('sign.no-match.sentence')]
        : [t('app.away.title'), t('app.away.sentence')];
  return (
    <div aria-live="assertive" className="rounded-md bg-bad-soft px-4 py-3">
      <p className="font-medium text-bad">{title}</p>
      <p className="text-ink text-sm">{sentence}</p>
    </div>
  );
}

function useCountdown(answer: SignInAnswer | null): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (answer?.kind !== 'wait') return setLeft(0);
    const end = Date.now() + answer.seconds * 1000;
    const tick = () => setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1000)));
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [answer]);
  return left;
}

function waitWord(seconds: number): string {
  return seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
