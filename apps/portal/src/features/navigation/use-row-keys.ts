'use client';

import { type RefObject, useEffect, useRef } from 'react';
import type { TableHandle } from '../../ui/table.tsx';
import { takesText } from './use-shortcuts.ts';

const FOCUS_TRIES = 5;

/**
 * `j` and `k` move through the rows, Enter follows the row's link by itself, other keys act on the row that has the
 * focus.
 *
 * @param keys what a letter does with the row of that index
 */
export function useRowKeys(
  list: RefObject<HTMLElement | null>,
  table: RefObject<TableHandle | null>,
  rows: number,
  keys: Record<string, (index: number) => void>,
): void {
  const latest = useRef({ rows, keys });
  latest.current = { rows, keys };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || takesText(event.target)) return;
      const here = rowOf(document.activeElement);
      const step =
        event.key === 'j' || event.key === 'ArrowDown'
          ? 1
          : event.key === 'k' || event.key === 'ArrowUp'
            ? -1
            : 0;
      if (step !== 0) {
        if (event.key.startsWith('Arrow') && here === null) return;
        event.preventDefault();
        const next = here === null ? 0 : Math.min(Math.max(here + step, 0), latest.current.rows - 1);
        focusRow(list.current, table.current, next, FOCUS_TRIES);
      } else if (here !== null && latest.current.keys[event.key] !== undefined) {
        event.preventDefault();
        latest.current.keys[event.key]?.(here);
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [list, table]);
}

function rowOf(element: Element | null): number | null {
  const index = element?.closest('[data-index]')?.getAttribute('data-index');
  return index == null ? null : Number(index);
}

function focusRow(list: HTMLElement | null, table: TableHandle | null, index: number, tries: number): void {
  const link = list?.querySelector<HTMLElement>(`[data-index="${index}"] a`);
  if (link != null) {
    link.focus();
    link.scrollIntoView({ block: 'nearest' });
  } else if (tries > 0) {
    table?.scrollToRow(index);
    requestAnimationFrame(() => focusRow(list, table, index, tries - 1));
  }
}
