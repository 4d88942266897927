'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { useEffect, useState } from 'react';
import { takesText } from '../../ui/page-keys.ts';
import { type MachineFilter, readFilter, writeFilter } from './machine-filter.ts';

/** Typing waits this long before the address changes; the list itself follows at once. */
const ADDRESS_AFTER_MS = 250;

/** With what somebody leaves the list. */
const ACTS = ['keydown', 'pointerdown'] as const;

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
    const write = () => {
      stop();
      if (wanted !== location.search) window.history.replaceState(null, '', `${path}${wanted}`);
    };
    // An address that is written while another page is on its way calls that page off: whatever might lead away comes after it.
    const writeBeforeAct = ({ target }: Event) => {
      if (!takesText(target)) write();
    };
    const timer = setTimeout(write, ADDRESS_AFTER_MS);
    const stop = () => {
      clearTimeout(timer);
      for (const act of ACTS) document.removeEventListener(act, writeBeforeAct, true);
    };
    for (const act of ACTS) document.addEventListener(act, writeBeforeAct, true);
    return stop;
  }, [wanted, path]);

  return [filter, (change) => setFilter((old) => ({ ...old, ...change }))];
}
