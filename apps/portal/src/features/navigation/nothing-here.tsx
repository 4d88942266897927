'use client';

import { LinkButton } from '../../ui/link-button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useWords } from '../../words/use-words.ts';

/**
 * The same page for what is absent, foreign, malformed or not to be seen (design §5); its button says where it goes.
 *
 * @param href a list of ours: its last part names it
 */
export function NothingHere({ href }: { href: string }) {
  const t = useWords();
  return (
    <Notice level={1} title={t('open.not-found.title')} sentence={t('open.not-found.sentence')}>
      <LinkButton href={href}>
        {t('open.not-found.button', { place: href.split('/').at(-1) ?? '' })}
      </LinkButton>
    </Notice>
  );
}
