'use client';

import { mayHandle } from '@porthole/rbac';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from 'next/navigation';
import { useState } from 'react';
import type { InvitationRow } from '../../server/invitations/list-invitations.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { exactTime, shortTime, untilTime } from '../../ui/format-time.ts';
import { PageHead } from '../../ui/page-head.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Cell, type Column, Table } from '../../ui/table.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { InviteButton } from './invite-button.tsx';
import { PeopleTabs } from './people-tabs.tsx';

const SKELETON_ROWS = 3;
/** A mail is on its way for seconds; the page looks again while one is. */
const LOOK_AGAIN_MS = 3_000;

/** Invitations that nobody has answered: send again, or take back. */
export function InvitationsPage() {
  const t = useWords();
  const { org } = useParams<{ org: string }>();
  const organisation = useOrganisation(org);
  const trpc = useTRPC();
  const invitations = useQuery(
    trpc.invitations.list.queryOptions(
      { org },
      {
        refetchInterval: (query) =>
          query.state.data?.some(({ mail }) => mail?.state === 'waiting') === true ? LOOK_AGAIN_MS : false,
      },
    ),
  );
  return (
    <>
      <title>{t('app.title', { page: t('invitations.title'), org: organisation?.name ?? org })}</title>
      <PageHead title={t('invitations.title')} action={<InviteButton org={org} />} />
      <PeopleTabs org={org} />
      {invitations.data === undefined ? (
        invitations.isError ? (
          <QueryFault error={apiErrorOf(invitations.error)} onRetry={() => void invitations.refetch()} />
        ) : (
          <SkeletonRows rows={SKELETON_ROWS} columns={['30%', '10%', '20%']} />
        )
      ) : invitations.data.length === 0 ? (
        <EmptyState title={t('invitations.none.title')} sentence={t('invitations.none.sentence')} />
      ) : (
        <InvitationTable org={org} rows={invitations.data} />
      )}
    </>
  );
}

function InvitationTable({ org, rows }: { org: string; rows: readonly InvitationRow[] }) {
  const t = useWords();
  const toast = useToast();
  const trpc = useTRPC();
  const client = useQueryClient();
  const own = useOrganisation(org)?.role ?? 'member';
  const [ending, setEnding] = useState<InvitationRow | null>(null);
  const refresh = () => client.invalidateQueries(trpc.invitations.pathFilter());
  const resend = useMutation(
    trpc.invitations.resend.mutationOptions({
      onSuccess: async () => {
        await refresh();
        toast(t('invitations.again'));
      },
      onError: (error) => toast(apiErrorOf(error).message),
    }),
  );
  const withdraw = useMutation(
    trpc.invitations.withdraw.mutationOptions({
      onSuccess: async () => {
        await refresh();
        toast(t('invitations.withdrawn'));
      },
      onError: (error) => toast(apiErrorOf(error).message),
      onSettled: () => setEnding(null),
    }),
  );
  const columns: readonly Column[] = [
    { key: 'email', label: t('people.email'), width: 'minmax(10rem,1.2fr)' },
    { key: 'role', label: t('people.role'), width: '6rem' },
    { key: 'state', label: t('invitations.state'), width: 'minmax(9rem,1fr)' },
    { key: 'by', label: t('invitations.by'), width: 'minmax(6rem,.6fr)', from: 'xl' },
    { key: 'acts', label: t('invitations.acts'), width: '13rem', hideLabel: true },
  ];
  return (
    <>
      <Table label={t('invitations.title')} columns={columns} rows={rows} rowKey={(row) => row.id}>
        {(row) => {
          const reason = mayHandle(own, row.role) ? null : t('people.ownersAlone');
          return (
            <>
              <Cell className="py-1 font-medium [overflow-wrap:anywhere] max-sm:w-full max-sm:py-0">
                <bdi translate="no">{row.email}</bdi>
                {row.teams.length > 0 && (
                  <span className="block font-normal text-ink-2 text-xs">
                    {t('invitations.into', { teams: new Intl.ListFormat('en-GB').format(row.teams) })}
                  </span>
                )}
              </Cell>
              <Cell>{t(`role.${row.role}`)}</Cell>
              <Cell className="text-ink-2">
                <MailState row={row} />
              </Cell>
              <Cell from="xl" className="truncate text-ink-2">
                <bdi translate="no">{row.by}</bdi>
              </Cell>
              <Cell className="flex justify-end gap-1 max-sm:w-full max-sm:justify-start">
                <Button
                  kind="quiet"
                  size="small"
                  aria-label={t('invitations.resendTo', { email: row.email })}
                  reason={reason}
                  busy={
                    resend.isPending && resend.variables.invitationId === row.id ? t('invite.busy') : null
                  }
                  onClick={() => resend.mutate({ org, invitationId: row.id })}
                >
                  {t('invitations.resend')}
                </Button>
                <Button
                  kind="quiet"
                  size="small"
                  aria-label={t('invitations.withdrawOf', { email: row.email })}
                  reason={reason}
                  onClick={() => setEnding(row)}
                >
                  {t('invitations.withdraw')}
                </Button>
              </Cell>
            </>
          );
        }}
      </Table>
      {ending !== null && (
        <ConfirmDialog
          open
          onClose={() => setEnding(null)}
          title={t('invitations.confirm.title', { email: ending.email })}
          sentence={t('invitations.confirm.sentence')}
          button={t('invitations.confirm.button')}
          busy={withdraw.isPending ? t('invitations.confirm.button') : null}
          onConfirm={() => withdraw.mutate({ org, invitationId: ending.id })}
        />
      )}
    </>
  );
}

/** What became of the mail, and until when its link works. */
function MailState({ row: { mail, late, expiresAt } }: { row: InvitationRow }) {
  const t = useWords();
  if (late) return <span className="text-warn">{t('invitations.late')}</span>;
  if (mail?.state === 'unsent') return <span className="text-bad">{t('invitations.unsent')}</span>;
  return (
    <>
      {mail?.state === 'waiting'
        ? t('invitations.waiting')
        : t('invitations.sentAt', { time: mail === null ? '' : shortTime(mail.at) })}
      <time dateTime={expiresAt.toISOString()} title={exactTime(expiresAt)} className="block text-xs">
        {t('invitations.until', { time: untilTime(expiresAt) })}
      </time>
    </>
  );
}
