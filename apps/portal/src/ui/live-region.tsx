'use client';

import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from 'react';

export type Announce = (sentence: string, urgency?: 'polite' | 'assertive') => void;

/** At most one sentence in 2 s (design §8); the newest one wins. */
const QUIET_MS = 2_000;

const AnnounceContext = createContext<Announce>(() => undefined);

/** One polite and one assertive region for the page. */
export function LiveRegions({ children }: { children: ReactNode }) {
  const [polite, setPolite] = useState('');
  const [assertive, setAssertive] = useState('');
  const last = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const announce = useCallback<Announce>((sentence, urgency = 'polite') => {
    if (urgency === 'assertive') {
      last.current = Date.now();
      setAssertive(sentence);
      return;
    }
    clearTimeout(timer.current);
    const wait = Math.max(0, last.current + QUIET_MS - Date.now());
    timer.current = setTimeout(() => {
      last.current = Date.now();
      setPolite(sentence);
    }, wait);
  }, []);
  return (
    <AnnounceContext value={announce}>
      {children}
      <div aria-live="polite" className="sr-only">
        {polite}
      </div>
      <div aria-live="assertive" className="sr-only">
        {assertive}
      </div>
    </AnnounceContext>
  );
}

/** Says a sentence to screen readers. */
export function useAnnounce(): Announce {
  return useContext(AnnounceContext);
}
