'use client';

import { useState } from 'react';
import { Field } from '../../ui/field.tsx';
import { useWords } from '../../words/use-words.ts';

const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/** Name and short name of an organisation to be; the short one follows the name until somebody types it. */
export function useOrganisationNames() {
  const [name, setName] = useState('');
  const [typedSlug, setTypedSlug] = useState<string | null>(null);
  const slug = typedSlug ?? slugOf(name);
  const isWhole = name.trim() !== '' && SLUG.test(slug);
  return { name, setName, slug, setSlug: setTypedSlug, isWhole };
}

function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}+/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '');
}

export function OrganisationNameFields({
  names: { name, setName, slug, setSlug },
  tried,
}: {
  names: ReturnType<typeof useOrganisationNames>;
  tried: boolean;
}) {
  const t = useWords();
  return (
    <>
      <Field
        label={t('organisations.name')}
        maxLength={80}
        value={name}
        onChange={setName}
        error={tried && name.trim() === '' ? t('organisations.nameMissing') : null}
      />
      <Field
        label={t('organisations.slug')}
        hint={t('organisations.slugHint')}
        mono
        autoCapitalize="none"
        spellCheck={false}
        maxLength={40}
        value={slug}
        onChange={setSlug}
        error={tried && !SLUG.test(slug) ? t('organisations.slugWrong') : null}
      />
    </>
  );
}
