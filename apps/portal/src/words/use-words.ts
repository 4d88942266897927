import { useTranslations } from 'use-intl/react';

/** The whole catalogue, by full key: `t('open.refused.title')`. */
export function useWords() {
  return useTranslations();
}

export type Words = ReturnType<typeof useWords>;
