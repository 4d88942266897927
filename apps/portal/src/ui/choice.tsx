'use client';

import { Check, ChevronDown } from 'lucide-react';
import { Select } from 'radix-ui';
import { type ReactNode, useId } from 'react';
import { describedBy, FieldHead } from './field.tsx';
import { usePortalHost } from './portal-host.tsx';

export interface Option<T extends string> {
  value: T;
  label: string;
}

/** One of at most seven fixed choices. */
export function SelectField<T extends string>({
  label,
  hint,
  error,
  value,
  options,
  onChange,
}: {
  label: string;
  hint?: string | undefined;
  error?: string | null | undefined;
  value: T;
  options: readonly Option<T>[];
  onChange: (value: T) => void;
}) {
  const id = useId();
  const host = usePortalHost();
  const pick = (next: string) => {
    const option = options.find((candidate) => candidate.value === next);
    if (option !== undefined) onChange(option.value);
  };
  return (
    <div className="grid gap-1">
      <FieldHead id={id} label={label} hint={hint} error={error} />
      <Select.Root value={value} onValueChange={pick}>
        <Select.Trigger
          id={id}
          aria-describedby={describedBy(id, hint, error)}
          className="press flex min-h-(--control) w-full items-center justify-between gap-2 rounded-md border border-edge! bg-surface px-3 text-start"
        >
          <Select.Value />
          <Select.Icon>
            <ChevronDown aria-hidden className="size-4 text-ink-2" />
          </Select.Icon>
        </Select.Trigger>
        <Select.Portal container={host ?? null}>
          <Select.Content
            position="popper"
            sideOffset={4}
            className="fade z-(--z-menu) w-(--radix-select-trigger-width) rounded-lg border bg-surface p-1 shadow-1"
          >
            <Select.Viewport>
              {options.map((option) => (
                <Select.Item
                  key={option.value}
                  value={option.value}
                  className="flex min-h-(--control) cursor-pointer select-none items-center gap-2 rounded-sm px-2 outline-none data-[highlighted]:bg-hover"
                >
                  <span className="grid size-4 place-items-center">
                    <Select.ItemIndicator>
                      <Check aria-hidden className="size-4" />
                    </Select.ItemIndicator>
                  </span>
                  <Select.ItemText>{option.label}</Select.ItemText>
                </Select.Item>
              ))}
            </Select.Viewport>
          </Select.Content>
        </Select.Portal>
      </Select.Root>
    </div>
  );
}

/** Radio buttons, each with a sentence of its own. */
export function RadioField<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly { value: T; label: string; detail: ReactNode }[];
  onChange: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset className="grid gap-1">
      <legend className="pb-1 font-medium text-sm">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          className="press flex min-h-(--control) cursor-pointer items-start gap-3 rounded-md px-2 py-2 hover:bg-hover has-checked:bg-picked"
        >
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={value === option.value}
            onChange={() => onChange(option.value)}
            className="mt-0.5 size-4 shrink-0 accent-(--accent)"
          />
          <span className="grid gap-0.5">
            <span className="font-medium">{option.label}</span>
            <span className="text-ink-2 text-sm">{option.detail}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
