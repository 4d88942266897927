'use client';

import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import type { Holder } from '../../server/allotment/holders.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Combobox } from '../../ui/combobox.tsx';
import { useWords } from '../../words/use-words.ts';

interface HolderPickerProps {
  org: string;
  label: string;
  error?: string | null;
  picked: Holder | null;
  onPick: (holder: Holder | null) => void;
}

/** One of the organisations that machines can go to; the server finds them by letters of their name. */
export function HolderPicker({ org, label, error, picked, onPick }: HolderPickerProps) {
  const t = useWords();
  const trpc = useTRPC();
  const [text, setText] = useState('');
  const q = useDeferredValue(text.trim());
  const found = useQuery({
    ...trpc.allotment.organisations.queryOptions({ org, q }),
    placeholderData: (before) => before,
  });
  return (
    <Combobox
      label={label}
      hint={t('allotment.holderHint')}
      noMatch={t('allotment.noHolder')}
      removeLabel={t('app.change')}
      error={error}
      options={(found.data ?? []).map(({ slug, name }) => ({ id: slug, label: name, detail: slug }))}
      picked={picked === null ? null : { id: picked.slug, label: picked.name }}
      onPick={(option) => onPick(option === null ? null : { slug: option.id, name: option.label })}
      onSearch={setText}
    />
  );
}
