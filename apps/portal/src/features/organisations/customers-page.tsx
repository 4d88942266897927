'use client';

import { useQuery } from '@tanstack/react-query';
import { useParams } from 'next/navigation';
import { useState } from 'react';
import type { OrganisationRow } from '../../server/organisations/provider-organisations.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { exactTime, shortTime } from '../../ui/format-time.ts';
import { PageHead } from '../../ui/page-head.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Cell, type Column, Table } from '../../ui/table.tsx';
import { useWords } from '../../words/use-words.ts';
import { useOrganisation } from '../account/use-me.ts';
import { QueryFault } from '../navigation/query-fault.tsx';
import { CustomerActs } from './customer-acts.tsx';
import { MailNotice } from './mail-notice.tsx';
import { NewCustomerDialog } from './new-customer-dialog.tsx';

const SKELETON_ROWS = 4;

/** The provider's list of organisations: who is there, how much they hold, and whether they may act. */
export function CustomersPage() {
  const t = useWords();
  const { org } = useParams<{ org: string }>();
  const organisation = useOrganisation(org);
  const trpc = useTRPC();
  const list = useQuery(trpc.organisations.list.queryOptions({ org }));
  const [making, setMaking] = useState(false);
  const columns: readonly Column[] = [
    { key: 'name', label: t('organisations.name'), width: 'minmax(10rem,1.4fr)' },
    { key: 'state', label: t('customers.state'), width: 'minmax(8rem,1fr)' },
    { key: 'people', label: t('customers.people'), width: '5rem', from: 'lg' },
    { key: 'machines', label: t('customers.machines'), width: '6rem', from: 'lg' },
    { key: 'consoles', label: t('customers.consoles'), width: '6rem', from: 'lg' },
    { key: 'acts', label: t('invitations.acts'), width: '17rem', hideLabel: true },
  ];
  return (
    <>
      <title>{t('app.title', { page: t('organisations.title'), org: organisation?.name ?? org })}</title>
      <PageHead
        title={t('organisations.title')}
        action={
          <Button kind="primary" onClick={() => setMaking(true)}>
            {t('customers.new')}
          </Button>
        }
      />
      <MailNotice org={org} />
      {list.data === undefined ? (
        list.isError ? (
          <QueryFault error={apiErrorOf(list.error)} onRetry={() => void list.refetch()} />
        ) : (
          <SkeletonRows rows={SKELETON_ROWS} columns={['30%', '15%', '8%', '8%']} />
        )
      ) : (
        <Table label={t('organisations.title')} columns={columns} rows={list.data} rowKey={(row) => row.id}>
          {(row) => (
            <>
              <Cell className="max-sm:w-full">
                <bdi translate="no" className="block truncate font-medium">
                  {row.name}
                </bdi>
                <span className="block truncate font-mono text-ink-2 text-xs">{row.slug}</span>
              </Cell>
              <Cell className="text-ink-2">
                <CustomerState row={row} />
              </Cell>
              <Cell from="lg" className="tabular">
                {row.members}
              </Cell>
              <Cell from="lg" className="tabular">
                {row.machines}
              </Cell>
              <Cell from="lg" className="tabular">
                {row.consoles}
              </Cell>
              <Cell className="flex justify-end gap-1 max-sm:flex-1">
                {row.kind === 'customer' && <CustomerActs org={org} row={row} />}
              </Cell>
            </>
          )}
        </Table>
      )}
      {making && <NewCustomerDialog org={org} onClose={() => setMaking(false)} />}
    </>
  );
}

function CustomerState({ row }: { row: OrganisationRow }) {
  const t = useWords();
  if (row.suspendedAt !== null)
    return (
      <time dateTime={row.suspendedAt.toISOString()} title={exactTime(row.suspendedAt)} className="text-warn">
        {t('customers.suspendedSince', { time: shortTime(row.suspendedAt) })}
      </time>
    );
  if (row.kind === 'provider') return t('customers.provider');
  if (row.owners > 0) return t('customers.active');
  return row.invited > 0 ? (
    t('customers.invited')
  ) : (
    <span className="text-warn">{t('customers.noOwner')}</span>
  );
}
