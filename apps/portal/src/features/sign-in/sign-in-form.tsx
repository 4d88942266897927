'use client';

import { useSearchParams } from 'next/navigation';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Field, SecretField } from '../../ui/field.tsx';
import { safeNext } from './safe-next.ts';
import { type SignInAnswer, sendSignIn } from './send-sign-in.ts';
import type { SignInWords } from './sign-in-words.ts';

/** E-mail and password on one page; one answer for every failure, and nothing typed is cleared. */
export function SignInForm({ words, timeMark }: { words: SignInWords; timeMark: string }) {
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
  const waitTitle = words.waitTitle.replace(timeMark, waitWord(wait));
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
      <Outcome answer={answer} wait={wait} words={words} waitTitle={waitTitle} />
      <Field
        ref={emailField}
        label={words.email}
        name="email"
        type="email"
        inputMode="email"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        value={email}
        onChange={setEmail}
        error={missing.email && email.trim() === '' ? words.emailMissing : null}
      />
      <SecretField
        ref={passwordField}
        label={words.password}
        name="password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
        showLabel={words.show}
        hideLabel={words.hide}
        error={missing.password && password === '' ? words.passwordMissing : null}
      />
      <Button
        type="submit"
        kind="primary"
        busy={busy ? words.busy : null}
        reason={wait > 0 ? words.waitSentence : null}
        className="mt-2 w-full"
      >
        {wait > 0 ? waitTitle : words.submit}
      </Button>
    </form>
  );
}

interface OutcomeProps {
  answer: SignInAnswer | null;
  wait: number;
  words: SignInWords;
  waitTitle: string;
}

function Outcome({ answer, wait, words, waitTitle }: OutcomeProps) {
  if (answer === null || (answer.kind === 'wait' && wait === 0)) return <div aria-live="assertive" />;
  const [title, sentence] =
    answer.kind === 'wait'
      ? [waitTitle, words.waitSentence]
      : answer.kind === 'no-match'
        ? [words.noMatchTitle, words.noMatchSentence]
        : [words.awayTitle, words.awaySentence];
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
