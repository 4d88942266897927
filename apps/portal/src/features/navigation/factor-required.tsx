import { usePathname } from 'next/navigation';
import { LinkButton } from '../../ui/link-button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useWords } from '../../words/use-words.ts';

/** An organisation that asks for a second factor, to who has none: the way to one, and back. */
export function FactorRequired({ orgName }: { orgName: string }) {
  const t = useWords();
  const path = usePathname();
  return (
    <Notice
      level={1}
      title={t('factor.required.title', { org: orgName })}
      sentence={t('factor.required.sentence')}
    >
      <LinkButton kind="primary" href={`/account/security?next=${encodeURIComponent(path)}`}>
        {t('factor.required.button')}
      </LinkButton>
      <LinkButton href="/organisations">{t('factor.required.other')}</LinkButton>
    </Notice>
  );
}
