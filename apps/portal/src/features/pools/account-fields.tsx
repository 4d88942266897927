'use client';

import { useState } from 'react';
import { Field, SecretField } from '../../ui/field.tsx';
import { useWords } from '../../words/use-words.ts';

/** An account as it is being typed. */
export interface AccountDraft {
  username: string;
  password: string;
  setUsername: (name: string) => void;
  setPassword: (password: string) => void;
  /** Saving was tried: what is missing is said now. */
  tried: boolean;
  /** Says what is missing from now on. @returns whether it is complete */
  check: () => boolean;
}

/** The password never leaves this page's memory but to be sealed. */
export function useAccountDraft(known = ''): AccountDraft {
  const [username, setUsername] = useState(known);
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const check = () => {
    setTried(true);
    return username.trim() !== '' && password !== '';
  };
  return { username, password, setUsername, setPassword, tried, check };
}

/** User name and password at the pool. */
export function AccountFields({ draft }: { draft: AccountDraft }) {
  const t = useWords();
  const lacks = (value: string, words: string) => (draft.tried && value.trim() === '' ? words : null);
  return (
    <>
      <Field
        label={t('addPool.userLabel')}
        hint={t('addPool.userHint')}
        value={draft.username}
        onChange={draft.setUsername}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        error={lacks(draft.username, t('addPool.userMissing'))}
      />
      <SecretField
        label={t('addPool.passwordLabel')}
        hint={t('addPool.passwordHint')}
        value={draft.password}
        onChange={draft.setPassword}
        autoComplete="off"
        showLabel={t('addPool.passwordShow')}
        hideLabel={t('addPool.passwordHide')}
        error={lacks(draft.password, t('addPool.passwordMissing'))}
      />
    </>
  );
}
