'use client';

import { Search, X } from 'lucide-react';
import { type Ref, useId } from 'react';

interface SearchFieldProps {
  label: string;
  hint: string;
  clearLabel: string;
  value: string;
  onChange: (value: string) => void;
  ref?: Ref<HTMLInputElement> | undefined;
}

/** The one free search of a list; `/` brings the focus here. */
export function SearchField({ label, hint, clearLabel, value, onChange, ref }: SearchFieldProps) {
  const id = useId();
  return (
    <div className="relative min-w-48 flex-1">
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <Search
        aria-hidden
        className="pointer-events-none absolute inset-y-0 start-3 my-auto size-4 text-ink-3"
      />
      <input
        ref={ref}
        id={id}
        type="search"
        data-list-search=""
        value={value}
        placeholder={hint}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
        autoComplete="off"
        spellCheck={false}
        className="press min-h-(--control) w-full rounded-md border border-edge! bg-surface ps-9 pe-9 text-base [&::-webkit-search-cancel-button]:hidden"
      />
      {value !== '' && (
        <button
          type="button"
          aria-label={clearLabel}
          onClick={() => onChange('')}
          className="absolute inset-y-0 end-0 grid w-9 place-items-center rounded-md text-ink-2 hover:text-ink"
        >
          <X aria-hidden className="size-4" />
        </button>
      )}
    </div>
  );
}
