import { LinkButton } from '../ui/link-button.tsx';
import { serverWords as t } from '../words/server-words.ts';

/** The same page for what is absent, foreign, malformed or not to be seen (design §5). */
export default function NotFound() {
  return (
    <main className="mx-auto grid w-full max-w-[68ch] justify-items-start gap-2 px-4 py-12">
      <h1 className="font-semibold text-xl">{t('open.not-found.title')}</h1>
      <p className="pb-4 text-ink-2">{t('open.not-found.sentence')}</p>
      <LinkButton href="/organisations">{t('open.not-found.button', { place: 'organisations' })}</LinkButton>
    </main>
  );
}
