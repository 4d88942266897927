'use client';

import { type ReactNode, useEffect, useRef, useState } from 'react';

const TINT_MS = 600;

/** Tints for 600 ms when what it shows has changed; not when it first appears (design §4). */
export function Changing({ value, children }: { value: string; children: ReactNode }) {
  const shown = useRef(value);
  const [tinted, setTinted] = useState(false);
  useEffect(() => {
    if (shown.current === value) return;
    shown.current = value;
    setTinted(true);
    const timer = setTimeout(() => setTinted(false), TINT_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return <span className={tinted ? 'tinted -mx-1 flex rounded-sm px-1' : 'flex'}>{children}</span>;
}
