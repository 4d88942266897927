'use client';

import { CircleAlert, Eye, EyeOff } from 'lucide-react';
import { type InputHTMLAttributes, type ReactNode, type Ref, useId, useState } from 'react';
import { classNames } from './class-names.ts';

const BOX =
  'press w-full min-h-(--control) rounded-md border border-edge! bg-surface px-3 text-base text-ink aria-invalid:border-bad!';

export interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value'> {
  label: string;
  hint?: string | undefined;
  /** The sentence that says what is needed; null while nothing is wrong. */
  error?: string | null | undefined;
  value: string;
  onChange: (value: string) => void;
  ref?: Ref<HTMLInputElement> | undefined;
  mono?: boolean;
}

/** Label above, hint and error between it and the input; nothing typed is ever cleared (design §4). */
export function Field({ label, hint, error, value, onChange, className, mono, ...rest }: FieldProps) {
  const id = useId();
  return (
    <div className={classNames('grid gap-1', className)}>
      <FieldHead id={id} label={label} hint={hint} error={error} />
      <input
        {...rest}
        id={id}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        aria-invalid={error != null || undefined}
        aria-describedby={describedBy(id, hint, error)}
        className={classNames(BOX, mono && 'font-mono')}
      />
    </div>
  );
}

/** A field whose text is hidden until asked for; pasting is always allowed. */
export function SecretField({
  label,
  hint,
  error,
  value,
  onChange,
  showLabel,
  hideLabel,
  className,
  ...rest
}: FieldProps & { showLabel: string; hideLabel: string }) {
  const id = useId();
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <div className={classNames('grid gap-1', className)}>
      <FieldHead id={id} label={label} hint={hint} error={error} />
      <div className="relative">
        <input
          {...rest}
          id={id}
          type={shown ? 'text' : 'password'}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          aria-invalid={error != null || undefined}
          aria-describedby={describedBy(id, hint, error)}
          className={classNames(BOX, 'pe-12')}
        />
        <button
          type="button"
          aria-label={shown ? hideLabel : showLabel}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
          className="absolute inset-y-0 end-0 grid w-(--control) place-items-center rounded-md text-ink-2 hover:text-ink"
        >
          <Icon aria-hidden className="size-4" />
        </button>
      </div>
    </div>
  );
}

export function FieldHead({
  id,
  label,
  hint,
  error,
}: {
  id: string;
  label: string;
  hint?: string | undefined;
  error?: string | null | undefined;
}) {
  return (
    <>
      <label htmlFor={id} className="font-medium text-sm">
        {label}
      </label>
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-ink-2 text-sm">
          {hint}
        </p>
      )}
      {error != null && <FieldError id={`${id}-error`}>{error}</FieldError>}
    </>
  );
}

export function FieldError({ id, children }: { id: string; children: ReactNode }) {
  return (
    <p id={id} className="flex items-start gap-1 text-bad text-sm">
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      {children}
    </p>
  );
}

export function describedBy(id: string, hint?: string, error?: string | null): string | undefined {
  const ids = [hint !== undefined ? `${id}-hint` : null, error != null ? `${id}-error` : null].filter(
    (value) => value !== null,
  );
  return ids.length > 0 ? ids.join(' ') : undefined;
}
