'use client';

import Link from 'next/link';
import { useRouter, useSearchParams } from 'next/navigation';
import { useEffect } from 'react';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Mark } from '../../ui/mark.tsx';
import { Notice } from '../../ui/notice.tsx';
import { usePageKeys } from '../../ui/page-keys.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useWords } from '../../words/use-words.ts';
import { useMe } from '../account/use-me.ts';
import { PersonMenu } from '../navigation/person-menu.tsx';
import { homeOf } from '../navigation/places.ts';
import { NewOrganisation } from './new-organisation.tsx';

/** Choose one; skipped right after signing in if there is only one. */
export function OrganisationsPage() {
  const t = useWords();
  const me = useMe();
  const router = useRouter();
  const stay = useSearchParams().has('all');
  const list = me.data?.organisations ?? [];
  const only = list.length === 1 && !stay ? list[0] : undefined;
  useEffect(() => {
    if (only !== undefined) router.replace(`/o/${only.slug}/${homeOf(only)}`);
  }, [only, router]);

  usePageKeys(
    Object.fromEntries(
      list.slice(0, 9).map((one, index) => [index + 1, () => router.push(`/o/${one.slug}/${homeOf(one)}`)]),
    ),
  );

  return (
    <main className="mx-auto w-full max-w-[640px] px-4 py-12">
      <title>{t('app.plainTitle', { page: t('organisations.title') })}</title>
      <div className="flex items-center justify-between pb-6">
        <h1 className="flex items-center gap-3 font-semibold text-xl">
          <Mark className="size-6 text-accent" />
          {t('organisations.title')}
        </h1>
        <PersonMenu person={me.data?.person ?? null} />
      </div>
      {me.isError ? (
        <Notice title={t('app.fault.title')} sentence={apiErrorOf(me.error).message}>
          <Button onClick={() => void me.refetch()}>{t('app.retry')}</Button>
        </Notice>
      ) : me.data === undefined || only !== undefined ? (
        <SkeletonRows rows={3} columns={['40%', '20%']} />
      ) : list.length === 0 ? (
        <EmptyState title={t('organisations.none.title')} sentence={t('organisations.none.sentence')}>
          {me.data.signUp && <NewOrganisation />}
        </EmptyState>
      ) : (
        <ul className="border-t">
          {list.map((organisation, index) => (
            <li key={organisation.slug}>
              <Link
                href={`/o/${organisation.slug}/${homeOf(organisation)}`}
                className="press flex min-h-14 items-center gap-4 border-b px-3 hover:bg-hover"
              >
                <kbd className="font-mono text-ink-3 text-xs max-sm:hidden">{index + 1}</kbd>
                <bdi translate="no" className="flex-1 truncate font-medium">
                  {organisation.name}
                </bdi>
                {organisation.suspended && (
                  <span className="text-sm text-warn">{t('organisations.suspended')}</span>
                )}
                <span className="text-ink-2 text-sm">{t(`role.${organisation.role}`)}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {list.length > 0 && only === undefined && me.data?.signUp === true && (
        <div className="pt-6">
          <NewOrganisation />
        </div>
      )}
    </main>
  );
}
