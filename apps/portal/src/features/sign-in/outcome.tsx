import { useEffect, useState } from 'react';
import type { SignInAnswer } from './send-sign-in.ts';

/** What is said of an answer that let nobody in. */
export interface OutcomeWords {
  noMatchTitle: string;
  noMatchSentence: string;
  waitSentence: string;
  busyTitle: string;
  busySentence: string;
  awayTitle: string;
  awaySentence: string;
  overTitle: string;
  /** Title and sentence by the end of a way to an issuer. */
  ssoBack: Record<string, readonly [string, string]>;
  overSentence: string;
  noPasskeyTitle: string;
  noPasskeySentence: string;
  unknownPasskeyTitle: string;
  unknownPasskeySentence: string;
  unsupportedTitle: string;
  unsupportedSentence: string;
}

interface OutcomeProps {
  answer: SignInAnswer | null;
  wait: number;
  words: OutcomeWords;
  waitTitle: string;
}

export function Outcome({ answer, wait, words, waitTitle }: OutcomeProps) {
  if (answer === null || (answer.kind === 'wait' && wait === 0)) return <div aria-live="assertive" />;
  const [title, sentence] = sayingOf(answer, words, waitTitle);
  return (
    <div aria-live="assertive" className="rounded-md bg-bad-soft px-4 py-3">
      <p className="font-medium text-bad">{title}</p>
      <p className="text-ink text-sm">{sentence}</p>
    </div>
  );
}

function sayingOf(answer: SignInAnswer, words: OutcomeWords, waitTitle: string): [string, string] {
  switch (answer.kind) {
    case 'wait':
      return [waitTitle, words.waitSentence];
    case 'busy':
      return [words.busyTitle, words.busySentence];
    case 'no-match':
      return [words.noMatchTitle, words.noMatchSentence];
    case 'over':
      return [words.overTitle, words.overSentence];
    case 'sso': {
      const [title, sentence] = words.ssoBack[answer.end] ?? [words.awayTitle, words.awaySentence];
      return [title, sentence];
    }
    case 'no-passkey':
      return [words.noPasskeyTitle, words.noPasskeySentence];
    case 'passkey-unknown':
      return [words.unknownPasskeyTitle, words.unknownPasskeySentence];
    case 'unsupported':
      return [words.unsupportedTitle, words.unsupportedSentence];
    default:
      return [words.awayTitle, words.awaySentence];
  }
}

/** Seconds until the next try is heard; 0 while none has to be waited for. */
export function useCountdown(answer: SignInAnswer | null): number {
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

export function waitWord(seconds: number): string {
  return seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
