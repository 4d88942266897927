'use client';

import { Toast as Radix } from 'radix-ui';
import { createContext, type ReactNode, useCallback, useContext, useState } from 'react';
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
  const remove = (id: number) => setEntries((old) => old.filter((entry) => entry.id !== id));
  return (
    <ToastContext value={show}>
      <Radix.Provider duration={TOAST_MS} label={t('app.notify')} swipeDirection="down">
        {children}
        {entries.map((entry) => (
          <Radix.Root
            key={entry.id}
            onOpenChange={(open) => !open && remove(entry.id)}
            className="rise flex items-center gap-4 rounded-lg border bg-surface px-4 py-2 text-ink text-sm shadow-1"
          >
            <Radix.Title className="flex-1">{entry.text}</Radix.Title>
            {entry.onUndo !== undefined && (
              <Radix.Action asChild altText={t('app.undo')}>
                <button
                  type="button"
                  onClick={entry.onUndo}
                  className="press target rounded-md px-2 font-medium text-link hover:bg-hover"
                >
                  {t('app.undo')}
                </button>
              </Radix.Action>
            )}
          </Radix.Root>
        ))}
        <Radix.Viewport className="fixed inset-x-4 bottom-4 z-(--z-toast) m-0 grid list-none gap-2 outline-none max-sm:bottom-20 sm:start-1/2 sm:end-auto sm:w-[420px] sm:-translate-x-1/2" />
      </Radix.Provider>
    </ToastContext>
  );
}

/** For what is done and can be taken back. */
export function useToast(): ShowToast {
  return useContext(ToastContext);
}
