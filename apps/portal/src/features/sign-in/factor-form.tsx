'use client';

import { useSearchParams } from 'next/navigation';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { CODE_DIGITS, CodeField } from '../account/code-field.tsx';
import { keepEmail } from './kept-email.ts';
import { Outcome, useCountdown, waitWord } from './outcome.tsx';
import { safeNext } from './safe-next.ts';
import { leaveSignIn, type SignInAnswer, sendFactor } from './send-sign-in.ts';
import type { FactorWords } from './sign-in-words.ts';

/** Six digits that send themselves, or a recovery code; the way back keeps the e-mail. */
export function FactorForm({ words, timeMark }: { words: FactorWords; timeMark: string }) {
  const next = safeNext(useSearchParams().get('next'));
  const [kind, setKind] = useState<'code' | 'recovery'>('code');
  const [code, setCode] = useState('');
  const [answer, setAnswer] = useState<SignInAnswer | null>(null);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const wait = useCountdown(answer);
  const waitTitle = words.waitTitle.replace(timeMark, waitWord(wait));

  const send = async (value: string) => {
    if (busy || wait > 0) return;
    if (value === '') return field.current?.focus();
    setBusy(true);
    setAnswer(null);
    const result = await sendFactor(kind, value);
    if (result.kind === 'ok') {
      keepEmail(null);
      return location.assign(next ?? '/organisations');
    }
    setBusy(false);
    setAnswer(result);
    field.current?.focus();
    field.current?.select();
  };
  const sendNow = useRef(send);
  sendNow.current = send;
  // A code may stand there before this script runs: a browser's own filling, or quick hands.
  useEffect(() => {
    field.current?.focus();
    const early = field.current?.value.replace(/\D/g, '') ?? '';
    if (early === '') return;
    setCode(early);
    if (early.length === CODE_DIGITS) void sendNow.current(early);
  }, []);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send(code);
  };
  const turn = () => {
    setKind(kind === 'code' ? 'recovery' : 'code');
    setCode('');
    setAnswer(null);
    field.current?.focus();
  };
  const back = async () => {
    await leaveSignIn();
    location.assign(`/sign-in${next === null ? '' : `?next=${encodeURIComponent(next)}`}`);
  };
  const parts = { ref: field, value: code, onChange: setCode, error: null };
  return (
    <form onSubmit={submit} method="post" noValidate className="grid gap-4">
      <Outcome answer={answer} wait={wait} words={words} waitTitle={waitTitle} />
      {kind === 'code' ? (
        <CodeField {...parts} label={words.code} hint={words.hint} onFull={(full) => void send(full)} />
      ) : (
        <Field
          {...parts}
          label={words.recovery}
          hint={words.recoveryHint}
          name="recovery"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          mono
        />
      )}
      <Button
        type="submit"
        kind="primary"
        busy={busy ? words.busy : null}
        reason={wait > 0 ? words.waitSentence : null}
        className="mt-2 w-full"
      >
        {wait > 0 ? waitTitle : words.confirm}
      </Button>
      <div className="flex flex-wrap justify-between gap-2">
        <Button kind="quiet" size="small" onClick={turn}>
          {kind === 'code' ? words.useRecovery : words.useCode}
        </Button>
        <Button kind="quiet" size="small" onClick={() => void back()}>
          {words.back}
        </Button>
      </div>
    </form>
  );
}
