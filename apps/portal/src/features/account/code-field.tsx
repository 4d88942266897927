import { type Ref, useRef } from 'react';
import { Field } from '../../ui/field.tsx';

export const CODE_DIGITS = 6;

interface CodeFieldProps {
  label: string;
  hint?: string | undefined;
  error: string | null;
  value: string;
  onChange: (value: string) => void;
  /** Six digits stand there, each time others than before. */
  onFull: (code: string) => void;
  ref?: Ref<HTMLInputElement> | undefined;
}

/** One field of six digits that sends itself; a telephone shows its numbers and offers the code (design §5). */
export function CodeField({ label, hint, error, value, onChange, onFull, ref }: CodeFieldProps) {
  const sent = useRef('');
  const take = (text: string) => {
    const digits = text.replace(/\D/g, '').slice(0, CODE_DIGITS);
    onChange(digits);
    if (digits.length < CODE_DIGITS) sent.current = '';
    else if (digits !== sent.current) {
      sent.current = digits;
      onFull(digits);
    }
  };
  return (
    <Field
      ref={ref}
      label={label}
      hint={hint}
      error={error}
      name="code"
      inputMode="numeric"
      autoComplete="one-time-code"
      mono
      value={value}
      onChange={take}
    />
  );
}
