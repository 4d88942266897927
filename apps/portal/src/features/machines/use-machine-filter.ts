'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { useEffect, useState } from 'react';
import { type MachineFilter, readFilter, writeFilter } from './machine-filter.ts';

/** Typing waits this long before the address changes; the list itself follows at once. */
const ADDRESS_AFTER_MS = 250;

/** The filter of the list, kept in the address without a request to the server for each letter. */
export function useMachineFilter(): [MachineFilter, (change: Partial<MachineFilter>) => void] {
  const params = useSearchParams();
  const path = usePathname();
  const address = params.toString();
  const [filter, setFilter] = useState(() => readFilter(params));

  // Back and forward, and links into the list.
  useEffect(() => setFilter(readFilter(new URLSearchParams(address))), [address]);

  const wanted = writeFilter(filter);
  useEffect(() => {
    const timer = setTimeout(() => {
      if (wanted !== location.search) window.history.replaceState(null, '', `${path}${wanted}`);
    }, ADDRESS_AFTER_MS);
    return () => clearTimeout(timer);
  }, [wanted, path]);

  return [filter, (change) => setFilter((old) => ({ ...old, ...change }))];
}
