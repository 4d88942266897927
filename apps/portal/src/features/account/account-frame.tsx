import Link from 'next/link';
import type { ReactNode } from 'react';
import { Mark } from '../../ui/mark.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { useWords } from '../../words/use-words.ts';
import { PersonMenu } from '../navigation/person-menu.tsx';
import { useMe } from './use-me.ts';

interface AccountFrameProps {
  title: string;
  sentence: string;
  children: ReactNode;
}

/** The frame of the pages about oneself, which belong to no organisation. */
export function AccountFrame({ title, sentence, children }: AccountFrameProps) {
  const t = useWords();
  const me = useMe();
  return (
    <>
      <header className="sticky top-0 z-(--z-bar) flex h-12 items-center justify-between border-b bg-canvas px-4">
        <Link
          href="/organisations"
          className="flex min-h-8 items-center gap-2 rounded-md px-2 font-medium hover:bg-hover"
        >
          <Mark className="size-5 text-accent" />
          {t('app.name')}
        </Link>
        <PersonMenu person={me.data?.person ?? null} />
      </header>
      <main className="mx-auto w-full max-w-[960px] px-4 py-8">
        <title>{t('app.plainTitle', { page: title })}</title>
        <PageHead
          title={title}
          crumbs={[{ href: '/organisations', label: t('nav.organisations') }]}
          crumbsLabel={t('nav.crumbs')}
        >
          <p className="max-w-[68ch] text-ink-2">{sentence}</p>
        </PageHead>
        <Tabs
          label={t('nav.account')}
          tabs={[
            { href: '/account/email', label: t('nav.email') },
            { href: '/account/security', label: t('nav.security') },
            { href: '/account/sessions', label: t('nav.sessions') },
            { href: '/account/tokens', label: t('nav.tokens') },
          ]}
        />
        <div className="pt-6">{children}</div>
      </main>
    </>
  );
}
