'use client';

import { KeyRound } from 'lucide-react';
import { useSearchParams } from 'next/navigation';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { CODE_DIGITS, CodeField } from '../account/code-field.tsx';
import { keepEmail } from './kept-email.ts';
import { Outcome, useCountdown, waitWord } from './outcome.tsx';
import { safeNext } from './safe-next.ts';
import { leaveSignIn, type SignInAnswer, sendFactor, sendPasskey } from './send-sign-in.ts';
import type { FactorWords } from './sign-in-words.ts';

type Kind = 'passkey' | 'code' | 'recovery';

/** What the account can show, the best one first; the address says it, and the server decides. */
function kindsBy(by: string | null): readonly [Kind, ...Kind[]] {
  if (by === 'passkey') return ['passkey', 'recovery'];
  return by === 'either' ? ['passkey', 'code', 'recovery'] : ['code', 'recovery'];
}

/** A passkey, six digits that send themselves, or a recovery code; the way back keeps the e-mail. */
export function FactorForm({ words, timeMark }: { words: FactorWords; timeMark: string }) {
  const params = useSearchParams();
  const next = safeNext(params.get('next'));
  const kinds = kindsBy(params.get('by'));
  const [kind, setKind] = useState<Kind>(kinds[0]);
  const [code, setCode] = useState('');
  const [answer, setAnswer] = useState<SignInAnswer | null>(null);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const wait = useCountdown(answer);
  const waitTitle = words.waitTitle.replace(timeMark, waitWord(wait));

  const send = async (value: string) => {
    if (busy || wait > 0) return;
    if (kind !== 'passkey' && value === '') return field.current?.focus();
    setBusy(true);
    setAnswer(null);
    const result = kind === 'passkey' ? await sendPasskey('factor') : await sendFactor(kind, value);
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
    const early = field.current?.value.replace(/\D/g, '') ?? '';
    if (early === '') return;
    setCode(early);
    if (early.length === CODE_DIGITS) void sendNow.current(early);
  }, []);
  // Another thing stands there with each kind.
  useEffect(() => {
    (kind === 'passkey' ? button : field).current?.focus();
  }, [kind]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send(code);
  };
  const turn = (other: Kind) => {
    setKind(other);
    setCode('');
    setAnswer(null);
  };
  const back = async () => {
    await leaveSignIn();
    location.assign(`/sign-in${next === null ? '' : `?next=${encodeURIComponent(next)}`}`);
  };
  const useWords = { passkey: words.usePasskey, code: words.useCode, recovery: words.useRecovery };
  const parts = { ref: field, value: code, onChange: setCode, error: null };
  return (
    <form onSubmit={submit} method="post" noValidate className="grid gap-4">
      <Outcome answer={answer} wait={wait} words={words} waitTitle={waitTitle} />
      {kind === 'passkey' ? (
        <p className="text-ink-2">{words.passkeyHint}</p>
      ) : kind === 'code' ? (
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
        key={kind}
        ref={button}
        type={kind === 'passkey' ? 'button' : 'submit'}
        onClick={kind === 'passkey' ? () => void send('') : undefined}
        kind="primary"
        busy={busy ? (kind === 'passkey' ? words.passkeyBusy : words.busy) : null}
        reason={wait > 0 ? words.waitSentence : null}
        className="mt-2 w-full"
      >
        {kind === 'passkey' && <KeyRound aria-hidden className="size-4" />}
        {wait > 0 ? waitTitle : kind === 'passkey' ? words.usePasskey : words.confirm}
      </Button>
      <div className="flex flex-wrap justify-between gap-2">
        {kinds
          .filter((other) => other !== kind)
          .map((other) => (
            <Button key={other} kind="quiet" size="small" onClick={() => turn(other)}>
              {useWords[other]}
            </Button>
          ))}
        <Button kind="quiet" size="small" onClick={() => void back()}>
          {words.back}
        </Button>
      </div>
    </form>
  );
}
