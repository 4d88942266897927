'use client';

import { type ReactNode, useEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { usePortalHost } from './portal-host.tsx';

const GAP_PX = 6;
const EDGE_PX = 8;

interface Place {
  left: number;
  top: number;
  above: boolean;
}

interface HoverNoteProps {
  text: string;
  /** Waits this long under the pointer; on focus and tap it is there at once. */
  delayMs: number;
  children: ReactNode;
}

/** A few words beside a control, on hover, focus and tap; Esc puts them away. */
export function HoverNote({ text, delayMs, children }: HoverNoteProps) {
  const anchor = useRef<HTMLSpanElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const [place, setPlace] = useState<Place | null>(null);
  const host = usePortalHost();
  const show = () => {
    const box = anchor.current?.firstElementChild?.getBoundingClientRect();
    if (box === undefined) return;
    const above = box.bottom > window.innerHeight * 0.75;
    setPlace({ left: box.left + box.width / 2, top: above ? box.top - GAP_PX : box.bottom + GAP_PX, above });
  };
  const hide = () => {
    clearTimeout(timer.current);
    setPlace(null);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: has no box of its own; it only hears its one control
    <span
      ref={anchor}
      className="contents"
      onPointerEnter={(event) => {
        if (event.pointerType === 'mouse') timer.current = setTimeout(show, delayMs);
      }}
      onPointerLeave={hide}
      onFocus={(event) => event.target.matches(':focus-visible') && show()}
      onBlur={hide}
      onClick={show}
      onKeyDown={(event) => event.key === 'Escape' && hide()}
    >
      {children}
      {place !== null &&
        createPortal(
          <span
            aria-hidden
            className="fade pointer-events-none fixed z-(--z-menu) w-max max-w-72 rounded-md border bg-surface px-3 py-2 font-normal text-ink text-sm whitespace-normal shadow-1"
            style={{
              top: place.top,
              left: `clamp(${EDGE_PX}px, ${place.left}px, calc(100vw - ${EDGE_PX}px))`,
              transform: `translate(-${shareOf(place.left)}%, ${place.above ? '-100%' : '0'})`,
            }}
          >
            {text}
          </span>,
          host ?? document.body,
        )}
    </span>
  );
}

/** How much of the note hangs to the left of its control, so that it stays in the window. */
function shareOf(left: number): number {
  const part = left / window.innerWidth;
  return part < 0.2 ? 0 : part > 0.8 ? 100 : 50;
}
