import type { ReactNode } from 'react';
import { useWords } from '../../words/use-words.ts';
import { LinkFrame } from './link-frame.tsx';

/** Used, late, withdrawn and unknown links look the same. */
export function LinkOver({ children }: { children?: ReactNode }) {
  const t = useWords();
  return (
    <LinkFrame title={t('link.over.title')} sentence={t('link.over.sentence')}>
      {children}
    </LinkFrame>
  );
}
