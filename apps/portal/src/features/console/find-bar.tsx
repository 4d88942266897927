'use client';

import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useWords } from '../../words/use-words.ts';

interface FindBarProps {
  /** @returns whether there was a match */
  onFind: (text: string, direction: 'next' | 'previous') => boolean;
  onClose: () => void;
}

/** Finds in what a text console has printed. */
export function FindBar({ onFind, onClose }: FindBarProps) {
  const t = useWords();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [missed, setMissed] = useState(false);
  useEffect(() => field.current?.focus(), []);
  const find = (direction: 'next' | 'previous') => setMissed(text !== '' && !onFind(text, direction));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    find('previous');
  };
  const button = 'grid size-8 place-items-center rounded-md text-ink-2 hover:bg-hover hover:text-ink';
  return (
    <search className="absolute end-4 top-2 z-1">
      <form
        onSubmit={submit}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === 'Escape') onClose();
        }}
        className="flex items-center gap-1 rounded-lg border bg-surface p-1 shadow-1"
      >
        <input
          ref={field}
          aria-label={t('console.find.label')}
          placeholder={t('console.find.label')}
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="h-8 w-48 bg-transparent px-2 text-sm outline-none"
        />
        <span role="status" className="px-1 text-ink-2 text-xs">
          {missed && t('console.find.none')}
        </span>
        <button
          type="button"
          aria-label={t('console.find.previous')}
          onClick={() => find('previous')}
          className={button}
        >
          <ChevronUp aria-hidden className="size-4" />
        </button>
        <button
          type="button"
          aria-label={t('console.find.next')}
          onClick={() => find('next')}
          className={button}
        >
          <ChevronDown aria-hidden className="size-4" />
        </button>
        <button type="button" aria-label={t('console.find.close')} onClick={onClose} className={button}>
          <X aria-hidden className="size-4" />
        </button>
      </form>
    </search>
  );
}
