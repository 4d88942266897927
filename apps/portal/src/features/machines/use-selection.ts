'use client';

import { useCallback, useMemo, useRef, useState } from 'react';

export interface Selection {
  ids: ReadonlySet<string>;
  /** Ticks or unticks one row; with `range` all from the last ticked one to it (design §4, "Bulk bar"). */
  toggle: (id: string, range: boolean) => void;
  selectAll: () => void;
  clear: () => void;
}

/** Ticked rows of a list. What is filtered out or gone is not ticked any more: one acts on what one sees. */
export function useSelection(rows: readonly { id: string }[]): Selection {
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const last = useRef<string | null>(null);
  const shown = useRef(rows);
  shown.current = rows;
  const ids = useMemo(
    () => (ticked.size === 0 ? ticked : new Set(rows.filter(({ id }) => ticked.has(id)).map(({ id }) => id))),
    [ticked, rows],
  );
  const toggle = useCallback((id: string, range: boolean) => {
    const from = range ? shown.current.findIndex((row) => row.id === last.current) : -1;
    const to = shown.current.findIndex((row) => row.id === id);
    last.current = id;
    setTicked((old) => {
      const next = new Set(old);
      if (from >= 0 && to >= 0)
        for (const row of shown.current.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(row.id);
      else if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  const selectAll = useCallback(() => setTicked(new Set(shown.current.map(({ id }) => id))), []);
  const clear = useCallback(() => setTicked(new Set()), []);
  return { ids, toggle, selectAll, clear };
}
