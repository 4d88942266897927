'use client';

import { useEffect } from 'react';

/** The server writes one note a minute at most (libs/auth, session-life.ts); more often would be for nothing. */
export const NOTE_EVERY_MS = 60_000;

const INPUTS = ['keydown', 'pointerdown', 'wheel'] as const;

/**
 * Keeps the sign-in alive while somebody types or points, on any page and on a console's picture: reading and event
 * streams never count (architecture §3), so a page that is merely open ends after an hour.
 */
export function NoteInput({ note }: { note: () => Promise<unknown> }) {
  useEffect(() => {
    let notedAt = Number.NEGATIVE_INFINITY;
    const onInput = () => {
      const now = performance.now();
      if (now - notedAt < NOTE_EVERY_MS || location.pathname.startsWith('/sign-in')) return;
      notedAt = now;
      // A lost note costs nothing, the next minute brings another; who is signed out learns it from the next call.
      note().catch(() => undefined);
    };
    // Before the page sees it: a console's picture keeps its input to itself.
    const options = { capture: true, passive: true } as const;
    for (const input of INPUTS) window.addEventListener(input, onInput, options);
    return () => {
      for (const input of INPUTS) window.removeEventListener(input, onInput, options);
    };
  }, [note]);
  return null;
}
