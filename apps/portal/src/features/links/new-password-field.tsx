import type { Ref } from 'react';
import { SecretField } from '../../ui/field.tsx';
import { useWords } from '../../words/use-words.ts';

/** What libs/auth asks of a new password; the server says so again. */
export const MIN_PASSWORD_CHARACTERS = 12;

export function isLongEnough(password: string): boolean {
  return [...password].length >= MIN_PASSWORD_CHARACTERS;
}

/** A password to be: length is all that is asked for. */
export function NewPasswordField({
  value,
  onChange,
  tried,
  ref,
}: {
  value: string;
  onChange: (value: string) => void;
  /** The form was sent once: from then on it says what is missing. */
  tried: boolean;
  ref?: Ref<HTMLInputElement>;
}) {
  const t = useWords();
  const n = MIN_PASSWORD_CHARACTERS;
  return (
    <SecretField
      ref={ref}
      label={t('link.newPassword')}
      hint={t('link.newPasswordHint', { n })}
      name="new-password"
      autoComplete="new-password"
      value={value}
      onChange={onChange}
      showLabel={t('signIn.show')}
      hideLabel={t('signIn.hide')}
      error={tried && !isLongEnough(value) ? t('link.newPasswordShort', { n }) : null}
    />
  );
}
