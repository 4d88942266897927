'use client';

import { X } from 'lucide-react';
import { type KeyboardEvent, useId, useState } from 'react';
import { classNames } from './class-names.ts';
import { describedBy, FieldHead } from './field.tsx';

export interface ComboOption {
  id: string;
  label: string;
  detail?: string | undefined;
}

interface PickerProps {
  label: string;
  hint: string;
  noMatch: string;
  error?: string | null | undefined;
  options: readonly ComboOption[];
  /** Called with what is typed, and with nothing once an option is picked: what stays typed was not picked. */
  onSearch?: ((text: string) => void) | undefined;
}

interface ComboboxProps extends PickerProps {
  removeLabel: string;
  picked: ComboOption | null;
  onPick: (option: ComboOption | null) => void;
}

/** More than seven or searchable: type-ahead; "no match" says what may be typed (design §4). */
export function Combobox({ picked, removeLabel, onPick, ...picker }: ComboboxProps) {
  if (picked === null) return <Picker {...picker} onPick={onPick} />;
  return (
    <div className="grid min-w-0 gap-1">
      <span className="font-medium text-sm">{picker.label}</span>
      <Picked option={picked} removeLabel={removeLabel} onRemove={() => onPick(null)} />
    </div>
  );
}

interface MultiComboboxProps extends PickerProps {
  /** Of the button that takes one of them back. */
  removeLabel: (option: ComboOption) => string;
  picked: readonly ComboOption[];
  onPick: (options: readonly ComboOption[]) => void;
  /** What is said where there is room for no more; null while there is. */
  full: string | null;
}

/** {@link Combobox} for several: what was picked stands below, and is taken back one by one. */
export function MultiCombobox({ picked, removeLabel, onPick, options, full, ...picker }: MultiComboboxProps) {
  const left = options.filter(({ id }) => picked.every((one) => one.id !== id));
  return (
    <div className="grid min-w-0 gap-2">
      {full !== null ? (
        <>
          <span className="font-medium text-sm">{picker.label}</span>
          <p className="text-ink-2 text-sm">{full}</p>
        </>
      ) : (
        <Picker {...picker} options={left} onPick={(option) => onPick([...picked, option])} />
      )}
      {picked.length > 0 && (
        <ul className="grid grid-cols-1 gap-1">
          {picked.map((option) => (
            <li key={option.id}>
              <Picked
                option={option}
                removeLabel={removeLabel(option)}
                onRemove={() => onPick(picked.filter(({ id }) => id !== option.id))}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Picked({
  option,
  removeLabel,
  onRemove,
}: {
  option: ComboOption;
  removeLabel: string;
  onRemove: () => void;
}) {
  return (
    <span className="flex min-h-(--control) items-center gap-2 rounded-md border bg-picked ps-3">
      <bdi translate="no" className="min-w-0 flex-1 py-1 [overflow-wrap:anywhere]">
        {option.label}
      </bdi>
      <button
        type="button"
        aria-label={removeLabel}
        onClick={onRemove}
        className="grid size-(--control) shrink-0 place-items-center rounded-md text-ink-2 hover:text-ink"
      >
        <X aria-hidden className="size-4" />
      </button>
    </span>
  );
}

function Picker({
  label,
  hint,
  noMatch,
  error,
  options,
  onPick,
  onSearch,
}: PickerProps & { onPick: (option: ComboOption) => void }) {
  const id = useId();
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const wanted = text.trim().toLowerCase();
  const found = options.filter(
    (option) =>
      option.label.toLowerCase().includes(wanted) || option.detail?.toLowerCase().includes(wanted) === true,
  );
  const pick = (option: ComboOption | undefined) => {
    if (option === undefined) return;
    onPick(option);
    setText('');
    onSearch?.('');
    setOpen(false);
  };
  const keys = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!open) return setOpen(true);
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setAt((old) => (found.length === 0 ? 0 : (old + step + found.length) % found.length));
    } else if (event.key === 'Enter' && open) {
      event.preventDefault();
      pick(found[at]);
    } else if (event.key === 'Escape' && open) {
      event.stopPropagation();
      setOpen(false);
    }
  };
  return (
    <div className="relative grid gap-1">
      <FieldHead id={id} label={label} error={error} />
      <input
        id={id}
        role="combobox"
        aria-expanded={open}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={open && found[at] !== undefined ? `${id}-${found[at].id}` : undefined}
        aria-invalid={error != null || undefined}
        aria-describedby={describedBy(id, undefined, error)}
        autoComplete="off"
        spellCheck={false}
        placeholder={hint}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          onSearch?.(event.target.value);
          setAt(0);
          setOpen(true);
        }}
        onClick={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={keys}
        className="press min-h-(--control) rounded-md border border-edge! bg-surface px-3 text-base aria-invalid:border-bad!"
      />
      {open && (
        <div
          id={`${id}-list`}
          role="listbox"
          aria-label={hint}
          className="fade absolute inset-x-0 top-full z-(--z-menu) mt-1 max-h-64 overflow-y-auto rounded-lg border bg-surface p-1 shadow-1"
        >
          {found.length === 0 && <p className="px-2 py-2 text-ink-2 text-sm">{noMatch}</p>}
          {found.map((option, index) => (
            <div
              key={option.id}
              id={`${id}-${option.id}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              onMouseDown={(event) => {
                event.preventDefault();
                pick(option);
              }}
              onMouseEnter={() => setAt(index)}
              className={classNames('grid cursor-pointer rounded-sm px-2 py-1', index === at && 'bg-hover')}
            >
              <bdi translate="no">{option.label}</bdi>
              {option.detail !== undefined && <span className="text-ink-2 text-xs">{option.detail}</span>}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
