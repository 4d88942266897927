'use client';

import { useEffect, useState } from 'react';

/**
 * What stood in the address behind `#`: the secret of a mailed link. It is wiped from the address at once and lives on in
 * this page's memory alone, so neither history nor a screenshot of the address bar holds it.
 *
 * @returns undefined until it was read, '' where there is none
 */
export function useFragment(): string | undefined {
  const [fragment, setFragment] = useState<string>();
  useEffect(() => {
    const read = () => {
      const found = location.hash.slice(1);
      if (found !== '') history.replaceState(history.state, '', location.pathname);
      // A second look at the same address finds it wiped, and keeps what the first one found.
      setFragment((before) => (found === '' ? (before ?? '') : found));
    };
    read();
    // Another mail's link in the same tab changes the fragment alone.
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }, []);
  return fragment;
}
