'use client';

import type { ReactNode } from 'react';
import { HoverNote } from './hover-note.tsx';

const REASON_AFTER_MS = 150;

/** The reason of a disabled control, shown on focus, hover and tap, and read by screen readers. */
export function Reason({ id, text, children }: { id: string; text: string; children: ReactNode }) {
  return (
    <>
      <HoverNote text={text} delayMs={REASON_AFTER_MS}>
        {children}
      </HoverNote>
      <span id={id} hidden>
        {text}
      </span>
    </>
  );
}
