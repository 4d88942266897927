'use client';

import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from 'react';
import { useWords } from '../words/use-words.ts';

const TOAST_MS = 8_000;
const MOST_TOASTS = 3;

interface ToastEntry {
  id: number;
  text: string;
  onUndo?: (() => void) | undefined;
}

type ShowToast = (text: string, onUndo?: () => void) => void;

const ToastContext = createContext<ShowToast>(() => undefined);
let lastId = 0;

/** Bottom of the page, 8 s, holds while hovered or focused, three at most (design §4). */
export function Toasts({ children }: { children: ReactNode }) {
  const t = useWords();
  const [entries, setEntries] = useState<readonly ToastEntry[]>([]);
  const show = useCallback<ShowToast>((text, onUndo) => {
    lastId += 1;
    const entry: ToastEntry = { id: lastId, text, onUndo };
    setEntries((old) => [...old, entry].slice(-MOST_TOASTS));
  }, []);
  const remove = useCallback((id: number) => setEntries((old) => old.filter((entry) => entry.id !== id)), []);
  return (
    <ToastContext value={show}>
      {children}
      <section
        aria-label={t('app.notify')}
        className="pointer-events-none fixed inset-x-4 bottom-4 z-(--z-toast) grid gap-2 max-sm:bottom-32 sm:start-1/2 sm:end-auto sm:w-[420px] sm:-translate-x-1/2"
      >
        <div role="status">
          <ul className="grid gap-2">
            {entries.map((entry) => (
              <Toast key={entry.id} entry={entry} onGone={remove} />
            ))}
          </ul>
        </div>
      </section>
    </ToastContext>
  );
}

function Toast({ entry, onGone }: { entry: ToastEntry; onGone: (id: number) => void }) {
  const t = useWords();
  const [held, setHeld] = useState(false);
  const { id, text, onUndo } = entry;
  const gone = useRef(onGone);
  gone.current = onGone;
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => gone.current(id), TOAST_MS);
    return () => clearTimeout(timer);
  }, [held, id]);
  return (
    <li
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className="rise pointer-events-auto flex min-h-(--control) items-center gap-4 rounded-lg border bg-surface px-4 py-1 text-ink text-sm shadow-1"
    >
      <span className="flex-1">{text}</span>
      {onUndo !== undefined && (
        <button
          type="button"
          onClick={() => {
            onGone(id);
            onUndo();
          }}
          className="press min-h-(--control) rounded-md px-2 font-medium text-link hover:bg-hover"
        >
          {t('app.undo')}
        </button>
      )}
    </li>
  );
}

/** For what is done and can be taken back. */
export function useToast(): ShowToast {
  return useContext(ToastContext);
}
