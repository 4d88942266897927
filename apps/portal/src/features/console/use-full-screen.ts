'use client';

import { type RefObject, useCallback, useEffect, useState } from 'react';

interface KeyboardLock {
  lock(codes?: string[]): Promise<void>;
  unlock(): void;
}

/** Chromium alone has it: the keys that a browser keeps reach the machine while in full screen. */
function keyboardLock(): KeyboardLock | null {
  const found: unknown = Reflect.get(navigator, 'keyboard');
  return isKeyboardLock(found) ? found : null;
}

function isKeyboardLock(value: unknown): value is KeyboardLock {
  return typeof value === 'object' && value !== null && 'lock' in value && 'unlock' in value;
}

/** Full screen of one element, with the browser's own keys caught where it can. */
export function useFullScreen(element: RefObject<HTMLElement | null>): [boolean, () => void] {
  const [full, setFull] = useState(false);
  useEffect(() => {
    const changed = () => {
      const now = document.fullscreenElement === element.current && element.current !== null;
      setFull(now);
      if (!now) keyboardLock()?.unlock();
    };
    document.addEventListener('fullscreenchange', changed);
    return () => document.removeEventListener('fullscreenchange', changed);
  }, [element]);
  const toggle = useCallback(() => {
    if (document.fullscreenElement !== null) return void document.exitFullscreen();
    void element.current?.requestFullscreen().then(() => keyboardLock()?.lock());
  }, [element]);
  return [full, toggle];
}
