'use client';

import { useSyncExternalStore } from 'react';

const neverChanges = () => () => undefined;

/** Whether the page's scripts have taken over; false in what the server sends. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    neverChanges,
    () => true,
    () => false,
  );
}
