'use client';

import { useEffect } from 'react';
import { useTRPCClient } from '../../trpc/trpc-provider.tsx';

/** The idle time of the sign-in counts from real input; one note a minute is enough (architecture §3). */
const NOTE_EVERY_MS = 60_000;

/** Tells the server that somebody is there: keys and pointer count, polls and event streams don't. */
export function InputNote() {
  const api = useTRPCClient();
  useEffect(() => {
    let notedAt = Date.now();
    const note = () => {
      if (Date.now() - notedAt < NOTE_EVERY_MS) return;
      notedAt = Date.now();
      api.auth.touch.mutate().catch(() => {
        // Lost: the next input sends another at once.
        notedAt = 0;
      });
    };
    const kinds = ['keydown', 'pointerdown', 'wheel'] as const;
    for (const kind of kinds) document.addEventListener(kind, note, { capture: true, passive: true });
    return () => {
      for (const kind of kinds) document.removeEventListener(kind, note, { capture: true });
    };
  }, [api]);
  return null;
}
