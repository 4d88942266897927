'use client';

import { useEffect, useRef } from 'react';

/** Whether a key press there is meant as text, or belongs to a layer that is open. */
export function takesText(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      'input, textarea, select, [contenteditable], [role="dialog"], [role="menu"], [role="application"]',
    ) !== null
  );
}

/** Whether the page may take this press for one of its keys: no modifier, and nothing that takes text has it. */
export function isPageKey(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || takesText(event.target)) return false;
  return event.key.length > 1 || document.documentElement.dataset.letters !== 'off';
}

/**
 * Keys of the page that is open (design §5).
 *
 * @param keys what each does; null while it does nothing
 */
export function usePageKeys(keys: Readonly<Record<string, (() => void) | null>>): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const act = latest.current[event.key];
      if (act == null || event.defaultPrevented || !isPageKey(event)) return;
      event.preventDefault();
      act();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}
