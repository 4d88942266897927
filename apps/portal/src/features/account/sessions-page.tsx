'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { MySession } from '../../server/auth/list-my-sessions.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { exactTime, shortTime } from '../../ui/format-time.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Cell, type Column, Table } from '../../ui/table.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { AccountFrame } from './account-frame.tsx';
import { browserName } from './browser-name.ts';

/** Each browser one is signed in with; ending one closes its consoles. */
export function SessionsPage() {
  const t = useWords();
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
      <AccountFrame title={t('sessions.title')} sentence={t('sessions.sentence')}>
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
      </AccountFrame>
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
