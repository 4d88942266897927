'use client';

import { KeyRound } from 'lucide-react';
import { useSearchParams } from 'next/navigation';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Field, SecretField } from '../../ui/field.tsx';
import { keepEmail, keptEmail } from './kept-email.ts';
import { Outcome, useCountdown, waitWord } from './outcome.tsx';
import { safeNext } from './safe-next.ts';
import { type SignInAnswer, sendPasskey, sendSignIn, sendSso } from './send-sign-in.ts';
import type { SignInWords } from './sign-in-words.ts';
import { ssoEndIn } from './sso-ends.ts';

const LINK = 'inline-flex min-h-(--control) items-center rounded-md text-link hover:underline';

/** E-mail and password on one page; one answer for every failure, and nothing typed is cleared. */
export function SignInForm({
  words,
  timeMark,
  signUp,
}: {
  words: SignInWords;
  timeMark: string;
  /** Whether people may make organisations here. */
  signUp: boolean;
}) {
  const params = useSearchParams();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [missing, setMissing] = useState<{ email: boolean; password: boolean }>({
    email: false,
    password: false,
  });
  // Who comes back from an issuer with nothing is told why.
  const [answer, setAnswer] = useState<SignInAnswer | null>(() => {
    const end = ssoEndIn(params.get('sso'));
    return end === null ? null : { kind: 'sso', end };
  });
  const [busy, setBusy] = useState<'password' | 'passkey' | 'sso' | null>(null);
  const wait = useCountdown(answer);
  const waitTitle = words.waitTitle.replace(timeMark, waitWord(wait));
  const emailField = useRef<HTMLInputElement>(null);
  const passwordField = useRef<HTMLInputElement>(null);

  // What a browser or quick hands filled in before this script ran counts; and who is back from the second factor finds
  // the e-mail still there.
  const [isKept, setKept] = useState(false);
  useEffect(() => {
    const filled = emailField.current?.value ?? '';
    const kept = filled === '' ? keptEmail() : '';
    setKept(kept !== '');
    setEmail(filled || kept);
    setPassword(passwordField.current?.value ?? '');
  }, []);
  // Whoever is about to type there types over it, not behind it.
  useEffect(() => {
    if (isKept && document.activeElement === emailField.current) emailField.current?.select();
  }, [isKept]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy !== null || wait > 0) return;
    // Autofill of some browsers fills the fields without an event.
    const address = emailField.current?.value ?? email;
    const secret = passwordField.current?.value ?? password;
    const lacks = { email: address.trim() === '', password: secret === '' };
    setMissing(lacks);
    if (lacks.email) return emailField.current?.focus();
    if (lacks.password) return passwordField.current?.focus();
    setBusy('password');
    setAnswer(null);
    const result = await sendSignIn(address, secret);
    if (result.kind === 'factor') keepEmail(address);
    goOn(result);
    if (result.kind === 'no-match') passwordField.current?.focus();
  };
  const byPasskey = async () => {
    if (busy !== null || wait > 0) return;
    setMissing({ email: false, password: false });
    setBusy('passkey');
    setAnswer(null);
    goOn(await sendPasskey('sign-in'));
  };
  const bySso = async () => {
    if (busy !== null || wait > 0) return;
    const address = emailField.current?.value ?? email;
    setMissing({ email: address.trim() === '', password: false });
    if (address.trim() === '') return emailField.current?.focus();
    setBusy('sso');
    setAnswer(null);
    keepEmail(address);
    goOn(await sendSso(address, safeNext(params.get('next'))));
  };
  const goOn = (result: SignInAnswer) => {
    const next = safeNext(params.get('next'));
    if (result.kind === 'ok') {
      keepEmail(null);
      return location.assign(next ?? '/organisations');
    }
    if (result.kind === 'elsewhere') return location.assign(result.url);
    if (result.kind === 'factor') return location.assign(factorPage(result, next));
    setBusy(null);
    setAnswer(result);
  };

  return (
    <form onSubmit={(event) => void submit(event)} method="post" noValidate className="grid gap-4">
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
        busy={busy === 'password' ? words.busy : null}
        reason={wait > 0 ? words.waitSentence : null}
        className="mt-2 w-full"
      >
        {wait > 0 ? waitTitle : words.submit}
      </Button>
      <Button
        busy={busy === 'passkey' ? words.passkeyBusy : null}
        reason={wait > 0 ? words.waitSentence : null}
        className="w-full"
        onClick={() => void byPasskey()}
      >
        <KeyRound aria-hidden className="size-4" />
        {words.passkey}
      </Button>
      <Button
        kind="quiet"
        busy={busy === 'sso' ? words.ssoBusy : null}
        reason={wait > 0 ? words.waitSentence : null}
        className="w-full"
        onClick={() => void bySso()}
      >
        {words.sso}
      </Button>
      <p className="flex flex-wrap justify-between gap-x-4">
        <a href="/reset" className={LINK}>
          {words.reset}
        </a>
        {signUp && (
          <a href="/sign-up" className={LINK}>
            {words.signUp}
          </a>
        )}
      </p>
    </form>
  );
}

/** The page of the second factor knows from its address what can be shown, so that a reload asks for the same. */
function factorPage(
  { byPasskey, byCode }: { byPasskey: boolean; byCode: boolean },
  next: string | null,
): string {
  const search = new URLSearchParams({
    ...(byPasskey ? { by: byCode ? 'either' : 'passkey' } : {}),
    ...(next === null ? {} : { next }),
  });
  return `/sign-in/factor${search.size === 0 ? '' : `?${search}`}`;
}
