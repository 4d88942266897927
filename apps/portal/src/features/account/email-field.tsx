'use client';

import { Field } from '../../ui/field.tsx';
import { useWords } from '../../words/use-words.ts';

interface EmailFieldProps {
  label?: string;
  hint?: string;
  /** For forms that a browser fills by itself. */
  name?: string;
  autoComplete?: string;
  value: string;
  onChange: (value: string) => void;
  /** Whether somebody has tried to send the form. */
  tried: boolean;
}

/** One address. What is wrong with it beyond its shape the server says. */
export function EmailField({ label, tried, value, ...rest }: EmailFieldProps) {
  const t = useWords();
  return (
    <Field
      label={label ?? t('signIn.email')}
      type="email"
      inputMode="email"
      autoCapitalize="none"
      spellCheck={false}
      value={value}
      error={tried && !looksLikeEmail(value) ? t('link.emailMissing') : null}
      {...rest}
    />
  );
}

/** Whether it has the shape of one address: something on both sides of one `@`. */
export function looksLikeEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(text.trim());
}
