'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { isPageKey } from '../../ui/page-keys.ts';
import type { Place } from './places.ts';

interface Shortcuts {
  org: string;
  places: readonly Place[];
  onPalette: () => void;
  onHelp: () => void;
}

/** After `g` the second letter counts for this long. */
const SEQUENCE_MS = 1_500;
const LETTERS: Record<string, Place> = {
  m: 'machines',
  r: 'requests',
  l: 'log',
  p: 'people',
  a: 'access',
  o: 'pools',
};

/** The keys that work on every page; never while something takes text (design §5). */
export function useShortcuts(shortcuts: Shortcuts): void {
  const router = useRouter();
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    let wentAt = 0;
    const onKey = (event: KeyboardEvent) => {
      const { org, places, onPalette, onHelp } = latest.current;
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        onPalette();
        return;
      }
      if (!isPageKey(event)) return;
      const place = Date.now() - wentAt < SEQUENCE_MS ? LETTERS[event.key] : undefined;
      wentAt = event.key === 'g' ? Date.now() : 0;
      if (place !== undefined && places.includes(place)) {
        event.preventDefault();
        router.push(`/o/${org}/${place}`);
      } else if (event.key === '?') {
        event.preventDefault();
        onHelp();
      } else if (event.key === '/') {
        const search = document.querySelector<HTMLInputElement>('[data-list-search]');
        if (search === null) return;
        event.preventDefault();
        search.focus();
        search.select();
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [router]);
}
