'use client';

import { type RefObject, useEffect, useRef } from 'react';
import { isPageKey } from './page-keys.ts';

const FOCUS_TRIES = 5;

/** What a letter does with the row of that index. */
export type RowKeys = Readonly<Record<string, (index: number) => void>>;

/**
 * `j` and `k` or the arrows move through the rows, Enter follows the row's link by itself, other keys act on the row
 * that has the focus (design §5). Where a page has several tables, the keys are of the one that has the focus, else of
 * the first.
 */
export function useRowKeys(
  table: RefObject<HTMLTableElement | null>,
  rows: number,
  scrollToRow: (index: number) => void,
  keys: RowKeys,
): void {
  const latest = useRef({ rows, scrollToRow, keys });
  latest.current = { rows, scrollToRow, keys };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const own = table.current;
      if (own === null || event.defaultPrevented || !isPageKey(event) || !isMine(own)) return;
      const here = rowOf(document.activeElement);
      const step =
        event.key === 'j' || event.key === 'ArrowDown'
          ? 1
          : event.key === 'k' || event.key === 'ArrowUp'
            ? -1
            : 0;
      const now = latest.current;
      if (step !== 0) {
        if (event.key.startsWith('Arrow') && here === null) return;
        event.preventDefault();
        const next = here === null ? 0 : Math.min(Math.max(here + step, 0), now.rows - 1);
        focusRow(own, now.scrollToRow, next, FOCUS_TRIES);
      } else if (here !== null && now.keys[event.key] !== undefined) {
        event.preventDefault();
        now.keys[event.key]?.(here);
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [table]);
}

function isMine(table: HTMLTableElement): boolean {
  const focused = document.activeElement?.closest('table') ?? document.querySelector('main table');
  return focused === table;
}

function rowOf(element: Element | null): number | null {
  const index = element?.closest('[data-index]')?.getAttribute('data-index');
  return index == null ? null : Number(index);
}

/** A row's link, else the first thing in it that can be pressed. */
function focusRow(
  table: HTMLTableElement,
  scrollToRow: (index: number) => void,
  index: number,
  tries: number,
): void {
  const row = table.querySelector(`[data-index="${index}"]`);
  const shown = [...(row?.querySelectorAll<HTMLElement>('a, button, input') ?? [])].filter(
    (element) => element.checkVisibility?.() ?? true,
  );
  const target = shown.find((element) => element.matches('a')) ?? shown[0];
  if (target !== undefined) {
    target.focus();
    target.scrollIntoView({ block: 'nearest' });
  } else if (tries > 0) {
    scrollToRow(index);
    requestAnimationFrame(() => focusRow(table, scrollToRow, index, tries - 1));
  }
}
