'use client';

import type { ReactNode } from 'react';
import { HoverNote } from './hover-note.tsx';

const CAPTION_AFTER_MS = 400;

/** A name for an icon without room for its word; nothing that must be known lives here alone. */
export function Caption({ text, children }: { text: string; children: ReactNode }) {
  return (
    <HoverNote text={text} delayMs={CAPTION_AFTER_MS}>
      {children}
    </HoverNote>
  );
}
