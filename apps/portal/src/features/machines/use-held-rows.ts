'use client';

import { useRef, useState } from 'react';

/**
 * Rows never jump under the pointer: while it is over the list, rows that are new wait until they are asked for.
 *
 * @param rows the rows as they are now, in order
 * @param held whether somebody points at the list
 */
export function useHeldRows<T extends { id: string }>(rows: readonly T[], held: boolean) {
  const known = useRef<ReadonlySet<string> | null>(null);
  const [, redraw] = useState(0);
  const waiting =
    held && known.current !== null ? rows.filter(({ id }) => known.current?.has(id) === false) : [];
  if (waiting.length === 0 && rows.length > 0) known.current = new Set(rows.map(({ id }) => id));
  const hidden = new Set(waiting.map(({ id }) => id));
  return {
    shown: waiting.length === 0 ? rows : rows.filter(({ id }) => !hidden.has(id)),
    waiting: waiting.length,
    release: () => {
      known.current = null;
      redraw((count) => count + 1);
    },
  };
}
