'use client';

import { useState } from 'react';
import { useWords } from '../../words/use-words.ts';
import { type CallAnswer, postCall } from './post-call.ts';

/** One call at a time of a page outside, with what it says while it works and when it was refused. */
export function useCall() {
  const t = useWords();
  const [busy, setBusy] = useState(false);
  const [message, setMessage] = useState<string | null>(null);
  const call = async (path: string, input: Readonly<Record<string, unknown>>): Promise<CallAnswer> => {
    setBusy(true);
    setMessage(null);
    const answer = await postCall(path, input);
    setBusy(false);
    if (answer.kind === 'refused') setMessage(answer.message);
    if (answer.kind === 'away') setMessage(t('link.away'));
    return answer;
  };
  return { busy, message, call };
}
