'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import type { MySession } from '../../server/auth/list-my-sessions.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { exactTime, shortTime } from '../../ui/format-time.ts';
import { Mark } from '../../ui/mark.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Cell, type Column, Table } from '../../ui/table.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { PersonMenu } from '../navigation/person-menu.tsx';
import { QueryFault } from '../navigation/query-fault.tsx';
import { browserName } from './browser-name.ts';
import { useMe } from './use-me.ts';

/** Each browser one is signed in with; ending one closes its consoles. */
export function SessionsPage() {
  const t = useWords();
  const me = useMe();
  const trpc = useTRPC();
  const client = useQueryClient();
  const toast = useToast();
  const sessions = useQuery(trpc.auth.mySessions.queryOptions());
  const [ending, setEnding] = useState<MySession | null>(null);
  const end = useMutation(
    trpc.auth.endSession.mutationOptions({
      onSuccess: async () => {
        await client.invalidateQueries(trpc.auth.mySessions.pathFilter());
        toast(t('sessions.ended'));
      },
      onError: (error) => toast(apiErrorOf(error).message),
      onSettled: () => setEnding(null),
    }),
  );
  const nameOf = (session: MySession) => browserName(session.userAgent) ?? t('sessions.unknown');
  const columns: readonly Column[] = [
    { key: 'browser', label: t('sessions.browser'), width: 'minmax(10rem,1.2fr)' },
    { key: 'used', label: t('sessions.used'), width: '9rem' },
    { key: 'started', label: t('sessions.started'), width: '9rem', from: 'lg' },
    { key: 'from', label: t('sessions.address'), width: 'minmax(7rem,.8fr)', from: 'lg' },
    { key: 'end', label: t('sessions.end'), width: '6rem', hideLabel: true },
  ];
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
        <title>{t('app.plainTitle', { page: t('sessions.title') })}</title>
        <PageHead
          title={t('sessions.title')}
          crumbs={[{ href: '/organisations', label: t('nav.organisations') }]}
          crumbsLabel={t('nav.crumbs')}
        >
          <p className="max-w-[68ch] text-ink-2">{t('sessions.sentence')}</p>
        </PageHead>
        {sessions.data === undefined ? (
          sessions.isError ? (
            <QueryFault error={apiErrorOf(sessions.error)} onRetry={() => void sessions.refetch()} />
          ) : (
            <SkeletonRows rows={3} columns={['30%', '15%', '15%']} />
          )
        ) : (
          <Table label={t('sessions.title')} columns={columns} rows={sessions.data} rowKey={(row) => row.id}>
            {(session) => (
              <>
                <Cell className="max-sm:flex-1">
                  <bdi translate="no" className="block truncate font-medium">
                    {nameOf(session)}
                  </bdi>
                  {session.current && <span className="text-ink-2 text-xs">{t('sessions.this')}</span>}
                </Cell>
                <Cell className="tabular text-ink-2">
                  <time dateTime={session.lastInputAt.toISOString()} title={exactTime(session.lastInputAt)}>
                    {shortTime(session.lastInputAt)}
                  </time>
                </Cell>
                <Cell from="lg" className="tabular text-ink-2">
                  <time dateTime={session.createdAt.toISOString()} title={exactTime(session.createdAt)}>
                    {shortTime(session.createdAt)}
                  </time>
                </Cell>
                <Cell from="lg" className="truncate font-mono text-ink-2 text-xs">
                  {session.ip ?? t('app.none')}
                </Cell>
                <Cell className="flex justify-end">
                  <Button
                    kind="quiet"
                    size="small"
                    aria-label={t('sessions.endFor', { name: nameOf(session) })}
                    onClick={() => setEnding(session)}
                  >
                    {t('sessions.end')}
                  </Button>
                </Cell>
              </>
            )}
          </Table>
        )}
      </main>
      {ending !== null && (
        <ConfirmDialog
          open
          onClose={() => setEnding(null)}
          title={t('sessions.confirm.title', { name: nameOf(ending) })}
          sentence={t('sessions.confirm.sentence')}
          button={t('sessions.confirm.button')}
          busy={end.isPending ? t('sessions.confirm.button') : null}
          onConfirm={() => end.mutate({ id: ending.id })}
        />
      )}
    </>
  );
}
